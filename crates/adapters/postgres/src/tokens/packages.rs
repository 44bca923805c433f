//! Packages, and what is owed.

use async_trait::async_trait;
use domain::{
    Money, StorageError, TokenPackage,
    page::{Page, PageRequest, Position},
    tokens::{OwedView, PurchaseQueries},
};
use sea_orm::QueryResult;

use crate::{PgStore, row::ReadRow};
use crate::{fields, keyset::Keyset, sql::Sql};

const PACKAGES: &str = "
SELECT code, amount_tokens, price, currency_code FROM token_packages WHERE is_active ORDER BY position, code";

#[async_trait]
impl PurchaseQueries for PgStore {
    async fn packages(&self) -> Result<Vec<TokenPackage>, StorageError> {
        let rows = Sql::new(PACKAGES, []).all(self).await?;
        rows.iter().map(package).collect()
    }

    async fn owed(&self, page: PageRequest) -> Result<Page<OwedView>, StorageError> {
        let rows = owed_statement(page).all(self).await?;
        let views = rows.iter().map(owed).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::of(views, page.size, |view| {
            Position::at(view.created_at, view.number)
        }))
    }
}

/// The statement of a page of what is owed.
pub(crate) fn owed_statement(page: PageRequest) -> Sql {
    let mut sql = Sql::default();
    let keyset = Keyset::newest("created_at", "id");
    let after = keyset.after(&mut sql, "o", page.after);
    sql.text(format!(
        "
SELECT o.id, o.order_id, o.package_code, o.amount_tokens, o.owed_tokens, o.created_at, o.updated_at,
       u.id AS buyer_id, u.username AS buyer_name
  FROM purchases o LEFT JOIN users u ON u.id = o.user_id
 WHERE o.owed_tokens > 0{after}
 ORDER BY {order} LIMIT {limit}",
        order = keyset.order("o"),
        limit = page.size.fetch(),
    ))
}

fn package(row: &QueryResult) -> Result<TokenPackage, StorageError> {
    Ok(TokenPackage {
        code: row.get("code")?,
        amount: row.tokens("amount_tokens")?,
        price: Money {
            amount: row.get("price")?,
            currency: row.get("currency_code")?,
        },
    })
}

fn owed(row: &QueryResult) -> Result<OwedView, StorageError> {
    Ok(OwedView {
        number: row.get("id")?,
        order_id: row.get("order_id")?,
        buyer: fields::optional_named(row, "buyer_id", "buyer_name")?,
        package: row.get("package_code")?,
        amount: row.tokens("amount_tokens")?,
        owed: row.tokens("owed_tokens")?,
        created_at: row.get("created_at")?,
        canceled_at: row.get("updated_at")?,
    })
}
