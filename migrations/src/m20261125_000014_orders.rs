//! Columns and indexes of orders for lists, the order check and the reconciliation.

const UP: &str = r"
-- For the cursors of lists, which are numbers. Otherwise orders are identified by `order_id`.
ALTER TABLE purchases ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT uk_purchases_id UNIQUE;
DROP INDEX idx_purchases_owed;
CREATE INDEX idx_purchases_owed ON purchases (created_at DESC, id DESC) WHERE owed_tokens > 0;
-- When the order check reads a pending order next: after it has expired, or soon after a confirmation with unknown outcome.
-- An order that cannot be checked is postponed, so that it delays no other order.
ALTER TABLE purchases ADD COLUMN look_at timestamptz NOT NULL DEFAULT now();
DROP INDEX idx_purchases_pending;
CREATE INDEX idx_purchases_pending ON purchases (look_at) WHERE status = 'pending';
-- Reversed purchases in the buyer's list of refunds.
CREATE INDEX idx_token_transactions_reversed ON token_transactions (debit_user_id, created_at DESC, id DESC)
  WHERE kind = 'purchase_reversal';
-- For the reconciliation of a period.
CREATE INDEX idx_purchases_updated ON purchases (updated_at);
";

const DOWN: &str = r"
DROP INDEX idx_purchases_updated;
DROP INDEX idx_token_transactions_reversed;
DROP INDEX idx_purchases_owed;
CREATE INDEX idx_purchases_owed ON purchases (user_id) WHERE owed_tokens > 0;
DROP INDEX idx_purchases_pending;
CREATE INDEX idx_purchases_pending ON purchases (expires_at) WHERE status = 'pending';
ALTER TABLE purchases DROP COLUMN id, DROP COLUMN look_at;
";

sql_migration!(UP, DOWN);
