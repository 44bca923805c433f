//! Accounts whose owners asked to have them erased.

const UP: &str = r"
-- Set together with the deactivation and cleared when an account stays, deactivated, because others used its
-- styles; an erased account is gone. What is set belongs to an erasure under way, or to one that a crash
-- interrupted and that is to be finished.
ALTER TABLE users
  ADD COLUMN erasure_requested_at timestamptz,
  ADD CONSTRAINT ck_users_erasure CHECK (erasure_requested_at IS NULL OR NOT is_active);
CREATE INDEX idx_users_erasure ON users (erasure_requested_at) WHERE erasure_requested_at IS NOT NULL;
";

const DOWN: &str = r"
DROP INDEX idx_users_erasure;
ALTER TABLE users DROP CONSTRAINT ck_users_erasure, DROP COLUMN erasure_requested_at;
";

sql_step!(UP, DOWN);
