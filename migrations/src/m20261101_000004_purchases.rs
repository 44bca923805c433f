//! Wallets, token packages and orders.

const UP: &str = r"
-- No index except the key, and room in every page, so that a hold or release is an update in place.
-- Held tokens are not a column but the sum over the open generations of the user.
CREATE TABLE wallets (
  user_id bigint CONSTRAINT pk_wallets PRIMARY KEY
    CONSTRAINT fk_wallets_user REFERENCES users (id) ON DELETE CASCADE,
  available bigint NOT NULL,
  CONSTRAINT ck_wallets_available CHECK (available >= 0)
) WITH (fillfactor = 50);

CREATE TABLE token_packages (
  code text CONSTRAINT pk_token_packages PRIMARY KEY,
  amount_tokens bigint NOT NULL,
  price numeric(14,2) NOT NULL,
  currency_code text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  position smallint NOT NULL,
  CONSTRAINT ck_token_packages_amount CHECK (amount_tokens > 0),
  CONSTRAINT ck_token_packages_price CHECK (price > 0),
  CONSTRAINT ck_token_packages_currency CHECK (currency_code = 'KRW')
);
INSERT INTO token_packages (code, amount_tokens, price, currency_code, position) VALUES
  ('basic_100', 100, 10000, 'KRW', 1),
  ('standard_500', 500, 45000, 'KRW', 2),
  ('premium_1000', 1000, 80000, 'KRW', 3);

-- Orders are records of payments and outlive the account of the buyer. Amount and price are copied, so a later
-- change of the package does not change orders. `owed_tokens` are the tokens of a refunded purchase that were
-- already spent.
CREATE TABLE purchases (
  order_id text CONSTRAINT pk_purchases PRIMARY KEY,
  user_id bigint CONSTRAINT fk_purchases_user REFERENCES users (id) ON DELETE SET NULL,
  package_code text NOT NULL CONSTRAINT fk_purchases_package REFERENCES token_packages (code),
  amount_tokens bigint NOT NULL,
  total_price numeric(14,2) NOT NULL,
  currency_code text NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  payment_key text CONSTRAINT uk_purchases_payment_key UNIQUE,
  payment_url text,
  provider_status text,
  owed_tokens bigint NOT NULL DEFAULT 0,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT ck_purchases_order_id CHECK (order_id ~ '^[A-Za-z0-9_-]{6,64}$'),
  CONSTRAINT ck_purchases_amount CHECK (amount_tokens > 0),
  CONSTRAINT ck_purchases_price CHECK (total_price > 0),
  CONSTRAINT ck_purchases_currency CHECK (currency_code = 'KRW'),
  CONSTRAINT ck_purchases_status CHECK (status IN ('pending', 'paid', 'failed', 'expired', 'canceled')),
  CONSTRAINT ck_purchases_payment_key CHECK (char_length(payment_key) <= 200),
  CONSTRAINT ck_purchases_provider_status CHECK (provider_status IN ('READY', 'IN_PROGRESS',
    'WAITING_FOR_DEPOSIT', 'DONE', 'CANCELED', 'PARTIAL_CANCELED', 'ABORTED', 'EXPIRED')),
  CONSTRAINT ck_purchases_owed CHECK (owed_tokens BETWEEN 0 AND amount_tokens)
);
CREATE INDEX idx_purchases_user ON purchases (user_id, created_at DESC, order_id DESC);
CREATE INDEX idx_purchases_package ON purchases (package_code);
CREATE INDEX idx_purchases_pending ON purchases (expires_at) WHERE status = 'pending';
CREATE INDEX idx_purchases_owed ON purchases (user_id) WHERE owed_tokens > 0;
";

const DOWN: &str = r"
DROP TABLE purchases;
DROP TABLE token_packages;
DROP TABLE wallets;
";

sql_migration!(UP, DOWN);
