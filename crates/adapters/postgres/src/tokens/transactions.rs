//! A person's transactions: a page of ledger entries, a hold together with its settlement.
//!
//! An entry reaches a list by one of four ways, each a page of its own index; the pages are merged. Refunds are found
//! by the release, so they are listed, and paged, by the time the tokens went back; they are the payer's alone, and so are
//! the purchases that were taken back.

use domain::{
    Money, StorageError, UserId,
    page::{Page, PageRequest, Position},
    tokens::{EntryKind, TransactionFilter, TransactionStatus, TransactionView},
};
use sea_orm::QueryResult;

use crate::{PgStore, row::ReadRow};
use crate::{fields, keyset::Keyset, sql::Sql};

/// How an entry reaches a person's list.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// It took from them.
    Debited(&'static str),
    Credited(&'static str),
    /// It is held for an image in their style.
    Payee,
    Released,
}

fn ways(filter: TransactionFilter) -> &'static [Way] {
    use Way::{Credited, Debited, Payee, Released};
    match filter {
        TransactionFilter::All => &[
            Debited("IN ('hold', 'purchase_reversal', 'adjustment')"),
            Credited("IN ('welcome', 'purchase', 'adjustment')"),
            Payee,
        ],
        TransactionFilter::Purchase => &[Credited("= 'purchase'")],
        TransactionFilter::Welcome => &[Credited("= 'welcome'")],
        TransactionFilter::Usage => &[Debited("= 'hold'"), Payee],
        TransactionFilter::Refund => &[Released, Debited("= 'purchase_reversal'")],
    }
}

impl Way {
    /// The entry to show, and the place it is listed at.
    fn select(self) -> (&'static str, String) {
        let own =
            "SELECT t.id AS entry_id, t.created_at AS listed_at, t.id AS place FROM token_transactions t";
        match self {
            Self::Debited(kinds) => (own, format!("t.debit_user_id = $1 AND t.kind {kinds}")),
            Self::Credited(kinds) => (own, format!("t.credit_user_id = $1 AND t.kind {kinds}")),
            Self::Payee => (own, "t.payee_id = $1 AND t.kind = 'hold'".to_owned()),
            Self::Released => (
                "SELECT h.id AS entry_id, t.created_at AS listed_at, t.id AS place FROM token_transactions t
    JOIN token_transactions h ON h.key = 'hold:' || t.generation_id",
                "t.credit_user_id = $1 AND t.kind = 'release'".to_owned(),
            ),
        }
    }
}

/// The statement of a page. An artist must not learn the address of an image that its payer keeps private.
pub(crate) fn statement(user: UserId, filter: TransactionFilter, page: PageRequest) -> Sql {
    let mut sql = Sql::new("", [user.0.into()]);
    let limit = page.size.fetch();
    let after = Keyset::newest("created_at", "id").after(&mut sql, "t", page.after);
    let pages: Vec<String> = ways(filter)
        .iter()
        .map(|way| {
            let (select, condition) = way.select();
            format!(
                "  ({select}
    WHERE {condition}{after}
    ORDER BY t.created_at DESC, t.id DESC LIMIT {limit})"
            )
        })
        .collect();
    sql.text(format!(
        "
WITH merged AS (
{pages}
), page AS (
  SELECT * FROM merged ORDER BY listed_at DESC, place DESC LIMIT {limit}
)
SELECT l.listed_at, l.place, t.id, t.kind, t.amount, t.memo, t.created_at, s.kind AS settled_by,
       o.total_price, o.currency_code, t.debit_user_id AS sender_id, su.username AS sender_name,
       COALESCE(t.payee_id, t.credit_user_id) AS receiver_id, ru.username AS receiver_name,
       t.style_id, m.name AS style_name, g.id AS generation_id,
       CASE WHEN g.user_id = $1 OR i.is_public THEN i.bucket END AS bucket,
       CASE WHEN g.user_id = $1 OR i.is_public THEN i.object_key END AS object_key
  FROM page l
  JOIN token_transactions t ON t.id = l.entry_id
  LEFT JOIN token_transactions s ON t.kind = 'hold' AND s.key = 'settle:' || t.generation_id
  LEFT JOIN purchases o ON t.kind = 'purchase' AND o.order_id = t.order_id
  LEFT JOIN users su ON su.id = t.debit_user_id
  LEFT JOIN users ru ON ru.id = COALESCE(t.payee_id, t.credit_user_id)
  LEFT JOIN style_models m ON m.id = t.style_id
  LEFT JOIN generation_requests g ON g.id = t.generation_id
  LEFT JOIN generated_images i ON i.generation_id = g.id
 ORDER BY l.listed_at DESC, l.place DESC",
        pages = pages.join("\n  UNION\n")
    ))
}

/// A page, newest first.
pub(crate) async fn list(
    store: &PgStore,
    user: UserId,
    filter: TransactionFilter,
    page: PageRequest,
) -> Result<Page<TransactionView>, StorageError> {
    let rows = statement(user, filter, page).all(store).await?;
    let listed = rows
        .iter()
        .map(|row| {
            Ok((
                Position::at(row.get("listed_at")?, row.get("place")?),
                transaction(row)?,
            ))
        })
        .collect::<Result<Vec<_>, StorageError>>()?;
    let listed = Page::of(listed, page.size, |(place, _)| *place);
    Ok(Page {
        rows: listed
            .rows
            .into_iter()
            .map(|(_, transaction)| transaction)
            .collect(),
        next: listed.next,
    })
}

fn transaction(row: &QueryResult) -> Result<TransactionView, StorageError> {
    let kind = row.parsed("kind", EntryKind::parse)?;
    let generation: Option<i64> = row.get("generation_id")?;
    let object = row.optional_object("bucket", "object_key")?;
    Ok(TransactionView {
        id: row.get("id")?,
        kind,
        amount: row.tokens("amount")?,
        price: price(row)?,
        status: status(row, kind)?,
        memo: row.get("memo")?,
        created_at: row.get("created_at")?,
        sender: fields::optional_named(row, "sender_id", "sender_name")?,
        receiver: fields::optional_named(row, "receiver_id", "receiver_name")?,
        style: fields::optional_named(row, "style_id", "style_name")?,
        generation: generation.map(|id| (id, object)),
    })
}

fn price(row: &QueryResult) -> Result<Option<Money>, StorageError> {
    let amount: Option<rust_decimal::Decimal> = row.get("total_price")?;
    let currency: Option<String> = row.get("currency_code")?;
    Ok(amount
        .zip(currency)
        .map(|(amount, currency)| Money { amount, currency }))
}

/// A hold is as far as its settlement; everything else is done when it is written.
fn status(row: &QueryResult, kind: EntryKind) -> Result<TransactionStatus, StorageError> {
    if kind != EntryKind::Hold {
        return Ok(TransactionStatus::Completed);
    }
    match row.get::<Option<String>>("settled_by")?.as_deref() {
        None => Ok(TransactionStatus::Pending),
        Some("capture") => Ok(TransactionStatus::Completed),
        Some("release") => Ok(TransactionStatus::Failed),
        Some(other) => Err(StorageError::Corrupt(format!("a hold settled by {other}"))),
    }
}
