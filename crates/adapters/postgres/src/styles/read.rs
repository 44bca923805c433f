//! Reads of one style; the lists are in [`super::list`] and [`super::own`].

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    ArtistId, ObjectAddress, StorageError, StyleId, UserId,
    page::{Page, PageRequest},
    styles::{
        AVG_LIKES_IMAGES, OwnStyle, SampleArtwork, SilentTraining, StyleCard, StyleFilter, StyleName,
        StyleQueries, StyleView, TrainingBrief, TrainingStatus, UploadCheck,
    },
};
use sea_orm::QueryResult;
use serde::Deserialize;

use super::entity::{CARD, STYLE, card};
use crate::{PgStore, row::ReadRow};
use crate::{
    fields,
    sql::Sql,
    styles::{list, own},
};

const VIEW: &str = "
  m.updated_at, m.progress, m.training_metric, m.error_code, m.error_message, a.follower_count, f.profile_image_bucket,
       f.profile_image_key,
       (SELECT COALESCE(round(avg(p.like_count), 2), 0)
          FROM (SELECT p.like_count FROM community_posts p WHERE p.style_id = m.id AND p.visible
                 ORDER BY p.created_at DESC, p.generation_id DESC LIMIT {averaged}) p)::float8 AS avg_likes,
       (SELECT jsonb_agg(jsonb_build_object('id', i.id, 'bucket', i.thumbnail_bucket, 'key', i.thumbnail_key,
                 'tags', ARRAY(SELECT t.name FROM training_image_tags x JOIN tags t ON t.id = x.tag_id
                                WHERE x.image_id = i.id ORDER BY t.name COLLATE \"C\")) ORDER BY i.position)
          FROM training_images i WHERE i.style_id = m.id AND i.thumbnail_key IS NOT NULL) AS samples
  FROM style_models m
  JOIN artists a ON a.user_id = m.artist_id
  JOIN users u ON u.id = m.artist_id
  JOIN user_profiles f ON f.user_id = m.artist_id
 WHERE m.id = $1 AND u.is_active";

pub(crate) const UPLOAD_CHECK: &str = "
SELECT (SELECT count(*) FROM style_models m WHERE m.artist_id = a.user_id AND m.training_status <> 'failed')
         AS unfailed_styles,
       EXISTS (SELECT FROM style_models m WHERE m.artist_id = a.user_id AND lower(m.name) = lower($2)) AS name_taken
  FROM artists a
 WHERE a.user_id = $1";

pub(crate) const TRAINING: &str = "
SELECT m.id, m.artist_id, m.training_status, m.attempt, m.task_id, m.taken_at IS NOT NULL AS taken,
       ARRAY(SELECT t.name FROM style_tags s JOIN tags t ON t.id = s.tag_id
              WHERE s.style_id = m.id ORDER BY t.name COLLATE \"C\") AS tags
  FROM style_models m
 WHERE m.id = $1";

pub(crate) const TRAINING_IMAGES: &str = "
SELECT i.bucket, i.key,
       ARRAY(SELECT t.name FROM training_image_tags x JOIN tags t ON t.id = x.tag_id
              WHERE x.image_id = i.id ORDER BY t.name COLLATE \"C\") AS tags
  FROM training_images i
 WHERE i.style_id = $1
 ORDER BY i.position";

/// `last_heartbeat_at` is the time a task was sent, until its first heartbeat. After that, `taken_at` is the earliest
/// time known.
const SILENT: &str = "
(SELECT m.id, m.training_status, m.attempt, m.task_id, true AS taken, m.taken_at AS sent_at, m.last_heartbeat_at
   FROM style_models m
  WHERE m.training_status IN ('pending', 'training') AND m.taken_at IS NOT NULL AND m.last_heartbeat_at <= $1::timestamptz
  ORDER BY m.last_heartbeat_at LIMIT {limit})
UNION ALL
(SELECT m.id, m.training_status, m.attempt, m.task_id, false AS taken, m.last_heartbeat_at AS sent_at, m.last_heartbeat_at
   FROM style_models m
  WHERE m.training_status IN ('pending', 'training') AND m.taken_at IS NULL AND m.last_heartbeat_at <= $2::timestamptz
  ORDER BY m.last_heartbeat_at LIMIT {limit})";

pub(crate) fn find_sql(style: StyleId) -> Sql {
    let view = VIEW.replace("{averaged}", &AVG_LIKES_IMAGES.to_string());
    Sql::new(format!("SELECT {STYLE}, {CARD},{view}"), [style.0.into()])
}

pub(crate) fn silent_sql(taken_before: DateTime<Utc>, waiting_before: DateTime<Utc>, limit: i64) -> Sql {
    let text = SILENT.replace("{limit}", &limit.to_string());
    Sql::new(text, [taken_before.into(), waiting_before.into()])
}

#[async_trait]
impl StyleQueries for PgStore {
    async fn list(&self, filter: StyleFilter, page: PageRequest) -> Result<Page<StyleCard>, StorageError> {
        list::list(self, filter, page).await
    }

    async fn find(&self, style: StyleId) -> Result<Option<StyleView>, StorageError> {
        let row = find_sql(style).one(self).await?;
        row.as_ref().map(view).transpose()
    }

    async fn mine(&self, artist: ArtistId, page: PageRequest) -> Result<Page<OwnStyle>, StorageError> {
        own::list(self, artist, page).await
    }

    async fn upload_check(
        &self,
        artist: UserId,
        name: Option<StyleName>,
    ) -> Result<Option<UploadCheck>, StorageError> {
        let values = [artist.0.into(), name.map(StyleName::into_string).into()];
        let Some(row) = Sql::new(UPLOAD_CHECK, values).one(self).await? else {
            return Ok(None);
        };
        Ok(Some(UploadCheck {
            unfailed_styles: row.get("unfailed_styles")?,
            name_taken: row.get("name_taken")?,
        }))
    }

    async fn training_brief(&self, style: StyleId) -> Result<Option<TrainingBrief>, StorageError> {
        let Some(row) = Sql::new(TRAINING, [style.0.into()]).one(self).await? else {
            return Ok(None);
        };
        let images = Sql::new(TRAINING_IMAGES, [style.0.into()]).all(self).await?;
        let images = images
            .iter()
            .map(|image| Ok((image.object("bucket", "key")?, image.get("tags")?)))
            .collect::<Result<Vec<_>, StorageError>>()?;
        let status = fields::training_status(&row)?;
        Ok(Some(TrainingBrief {
            id: StyleId(row.get("id")?),
            artist: UserId(row.get("artist_id")?),
            status,
            attempt: fields::attempt(&row, status == TrainingStatus::Pending)?,
            images,
            tags: row.get("tags")?,
        }))
    }

    async fn silent(
        &self,
        taken_before: DateTime<Utc>,
        waiting_before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<SilentTraining>, StorageError> {
        let rows = silent_sql(taken_before, waiting_before, limit).all(self).await?;
        rows.iter().map(silent).collect()
    }
}

fn view(row: &QueryResult) -> Result<StyleView, StorageError> {
    Ok(StyleView {
        card: card(row)?,
        updated_at: row.get("updated_at")?,
        artist_image: row.optional_object("profile_image_bucket", "profile_image_key")?,
        follower_count: row.get("follower_count")?,
        avg_likes: row.get("avg_likes")?,
        samples: samples(row)?,
        progress: row.get("progress")?,
        training_metric: row.get("training_metric")?,
        error: fields::error(row)?,
    })
}

/// A sample in the JSON of [`VIEW`].
#[derive(Deserialize)]
struct StoredSample {
    id: i64,
    bucket: String,
    key: String,
    tags: Vec<String>,
}

/// Empty for a style that was uploaded before samples existed.
fn samples(row: &QueryResult) -> Result<Vec<SampleArtwork>, StorageError> {
    let stored: Option<serde_json::Value> = row.get("samples")?;
    let Some(stored) = stored else {
        return Ok(Vec::new());
    };
    let stored: Vec<StoredSample> =
        serde_json::from_value(stored).map_err(|error| StorageError::Corrupt(format!("samples: {error}")))?;
    let sample = |sample: StoredSample| SampleArtwork {
        id: sample.id,
        image: ObjectAddress::new(sample.bucket, sample.key),
        tags: sample.tags,
    };
    Ok(stored.into_iter().map(sample).collect())
}

fn silent(row: &QueryResult) -> Result<SilentTraining, StorageError> {
    // A resent task is pending, too, but does not wait for its first worker.
    let first: bool = row.get::<i16>("attempt")? == 1;
    let waiting = first && fields::training_status(row)? == TrainingStatus::Pending;
    Ok(SilentTraining {
        id: StyleId(row.get("id")?),
        attempt: fields::attempt(row, waiting)?,
        sent_at: row.get("sent_at")?,
        last_heartbeat_at: row.get("last_heartbeat_at")?,
    })
}
