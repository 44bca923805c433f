//! Published images, likes and comments.

const UP: &str = r"
-- Copies of the columns that the feed sorts and filters by, so that each order of the feed is one index. A post is
-- created when the image is published for the first time. It is hidden when the image is made private.
CREATE TABLE community_posts (
  generation_id bigint CONSTRAINT pk_community_posts PRIMARY KEY
    CONSTRAINT fk_community_posts_image REFERENCES generated_images (generation_id) ON DELETE CASCADE,
  user_id bigint NOT NULL CONSTRAINT fk_community_posts_user REFERENCES users (id) ON DELETE CASCADE,
  style_id bigint NOT NULL CONSTRAINT fk_community_posts_style REFERENCES style_models (id) ON DELETE CASCADE,
  tag_ids bigint[] NOT NULL DEFAULT '{}',
  like_count bigint NOT NULL DEFAULT 0,
  comment_count bigint NOT NULL DEFAULT 0,
  visible boolean NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT ck_community_posts_likes CHECK (like_count >= 0),
  CONSTRAINT ck_community_posts_comments CHECK (comment_count >= 0)
);
CREATE INDEX idx_community_posts_recent
  ON community_posts (created_at DESC, generation_id DESC) WHERE visible;
CREATE INDEX idx_community_posts_popular
  ON community_posts (like_count DESC, created_at DESC, generation_id DESC) WHERE visible;
CREATE INDEX idx_community_posts_user
  ON community_posts (user_id, visible, created_at DESC, generation_id DESC);
CREATE INDEX idx_community_posts_style
  ON community_posts (style_id, visible, created_at DESC, generation_id DESC);
CREATE INDEX idx_community_posts_style_popular
  ON community_posts (style_id, like_count DESC, created_at DESC, generation_id DESC) WHERE visible;
CREATE INDEX idx_community_posts_tags ON community_posts USING gin (tag_ids) WHERE visible;

CREATE TABLE post_likes (
  generation_id bigint NOT NULL
    CONSTRAINT fk_post_likes_post REFERENCES community_posts (generation_id) ON DELETE CASCADE,
  user_id bigint NOT NULL CONSTRAINT fk_post_likes_user REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL,
  CONSTRAINT pk_post_likes PRIMARY KEY (generation_id, user_id)
);
CREATE INDEX idx_post_likes_user ON post_likes (user_id, generation_id);

-- `root_id` is the id of a top-level comment and null for a reply. The foreign key requires a parent to be a root
-- of the same post, which keeps replies one level deep.
CREATE TABLE comments (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_comments PRIMARY KEY,
  generation_id bigint NOT NULL
    CONSTRAINT fk_comments_post REFERENCES community_posts (generation_id) ON DELETE CASCADE,
  user_id bigint NOT NULL CONSTRAINT fk_comments_user REFERENCES users (id) ON DELETE CASCADE,
  parent_id bigint,
  root_id bigint GENERATED ALWAYS AS (CASE WHEN parent_id IS NULL THEN id END) STORED,
  content text NOT NULL,
  reply_count bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT uk_comments_root UNIQUE (generation_id, root_id),
  CONSTRAINT fk_comments_parent FOREIGN KEY (generation_id, parent_id)
    REFERENCES comments (generation_id, root_id) ON DELETE CASCADE,
  CONSTRAINT ck_comments_content CHECK (char_length(content) BETWEEN 1 AND 1000),
  CONSTRAINT ck_comments_replies CHECK (reply_count >= 0 AND (parent_id IS NULL OR reply_count = 0))
);
CREATE INDEX idx_comments_top ON comments (generation_id, created_at DESC, id DESC) WHERE parent_id IS NULL;
CREATE INDEX idx_comments_replies ON comments (generation_id, parent_id, created_at, id);
CREATE INDEX idx_comments_user ON comments (user_id);
";

const DOWN: &str = r"
DROP TABLE comments;
DROP TABLE post_likes;
DROP TABLE community_posts;
";

sql_migration!(UP, DOWN);
