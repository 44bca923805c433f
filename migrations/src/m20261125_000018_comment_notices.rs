//! What was told of a comment, found by the comment.

const UP: &str = r"
-- An edited comment changes what was told of it, and one that goes with an erased account takes it along.
CREATE INDEX idx_notifications_comment ON notifications (target_id) WHERE target_type = 'comment';
";

const DOWN: &str = r"
DROP INDEX idx_notifications_comment;
";

sql_step!(UP, DOWN);
