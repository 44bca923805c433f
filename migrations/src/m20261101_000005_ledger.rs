//! The append-only ledger of all token movements.

const UP: &str = r"
-- One row per movement from a debited account to a credited one. No foreign keys to users, styles or generations,
-- because rows outlive them. The unique key prevents a movement from being repeated. Capture and release share
-- `settle:<generation>`, so a generation is settled at most once.
CREATE TABLE token_transactions (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_token_transactions PRIMARY KEY,
  key text NOT NULL CONSTRAINT uk_token_transactions_key UNIQUE,
  kind text NOT NULL,
  amount bigint NOT NULL,
  debit_account text NOT NULL,
  debit_user_id bigint,
  credit_account text NOT NULL,
  credit_user_id bigint,
  payee_id bigint,
  generation_id bigint,
  style_id bigint,
  order_id text CONSTRAINT fk_token_transactions_purchase REFERENCES purchases (order_id),
  memo text,
  created_at timestamptz NOT NULL,
  CONSTRAINT ck_token_transactions_kind CHECK (kind IN
    ('welcome', 'purchase', 'hold', 'capture', 'release', 'purchase_reversal', 'adjustment')),
  CONSTRAINT ck_token_transactions_amount CHECK (amount > 0),
  CONSTRAINT ck_token_transactions_owner CHECK (
    (debit_account = 'platform') = (debit_user_id IS NULL)
    AND (credit_account = 'platform') = (credit_user_id IS NULL)),
  CONSTRAINT ck_token_transactions_accounts CHECK (CASE kind
    WHEN 'welcome' THEN debit_account = 'platform' AND credit_account = 'available'
    WHEN 'purchase' THEN debit_account = 'platform' AND credit_account = 'available'
    WHEN 'hold' THEN debit_account = 'available' AND credit_account = 'held'
      AND debit_user_id = credit_user_id
    WHEN 'capture' THEN debit_account = 'held' AND credit_account = 'earned'
    WHEN 'release' THEN debit_account = 'held' AND credit_account = 'available'
      AND debit_user_id = credit_user_id
    WHEN 'purchase_reversal' THEN debit_account = 'available' AND credit_account = 'platform'
    ELSE (debit_account = 'platform' AND credit_account IN ('available', 'earned'))
      OR (credit_account = 'platform' AND debit_account IN ('available', 'earned')) END),
  CONSTRAINT ck_token_transactions_key CHECK (CASE kind
    WHEN 'welcome' THEN key = 'welcome:' || credit_user_id::text
    WHEN 'purchase' THEN key = 'purchase:' || order_id
    WHEN 'hold' THEN key = 'hold:' || generation_id::text
    WHEN 'capture' THEN key = 'settle:' || generation_id::text
    WHEN 'release' THEN key = 'settle:' || generation_id::text
    ELSE starts_with(key, kind || ':') END),
  CONSTRAINT ck_token_transactions_generation CHECK (
    (kind IN ('hold', 'capture', 'release')) = (generation_id IS NOT NULL)
    AND (generation_id IS NULL) = (style_id IS NULL)),
  CONSTRAINT ck_token_transactions_payee CHECK ((kind = 'hold') = (payee_id IS NOT NULL)),
  CONSTRAINT ck_token_transactions_order CHECK (
    (kind IN ('purchase', 'purchase_reversal')) = (order_id IS NOT NULL)),
  CONSTRAINT ck_token_transactions_memo CHECK (memo IS NULL OR kind = 'adjustment')
);
-- One index for each reason why a row is in a user's list. The lists are merged page by page.
CREATE INDEX idx_token_transactions_debit ON token_transactions (debit_user_id, created_at DESC, id DESC)
  WHERE kind IN ('hold', 'purchase_reversal', 'adjustment');
CREATE INDEX idx_token_transactions_credit ON token_transactions (credit_user_id, created_at DESC, id DESC)
  WHERE kind IN ('welcome', 'purchase', 'adjustment');
CREATE INDEX idx_token_transactions_payee ON token_transactions (payee_id, created_at DESC, id DESC)
  WHERE kind = 'hold';
CREATE INDEX idx_token_transactions_released ON token_transactions (credit_user_id, created_at DESC, id DESC)
  WHERE kind = 'release';
CREATE INDEX idx_token_transactions_order ON token_transactions (order_id) WHERE order_id IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'token_transactions is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER tr_append_only BEFORE UPDATE OR DELETE ON token_transactions
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tr_no_truncate BEFORE TRUNCATE ON token_transactions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Earnings that the earnings job has not added to the balance of the artist yet, so that captures for the same artist
-- do not wait for each other.
CREATE TABLE earning_deltas (
  transaction_id bigint CONSTRAINT pk_earning_deltas PRIMARY KEY,
  artist_id bigint NOT NULL,
  style_id bigint NOT NULL,
  amount bigint NOT NULL,
  CONSTRAINT ck_earning_deltas_amount CHECK (amount > 0)
);
CREATE INDEX idx_earning_deltas_artist ON earning_deltas (artist_id) INCLUDE (style_id, amount);
";

const DOWN: &str = r"
DROP TABLE earning_deltas;
DROP TABLE token_transactions;
DROP FUNCTION refuse_change();
";

sql_migration!(UP, DOWN);
