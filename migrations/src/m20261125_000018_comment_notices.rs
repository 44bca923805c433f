//! An index of the notifications about a comment.

const UP: &str = r"
-- Editing a comment updates its notifications, and deleting it with an account deletes them.
CREATE INDEX idx_notifications_comment ON notifications (target_id) WHERE target_type = 'comment';
";

const DOWN: &str = r"
DROP INDEX idx_notifications_comment;
";

sql_migration!(UP, DOWN);
