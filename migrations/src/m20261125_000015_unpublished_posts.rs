//! Posts of images that were not published yet.

const UP: &str = r"
-- Owners may like and comment on their own images before they are public. Such a post is hidden, and gets its time
-- when it is published for the first time.
ALTER TABLE community_posts ADD COLUMN published boolean NOT NULL DEFAULT true,
  ADD CONSTRAINT ck_community_posts_published CHECK (published OR NOT visible);
";

const DOWN: &str = r"
-- Deletes unpublished posts with their likes and comments: without the column they would keep a wrong time.
DELETE FROM community_posts WHERE NOT published;
ALTER TABLE community_posts DROP COLUMN published;
";

sql_migration!(UP, DOWN);
