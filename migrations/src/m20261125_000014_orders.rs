//! Orders as lists and the reconciliation need them.

const UP: &str = r"
-- The place of an order in lists, whose cursors are numbers; orders themselves are called by their name.
ALTER TABLE purchases ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT uk_purchases_id UNIQUE;
DROP INDEX idx_purchases_owed;
CREATE INDEX idx_purchases_owed ON purchases (created_at DESC, id DESC) WHERE owed_tokens > 0;
-- When a pending order is looked at next: after its time, or soon after a confirmation whose end was not seen. One that
-- cannot be looked at is put off, so that it keeps nobody waiting.
ALTER TABLE purchases ADD COLUMN look_at timestamptz NOT NULL DEFAULT now();
DROP INDEX idx_purchases_pending;
CREATE INDEX idx_purchases_pending ON purchases (look_at) WHERE status = 'pending';
-- Purchases that were taken back, in their buyer's list of refunds.
CREATE INDEX idx_token_transactions_reversed ON token_transactions (debit_user_id, created_at DESC, id DESC)
  WHERE kind = 'purchase_reversal';
-- For the reconciliation of a span of time.
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

sql_step!(UP, DOWN);
