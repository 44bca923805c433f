//! Posts of images that were never public.

const UP: &str = r"
-- Owners may like and comment their own images before anybody else sees them. Such a post is hidden and gets its
-- time when it is first shown.
ALTER TABLE community_posts ADD COLUMN published boolean NOT NULL DEFAULT true,
  ADD CONSTRAINT ck_community_posts_published CHECK (published OR NOT visible);
";

const DOWN: &str = r"
-- What was never shown goes with its likes and comments: without the column it would keep a wrong time.
DELETE FROM community_posts WHERE NOT published;
ALTER TABLE community_posts DROP COLUMN published;
";

sql_step!(UP, DOWN);
