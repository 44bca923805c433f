//! The order in which a search lists artists.

const UP: &str = r"
-- The fold changes earnings, which are in no index, and stays on its page; only a follow writes here.
CREATE INDEX idx_artists_popular ON artists (follower_count DESC, created_at DESC, user_id DESC);
";

const DOWN: &str = r"
DROP INDEX idx_artists_popular;
";

sql_step!(UP, DOWN);
