//! Sessions and idempotency keys.

const UP: &str = r"
-- Only the hash of a session key is stored, so a copy of this table cannot be used to sign in. A row without a
-- user is a login in progress. Expired rows are kept for a while, so that the answer can be SESSION_EXPIRED.
CREATE TABLE sessions (
  id_hash bytea CONSTRAINT pk_sessions PRIMARY KEY,
  user_id bigint CONSTRAINT fk_sessions_user REFERENCES users (id) ON DELETE CASCADE,
  data jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT ck_sessions_id_hash CHECK (octet_length(id_hash) = 32)
);
CREATE INDEX idx_sessions_user ON sessions (user_id);
CREATE INDEX idx_sessions_expires ON sessions (expires_at);

CREATE TABLE idempotency_keys (
  user_id bigint NOT NULL CONSTRAINT fk_idempotency_keys_user REFERENCES users (id) ON DELETE CASCADE,
  key text NOT NULL,
  route text NOT NULL,
  body_hash bytea NOT NULL,
  status smallint NOT NULL,
  answer jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT pk_idempotency_keys PRIMARY KEY (user_id, route, key),
  CONSTRAINT ck_idempotency_keys_key CHECK (char_length(key) BETWEEN 1 AND 255)
);
CREATE INDEX idx_idempotency_keys_created ON idempotency_keys (created_at);
";

const DOWN: &str = r"
DROP TABLE idempotency_keys;
DROP TABLE sessions;
";

sql_migration!(UP, DOWN);
