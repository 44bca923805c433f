//! Search in names and tags.
//!
//! What matches is listed by how much it is used. A text that many have is soon found along the index of that order; one
//! that few have is found whole by its trigrams, or by its beginning when it has none. Each statement begins with the
//! first way and takes the second only when that did not fill the answer, and either stops at a bound: what it reads
//! does not grow with the platform.

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
        most: PageSize,
    ) -> Result<Vec<FoundStyle>, StorageError> {
        styles::find(self, text, most).await
    }

    async fn find_artists(
        &self,
        text: &SearchPattern,
        most: PageSize,
    ) -> Result<Vec<FoundArtist>, StorageError> {
        artists::find(self, text, most).await
    }
}

/// Makes the condition that a column begins with the text: a range, which an index serves.
fn beginning(sql: &mut Sql, text: &SearchPattern) -> impl Fn(&str) -> String + use<> {
    let from = lowered(sql, &text.beginning);
    move |column: &str| format!("{column} ~>=~ {from} AND {column} ~<~ ({from} || U&'\\+10FFFF')")
}

/// Makes the condition that a column has the text where it may stand.
fn anywhere(sql: &mut Sql, text: &SearchPattern) -> Box<dyn Fn(&str) -> String> {
    match &text.anywhere {
        Some(pattern) => {
            let pattern = lowered(sql, pattern);
            Box::new(move |column| format!("{column} LIKE {pattern}"))
        }
        None => Box::new(beginning(sql, text)),
    }
}

/// The text in lower case, as the database has it: other programs know other lower cases of some letters. In a query of
/// its own, so that no plan depends on it: for a text that many have the planner would read the whole table, whatever it
/// is told of limits.
fn lowered(sql: &mut Sql, text: &str) -> String {
    format!("(SELECT lower({}::text))", sql.bind(text))
}
