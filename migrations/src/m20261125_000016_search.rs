//! Search indexes that contain only usernames of artists and tags of styles.

const UP: &str = r"
-- Changed by follows only. The earnings job updates columns that are in no index, so its updates stay in their page.
CREATE INDEX idx_artists_popular ON artists (follower_count DESC, created_at DESC, user_id DESC);

-- Only usernames of artists and tags of styles are searched, so that other rows with the same words do not use up the
-- bound of rows that a search reads. Triggers set the flags. They are never cleared: a stale flag costs one extra read
-- and adds no result.
ALTER TABLE users ADD COLUMN is_artist boolean NOT NULL DEFAULT false;
UPDATE users SET is_artist = true WHERE id IN (SELECT user_id FROM artists);
CREATE FUNCTION mark_artists() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE users SET is_artist = true WHERE id IN (SELECT user_id FROM added) AND NOT is_artist;
  RETURN NULL;
END $$;
CREATE TRIGGER tr_mark_artists AFTER INSERT ON artists REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION mark_artists();
DROP INDEX idx_users_username_trgm;
DROP INDEX idx_users_username_prefix;
CREATE INDEX idx_users_username_trgm ON users USING gin (lower(username) gin_trgm_ops) WHERE is_artist;
CREATE INDEX idx_users_username_prefix ON users (lower(username) text_pattern_ops) WHERE is_artist;

ALTER TABLE tags ADD COLUMN is_of_style boolean NOT NULL DEFAULT false;
UPDATE tags SET is_of_style = true WHERE id IN (SELECT tag_id FROM style_tags);
-- Locks by id, so that uploads with the same new tags do not deadlock.
CREATE FUNCTION mark_tags() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM FROM tags WHERE id IN (SELECT tag_id FROM added) AND NOT is_of_style ORDER BY id FOR NO KEY UPDATE;
  UPDATE tags SET is_of_style = true WHERE id IN (SELECT tag_id FROM added) AND NOT is_of_style;
  RETURN NULL;
END $$;
CREATE TRIGGER tr_mark_tags AFTER INSERT ON style_tags REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION mark_tags();
DROP INDEX idx_tags_name_trgm;
DROP INDEX idx_tags_name_prefix;
CREATE INDEX idx_tags_name_trgm ON tags USING gin (name gin_trgm_ops) WHERE is_of_style;
CREATE INDEX idx_tags_name_prefix ON tags (name text_pattern_ops) WHERE is_of_style;
";

const DOWN: &str = r"
DROP TRIGGER tr_mark_tags ON style_tags;
DROP FUNCTION mark_tags();
ALTER TABLE tags DROP COLUMN is_of_style;
CREATE INDEX idx_tags_name_trgm ON tags USING gin (name gin_trgm_ops);
CREATE INDEX idx_tags_name_prefix ON tags (name text_pattern_ops);
DROP TRIGGER tr_mark_artists ON artists;
DROP FUNCTION mark_artists();
ALTER TABLE users DROP COLUMN is_artist;
CREATE INDEX idx_users_username_trgm ON users USING gin (lower(username) gin_trgm_ops);
CREATE INDEX idx_users_username_prefix ON users (lower(username) text_pattern_ops);
DROP INDEX idx_artists_popular;
";

sql_migration!(UP, DOWN);
