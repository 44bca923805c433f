//! The list of a user's transactions: ledger entries, with a hold and its settlement as one.
//!
//! Each source of entries is a page of its own index, and the pages are merged. Refunds are found by the release entry,
//! so they are sorted by the time of the release. Only the payer sees refunds and reversed purchases.

use domain::{
    Money, StorageError, UserId,
    page::{Page, PageRequest, Position},
    tokens::{EntryKind, TransactionFilter, TransactionStatus, TransactionView},
};
use sea_orm::QueryResult;

use crate::{PgStore, row::ReadRow};
use crate::{fields, keyset::Keyset, sql::Sql};

/// A condition by which an entry is in a user's list.
#[derive(Debug, Clone, Copy)]
enum Source {
    Debited(&'static str),
    Credited(&'static str),
    /// Held for a generation in the user's style.
    Payee,
    Released,
}

fn sources(filter: TransactionFilter) -> &'static [Source] {
    use Source::{Credited, Debited, Payee, Released};
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

impl Source {
    /// A `SELECT` of the entry and its sort key, and the condition.
    fn select(self) -> (&'static str, String) {
        let own =
            "SELECT t.id AS entry_id, t.created_at AS listed_at, t.id AS listed_id FROM token_transactions t";
        match self {
            Self::Debited(kinds) => (own, format!("t.debit_user_id = $1 AND t.kind {kinds}")),
            Self::Credited(kinds) => (own, format!("t.credit_user_id = $1 AND t.kind {kinds}")),
            Self::Payee => (own, "t.payee_id = $1 AND t.kind = 'hold'".to_owned()),
            Self::Released => (
                "SELECT h.id AS entry_id, t.created_at AS listed_at, t.id AS listed_id FROM token_transactions t
    JOIN token_transactions h ON h.key = 'hold:' || t.generation_id",
                "t.credit_user_id = $1 AND t.kind = 'release'".to_owned(),
            ),
        }
    }
}

/// The artist must not see the address of a private image.
pub(crate) fn statement(user: UserId, filter: TransactionFilter, page: PageRequest) -> Sql {
    let mut sql = Sql::new("", [user.0.into()]);
    let limit = page.size.fetch();
    let after = Keyset::newest("created_at", "id").after(&mut sql, "t", page.after);
    let pages: Vec<String> = sources(filter)
        .iter()
        .map(|source| {
            let (select, condition) = source.select();
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
  SELECT * FROM merged ORDER BY listed_at DESC, listed_id DESC LIMIT {limit}
)
SELECT l.listed_at, l.listed_id, t.id, t.kind, t.amount, t.memo, t.created_at, s.kind AS settled_by,
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
 ORDER BY l.listed_at DESC, l.listed_id DESC",
        pages = pages.join("\n  UNION\n")
    ))
}

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
                Position::at(row.get("listed_at")?, row.get("listed_id")?),
                transaction(row)?,
            ))
        })
        .collect::<Result<Vec<_>, StorageError>>()?;
    let listed = Page::of(listed, page.size, |(position, _)| *position);
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

/// A hold has the status of its settlement; every other entry is completed.
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
