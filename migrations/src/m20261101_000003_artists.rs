//! Artists and follows.

const UP: &str = r"
-- The fillfactor leaves room in every page, so that the earnings job updates a row in place and no index.
CREATE TABLE artists (
  user_id bigint CONSTRAINT pk_artists PRIMARY KEY
    CONSTRAINT fk_artists_user REFERENCES users (id) ON DELETE CASCADE,
  earned_token_balance bigint NOT NULL DEFAULT 0,
  artist_name text NOT NULL,
  signature_bucket text,
  signature_key text,
  verified_email text NOT NULL,
  follower_count bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ck_artists_earned CHECK (earned_token_balance >= 0),
  CONSTRAINT ck_artists_name CHECK (char_length(artist_name) BETWEEN 1 AND 100),
  CONSTRAINT ck_artists_signature CHECK ((signature_bucket IS NULL) = (signature_key IS NULL)),
  CONSTRAINT ck_artists_followers CHECK (follower_count >= 0)
) WITH (fillfactor = 50);
CREATE INDEX idx_artists_name_trgm ON artists USING gin (lower(artist_name) gin_trgm_ops);
CREATE INDEX idx_artists_name_prefix ON artists (lower(artist_name) text_pattern_ops);

CREATE TABLE follows (
  follower_id bigint NOT NULL CONSTRAINT fk_follows_follower REFERENCES users (id) ON DELETE CASCADE,
  artist_id bigint NOT NULL CONSTRAINT fk_follows_artist REFERENCES artists (user_id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  CONSTRAINT pk_follows PRIMARY KEY (follower_id, artist_id),
  CONSTRAINT ck_follows_other CHECK (follower_id <> artist_id)
);
CREATE INDEX idx_follows_follower ON follows (follower_id, created_at DESC, artist_id DESC);
CREATE INDEX idx_follows_artist ON follows (artist_id, created_at DESC, follower_id DESC);
";

const DOWN: &str = r"
DROP TABLE follows;
DROP TABLE artists;
";

sql_migration!(UP, DOWN);
