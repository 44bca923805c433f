//! The time of a worker's last report is its last heartbeat.

const UP: &str = r"
ALTER TABLE style_models RENAME COLUMN last_sign_at TO last_heartbeat_at;
ALTER TABLE generation_requests RENAME COLUMN last_sign_at TO last_heartbeat_at;
";

const DOWN: &str = r"
ALTER TABLE style_models RENAME COLUMN last_heartbeat_at TO last_sign_at;
ALTER TABLE generation_requests RENAME COLUMN last_heartbeat_at TO last_sign_at;
";

sql_step!(UP, DOWN);
