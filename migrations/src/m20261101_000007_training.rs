//! Training images, and uploads that are not part of a style yet.

const UP: &str = r"
CREATE TABLE training_datasets (
  style_id bigint CONSTRAINT pk_training_datasets PRIMARY KEY
    CONSTRAINT fk_training_datasets_style REFERENCES style_models (id) ON DELETE CASCADE,
  upload_id uuid NOT NULL CONSTRAINT uk_training_datasets_upload UNIQUE,
  image_count integer NOT NULL,
  total_bytes bigint NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT ck_training_datasets_images CHECK (image_count BETWEEN 10 AND 100),
  CONSTRAINT ck_training_datasets_bytes CHECK (total_bytes > 0)
);

-- The original is private. The thumbnail, if there is one, is a public sample of the style.
CREATE TABLE training_images (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_training_images PRIMARY KEY,
  style_id bigint NOT NULL
    CONSTRAINT fk_training_images_dataset REFERENCES training_datasets (style_id) ON DELETE CASCADE,
  position smallint NOT NULL,
  bucket text NOT NULL,
  key text NOT NULL,
  thumbnail_bucket text,
  thumbnail_key text,
  width integer NOT NULL,
  height integer NOT NULL,
  size_bytes bigint NOT NULL,
  content_type text NOT NULL,
  CONSTRAINT uk_training_images_position UNIQUE (style_id, position),
  CONSTRAINT ck_training_images_position CHECK (position BETWEEN 0 AND 99),
  CONSTRAINT ck_training_images_key CHECK (strpos(key, '/') = 0 AND octet_length(key) < 150),
  CONSTRAINT ck_training_images_thumbnail CHECK ((thumbnail_bucket IS NULL) = (thumbnail_key IS NULL)),
  CONSTRAINT ck_training_images_size CHECK (width >= 512 AND height >= 512 AND size_bytes > 0),
  CONSTRAINT ck_training_images_type CHECK (content_type IN ('image/jpeg', 'image/png'))
);

CREATE TABLE training_image_tags (
  image_id bigint NOT NULL
    CONSTRAINT fk_training_image_tags_image REFERENCES training_images (id) ON DELETE CASCADE,
  tag_id bigint NOT NULL CONSTRAINT fk_training_image_tags_tag REFERENCES tags (id),
  CONSTRAINT pk_training_image_tags PRIMARY KEY (image_id, tag_id)
);
CREATE INDEX idx_training_image_tags_tag ON training_image_tags (tag_id);

-- Committed before the first object is stored, and deleted in the transaction that creates the style. The row
-- must outlive its owner, because nothing else names the leftover objects.
CREATE TABLE uploads (
  id uuid CONSTRAINT pk_uploads PRIMARY KEY,
  owner_id bigint CONSTRAINT fk_uploads_owner REFERENCES users (id) ON DELETE SET NULL,
  prefix text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX idx_uploads_owner ON uploads (owner_id);
CREATE INDEX idx_uploads_created ON uploads (created_at);
";

const DOWN: &str = r"
DROP TABLE uploads;
DROP TABLE training_image_tags;
DROP TABLE training_images;
DROP TABLE training_datasets;
";

sql_migration!(UP, DOWN);
