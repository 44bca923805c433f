//! Renames `last_sign_at` to `last_heartbeat_at`.

const UP: &str = r"
ALTER TABLE style_models RENAME COLUMN last_sign_at TO last_heartbeat_at;
ALTER TABLE generation_requests RENAME COLUMN last_sign_at TO last_heartbeat_at;
";

const DOWN: &str = r"
ALTER TABLE style_models RENAME COLUMN last_heartbeat_at TO last_sign_at;
ALTER TABLE generation_requests RENAME COLUMN last_heartbeat_at TO last_sign_at;
";

sql_migration!(UP, DOWN);
