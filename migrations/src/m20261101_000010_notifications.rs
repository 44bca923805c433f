//! Notifications.

const UP: &str = r"
CREATE TABLE notifications (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_notifications PRIMARY KEY,
  user_id bigint NOT NULL CONSTRAINT fk_notifications_user REFERENCES users (id) ON DELETE CASCADE,
  actor_id bigint CONSTRAINT fk_notifications_actor REFERENCES users (id) ON DELETE CASCADE,
  type text NOT NULL,
  target_type text NOT NULL,
  target_id bigint NOT NULL,
  metadata jsonb,
  is_read boolean NOT NULL DEFAULT false,
  read_at timestamptz,
  created_at timestamptz NOT NULL,
  CONSTRAINT ck_notifications_type CHECK (type IN ('follow', 'like', 'comment', 'generation_complete',
    'generation_failed', 'style_training_complete', 'style_training_failed')),
  CONSTRAINT ck_notifications_target_type CHECK (target_type IN ('user', 'style', 'generation', 'comment')),
  CONSTRAINT ck_notifications_actor CHECK (actor_id <> user_id),
  CONSTRAINT ck_notifications_read CHECK (is_read = (read_at IS NOT NULL))
);
CREATE INDEX idx_notifications_user ON notifications (user_id, created_at DESC, id DESC);
CREATE INDEX idx_notifications_unread ON notifications (user_id, created_at DESC, id DESC) WHERE NOT is_read;
CREATE INDEX idx_notifications_read ON notifications (read_at) WHERE is_read;
CREATE INDEX idx_notifications_actor ON notifications (actor_id) WHERE actor_id IS NOT NULL;
-- A like or a follow notifies once, even if it is removed and repeated.
CREATE UNIQUE INDEX uk_notifications_once ON notifications (user_id, actor_id, type, target_id)
  WHERE type IN ('like', 'follow');
";

const DOWN: &str = r"
DROP TABLE notifications;
";

sql_migration!(UP, DOWN);
