//! Reads of packages and owed tokens.

use async_trait::async_trait;
use domain::{
    Money, StorageError, TokenPackage, Tokens,
    page::{Page, PageRequest, Position},
    tokens::{OwedView, PurchaseQueries},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult};

use super::entity::package;
use crate::{
    PgStore, fields,
    keyset::Keyset,
    row::{ReadRow, checked},
    sql::Sql,
};

#[async_trait]
impl PurchaseQueries for PgStore {
    async fn packages(&self) -> Result<Vec<TokenPackage>, StorageError> {
        let select = package::Entity::find()
            .filter(package::Column::IsActive.eq(true))
            .order_by_asc(package::Column::Position)
            .order_by_asc(package::Column::Code);
        let packages = self.read(|| select.clone().all(self.db())).await?;
        packages.into_iter().map(token_package).collect()
    }

    async fn owed(&self, page: PageRequest) -> Result<Page<OwedView>, StorageError> {
        let rows = owed_statement(page).all(self).await?;
        let views = rows.iter().map(owed).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::of(views, page.size, |view| {
            Position::at(view.created_at, view.number)
        }))
    }
}

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

fn token_package(package: package::Model) -> Result<TokenPackage, StorageError> {
    Ok(TokenPackage {
        code: package.code,
        amount: checked("amount_tokens", Tokens::new(package.amount_tokens))?,
        price: Money {
            amount: package.price,
            currency: package.currency_code,
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
