//! Account deletions in progress.

const UP: &str = r"
-- Set with the deactivation. Cleared if the account is kept, deactivated, because others have used its styles.
-- While it is set, an erasure is in progress, or a crash has interrupted it and it must be resumed.
ALTER TABLE users
  ADD COLUMN erasure_requested_at timestamptz,
  ADD CONSTRAINT ck_users_erasure CHECK (erasure_requested_at IS NULL OR NOT is_active);
CREATE INDEX idx_users_erasure ON users (erasure_requested_at) WHERE erasure_requested_at IS NOT NULL;
";

const DOWN: &str = r"
DROP INDEX idx_users_erasure;
ALTER TABLE users DROP CONSTRAINT ck_users_erasure, DROP COLUMN erasure_requested_at;
";

sql_migration!(UP, DOWN);
