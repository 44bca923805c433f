//! Outbox messages, and the leases of their relays.

const UP: &str = r"
CREATE TABLE outbox_messages (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_outbox_messages PRIMARY KEY,
  message_id uuid NOT NULL CONSTRAINT uk_outbox_messages_message UNIQUE,
  topic text NOT NULL,
  subject_id bigint NOT NULL,
  payload bytea NOT NULL,
  available_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  last_error text,
  parked_at timestamptz,
  created_at timestamptz NOT NULL,
  CONSTRAINT ck_outbox_messages_topic CHECK (topic IN
    ('image_generation', 'model_training', 'storage_delete')),
  CONSTRAINT ck_outbox_messages_attempts CHECK (attempts >= 0)
);
CREATE INDEX idx_outbox_messages_due ON outbox_messages (topic, available_at, id) WHERE parked_at IS NULL;
CREATE INDEX idx_outbox_messages_subject ON outbox_messages (topic, subject_id);
CREATE INDEX idx_outbox_messages_parked ON outbox_messages (parked_at) WHERE parked_at IS NOT NULL;

CREATE TABLE relay_leases (
  topic text CONSTRAINT pk_relay_leases PRIMARY KEY,
  holder uuid,
  until timestamptz NOT NULL DEFAULT '-infinity',
  CONSTRAINT ck_relay_leases_topic CHECK (topic IN ('image_generation', 'model_training', 'storage_delete'))
);
INSERT INTO relay_leases (topic) VALUES ('image_generation'), ('model_training'), ('storage_delete');
";

const DOWN: &str = r"
DROP TABLE relay_leases;
DROP TABLE outbox_messages;
";

sql_migration!(UP, DOWN);
