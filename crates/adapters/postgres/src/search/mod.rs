//! Search in names and tags.
//!
//! Results are sorted by use. Each statement first scans the most used rows along the index of that order, which finds
//! a common text fast. When that does not fill the result, it finds the other matches by a trigram index, or by prefix
//! when the text is too short for trigrams. Both parts are bounded, so the cost does not grow with the number of rows.

mod artists;
mod styles;

use async_trait::async_trait;
use domain::{
    StorageError,
    page::PageSize,
    search::{FoundArtist, FoundStyle, SearchPattern, SearchQueries},
};

#[cfg(test)]
pub(crate) use self::{artists::statement as artists_statement, styles::statement as styles_statement};
use crate::PgStore;
use crate::sql::Sql;

#[async_trait]
impl SearchQueries for PgStore {
    async fn find_styles(
        &self,
        text: &SearchPattern,
        limit: PageSize,
    ) -> Result<Vec<FoundStyle>, StorageError> {
        styles::find(self, text, limit).await
    }

    async fn find_artists(
        &self,
        text: &SearchPattern,
        limit: PageSize,
    ) -> Result<Vec<FoundArtist>, StorageError> {
        artists::find(self, text, limit).await
    }
}

/// Builds the condition that a column begins with the text: a range, which an index supports.
fn beginning(sql: &mut Sql, text: &SearchPattern) -> impl Fn(&str) -> String + use<> {
    let from = lowered(sql, &text.beginning);
    move |column: &str| format!("{column} ~>=~ {from} AND {column} ~<~ ({from} || U&'\\+10FFFF')")
}

/// Builds the condition that a column contains the text, or begins with it when it is too short for trigrams.
fn anywhere(sql: &mut Sql, text: &SearchPattern) -> Box<dyn Fn(&str) -> String> {
    match &text.anywhere {
        Some(pattern) => {
            let pattern = lowered(sql, pattern);
            Box::new(move |column| format!("{column} LIKE {pattern}"))
        }
        None => Box::new(beginning(sql, text)),
    }
}

/// The text in lower case, converted by the database: other programs convert some letters differently. In a scalar
/// subquery, so that no plan depends on the text: for a common text the planner would read the whole table in spite of
/// the limits.
fn lowered(sql: &mut Sql, text: &str) -> String {
    format!("(SELECT lower({}::text))", sql.bind(text))
}
