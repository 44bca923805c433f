//! Orders: each write is one statement in autocommit, guarded by the state that was read, so that repeated reports of a
//! payment are applied once. The order is locked first, then the buyer's wallet.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    Money, StorageError, UserId,
    tokens::{ExpectedOrder, NewOrder, Order, OrderId, OrderState, PaymentStatus, Purchases},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryResult, Value};

use super::entity::purchase;
use crate::{
    error::{storage_error, violated_constraint},
    pool::PgStore,
    row::{ReadRow, checked},
};

const ADD: &str = "
INSERT INTO purchases (order_id, user_id, package_code, amount_tokens, total_price, currency_code, status, payment_key,
  payment_url, expires_at, created_at, updated_at, look_at)
SELECT $1, id, $3, $4, $5, $6, 'pending', $7, $8, $9, $10, $10, $11 FROM users WHERE id = $2 AND is_active FOR KEY SHARE
RETURNING order_id";

const FIND: &str = "
SELECT o.order_id, o.user_id, COALESCE(u.is_active, false) AS buyer_is_active, o.package_code, o.amount_tokens,
       o.total_price, o.currency_code, o.status, o.payment_key, o.provider_status, o.expires_at, o.created_at
  FROM purchases o LEFT JOIN users u ON u.id = o.user_id WHERE o.order_id = $1";

/// The wallet exists while the order has a buyer: an erasure locks this row and removes both in one transaction.
const GRANT: &str = "
WITH purchase AS (
  UPDATE purchases SET status = 'paid', provider_status = COALESCE($3::text, provider_status), updated_at = $4
   WHERE order_id = $1 AND status = $2 AND user_id IS NOT NULL
  RETURNING order_id, user_id, amount_tokens
), credited AS (
  UPDATE wallets w SET available = w.available + o.amount_tokens FROM purchase o WHERE w.user_id = o.user_id
), entry AS (
  INSERT INTO token_transactions (key, kind, amount, debit_account, credit_account, credit_user_id, order_id, created_at)
  SELECT 'purchase:' || order_id, 'purchase', amount_tokens, 'platform', 'available', user_id, order_id, $4 FROM purchase
)
SELECT order_id FROM purchase";

/// Reads the wallet after its lock is acquired, so that no balance becomes negative. An erased account has returned all
/// tokens and owes nothing.
const REVERSE: &str = "
WITH purchase AS (
  SELECT order_id, user_id, amount_tokens FROM purchases WHERE order_id = $1 AND status = $2 FOR NO KEY UPDATE
), wallet AS (
  SELECT w.user_id, w.available FROM wallets w JOIN purchase o ON o.user_id = w.user_id FOR NO KEY UPDATE OF w
), split AS (
  SELECT o.order_id, o.user_id, LEAST(o.amount_tokens, COALESCE(w.available, 0)) AS taken,
         CASE WHEN o.user_id IS NOT NULL THEN o.amount_tokens ELSE 0 END AS to_return
    FROM purchase o LEFT JOIN wallet w ON w.user_id = o.user_id
), canceled AS (
  UPDATE purchases p
     SET status = 'canceled', owed_tokens = s.to_return - s.taken,
         provider_status = COALESCE($3::text, provider_status), updated_at = $4
    FROM split s WHERE p.order_id = s.order_id
), debited AS (
  UPDATE wallets w SET available = w.available - s.taken FROM split s WHERE w.user_id = s.user_id AND s.taken > 0
), entry AS (
  INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, order_id, created_at)
  SELECT 'purchase_reversal:' || order_id, 'purchase_reversal', taken, 'available', user_id, 'platform', order_id, $4
    FROM split WHERE taken > 0
)
SELECT order_id FROM split";

const SET_STATE: &str = "
UPDATE purchases SET status = $5, provider_status = COALESCE($3::text, provider_status), updated_at = $4
 WHERE order_id = $1 AND status = $2
RETURNING order_id";

const RECORD_PAYMENT: &str = "
UPDATE purchases SET provider_status = $3::text, updated_at = $4
 WHERE order_id = $1 AND status = $2 AND provider_status IS DISTINCT FROM $3::text
RETURNING order_id";

pub(crate) const DUE: &str = "
SELECT order_id FROM purchases WHERE status = 'pending' AND look_at <= $1 ORDER BY look_at LIMIT $2";

/// Orders whose time from creation to last update overlaps the range. Both columns have an index.
const BETWEEN: &str = "
SELECT order_id FROM purchases
 WHERE updated_at >= $1 AND created_at < $2 AND order_id > $3 ORDER BY order_id LIMIT $4";

#[async_trait]
impl Purchases for PgStore {
    async fn add(&self, order: NewOrder) -> Result<bool, StorageError> {
        let values = vec![
            order.id.as_str().into(),
            order.buyer.0.into(),
            order.package.into(),
            order.amount.get().into(),
            order.price.amount.into(),
            order.price.currency.into(),
            order.payment_key.into(),
            order.payment_url.into(),
            order.expires_at.into(),
            order.now.into(),
            order.check_at.into(),
        ];
        match self.write_one(ADD, values).await {
            Ok(row) => Ok(row.is_some()),
            Err(error) if violated_constraint(&error) == Some("fk_purchases_user") => Ok(false),
            Err(error) => Err(storage_error(error)),
        }
    }

    async fn find(&self, order: &OrderId) -> Result<Option<Order>, StorageError> {
        let row = self.read_one(FIND, vec![order.as_str().into()]).await?;
        row.as_ref().map(read_order).transpose()
    }

    async fn grant(&self, expected: ExpectedOrder) -> Result<bool, StorageError> {
        self.change(GRANT, expected, Vec::new()).await
    }

    async fn reverse(&self, expected: ExpectedOrder) -> Result<bool, StorageError> {
        self.change(REVERSE, expected, Vec::new()).await
    }

    async fn end(&self, expected: ExpectedOrder, end: OrderState) -> Result<bool, StorageError> {
        self.change(SET_STATE, expected, vec![end.as_str().into()]).await
    }

    async fn record_payment(&self, expected: ExpectedOrder) -> Result<bool, StorageError> {
        self.change(RECORD_PAYMENT, expected, Vec::new()).await
    }

    async fn due(&self, now: DateTime<Utc>, limit: i64) -> Result<Vec<OrderId>, StorageError> {
        self.order_ids(DUE, vec![now.into(), limit.into()]).await
    }

    async fn schedule_check(&self, order: &OrderId, time: DateTime<Utc>) -> Result<bool, StorageError> {
        let update = purchase::Entity::update_many()
            .set(purchase::ActiveModel {
                look_at: Set(time),
                ..Default::default()
            })
            .filter(purchase::Column::OrderId.eq(order.as_str()))
            .filter(purchase::Column::Status.eq(OrderState::Pending.as_str()));
        let updated = update.exec(self.db()).await.map_err(storage_error)?;
        Ok(updated.rows_affected == 1)
    }

    async fn between(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        after: Option<OrderId>,
        limit: i64,
    ) -> Result<Vec<OrderId>, StorageError> {
        let after = after.map_or_else(String::new, |order| order.to_string());
        self.order_ids(
            BETWEEN,
            vec![from.into(), until.into(), after.into(), limit.into()],
        )
        .await
    }
}

impl PgStore {
    /// Returns whether the guarded change was applied. A retry after a broken connection may return false because of
    /// its own change; the caller then reads the order again.
    async fn change(
        &self,
        sql: &str,
        expected: ExpectedOrder,
        more: Vec<Value>,
    ) -> Result<bool, StorageError> {
        let mut values = vec![
            expected.id.as_str().into(),
            expected.state.as_str().into(),
            expected.payment.map(PaymentStatus::as_str).into(),
            expected.now.into(),
        ];
        values.extend(more);
        let row = self.write_guarded(sql, values).await.map_err(storage_error)?;
        Ok(row.is_some())
    }

    async fn order_ids(&self, sql: &str, values: Vec<Value>) -> Result<Vec<OrderId>, StorageError> {
        let rows = self.read_all(sql, values).await?;
        rows.iter()
            .map(|row| row.parsed("order_id", OrderId::parse))
            .collect()
    }
}

fn read_order(row: &QueryResult) -> Result<Order, StorageError> {
    let status: Option<String> = row.get("provider_status")?;
    Ok(Order {
        id: row.parsed("order_id", OrderId::parse)?,
        buyer: row.get::<Option<i64>>("user_id")?.map(UserId),
        buyer_is_active: row.get("buyer_is_active")?,
        package: row.get("package_code")?,
        amount: row.tokens("amount_tokens")?,
        price: Money {
            amount: row.get("total_price")?,
            currency: row.get("currency_code")?,
        },
        state: row.parsed("status", OrderState::parse)?,
        // Missing only in orders from before payments were supported. No payment matches an empty key.
        payment_key: row.get::<Option<String>>("payment_key")?.unwrap_or_default(),
        payment_status: status
            .map(|status| checked("provider_status", PaymentStatus::parse(&status)))
            .transpose()?,
        expires_at: row.get("expires_at")?,
        created_at: row.get("created_at")?,
    })
}
