//! Reads of one generation; the lists are in [`super::own`] and [`super::feed`].

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    GenerationId, StorageError, StyleId, UserId,
    generations::{
        FeedFilter, FeedItem, GenerationBrief, GenerationQueries, GenerationStatus, GenerationView,
        HoldQuote, OwnGeneration, OwnGenerationFilter, SilentGeneration,
    },
    page::{Page, PageRequest},
};
use sea_orm::QueryResult;

use super::entity::{GENERATION, read_generation};
use crate::styles::entity::{STYLE, read_style};
use crate::{PgStore, row::ReadRow};
use crate::{
    fields,
    generations::{feed, own},
    sql::Sql,
};

/// Queue positions are counted up to this number.
const MAX_QUEUE_POSITION: i64 = 1000;

/// One round trip. Reserves an id only when the style exists.
pub(crate) fn quote_sql(style: StyleId) -> Sql {
    let text = format!(
        "
SELECT {STYLE}, u.is_active AS artist_is_active, a.signature_bucket, a.signature_key,
       nextval('generation_requests_id_seq') AS next_id,
       (SELECT count(*) FROM (
          SELECT FROM generation_requests q WHERE q.status = 'queued' LIMIT {MAX_QUEUE_POSITION}) ahead)
         AS queue_position
  FROM style_models m
  JOIN artists a ON a.user_id = m.artist_id
  JOIN users u ON u.id = m.artist_id
 WHERE m.id = $1"
    );
    Sql::new(text, [style.0.into()])
}

/// Other users see a generation while its image is public, also when its owner's account is deactivated.
pub(crate) fn view_sql(generation: GenerationId, viewer: Option<UserId>) -> Sql {
    let text = format!(
        "
SELECT {GENERATION}, g.progress, g.error_code, g.error_message,
       GREATEST(g.updated_at, i.updated_at) AS updated_at, g.settled_at, m.name AS style_name, a.artist_name, {image},
       CASE WHEN g.status = 'queued' THEN (
         SELECT count(*) FROM (
           SELECT FROM generation_requests q
            WHERE q.status = 'queued' AND q.id < g.id LIMIT {MAX_QUEUE_POSITION}) ahead) END AS queue_position
  FROM generation_requests g
  JOIN style_models m ON m.id = g.style_id
  JOIN artists a ON a.user_id = m.artist_id
  LEFT JOIN generated_images i ON i.generation_id = g.id
  LEFT JOIN community_posts p ON p.generation_id = g.id
 WHERE g.id = $1 AND (g.user_id = $2 OR i.is_public)",
        image = fields::image_columns("$2"),
    );
    Sql::new(text, [generation.0.into(), viewer.map(|viewer| viewer.0).into()])
}

pub(crate) fn brief_sql(generation: GenerationId) -> Sql {
    let text = format!(
        "
SELECT {GENERATION}, g.attempt, g.task_id, g.taken_at IS NOT NULL AS taken, g.result_key, m.model_bucket, m.model_key,
       a.signature_bucket, a.signature_key
  FROM generation_requests g
  JOIN style_models m ON m.id = g.style_id
  JOIN artists a ON a.user_id = m.artist_id
 WHERE g.id = $1"
    );
    Sql::new(text, [generation.0.into()])
}

/// Both parts have their own index and limit, so that generations that wait for a worker do not hide those whose worker
/// is lost.
const SILENT: &str = "
(SELECT g.id, g.status, g.attempt, g.task_id, true AS taken, g.result_key, g.created_at, g.last_heartbeat_at
   FROM generation_requests g
  WHERE g.status IN ('queued', 'processing', 'retrying') AND g.taken_at IS NOT NULL
    AND g.last_heartbeat_at <= $1::timestamptz
  ORDER BY g.last_heartbeat_at LIMIT {limit})
UNION ALL
(SELECT g.id, g.status, g.attempt, g.task_id, false AS taken, g.result_key, g.created_at, g.last_heartbeat_at
   FROM generation_requests g
  WHERE g.status IN ('queued', 'processing', 'retrying') AND g.taken_at IS NULL
    AND g.last_heartbeat_at <= $2::timestamptz
  ORDER BY g.last_heartbeat_at LIMIT {limit})";

pub(crate) fn silent_sql(taken_before: DateTime<Utc>, waiting_before: DateTime<Utc>, limit: i64) -> Sql {
    let text = SILENT.replace("{limit}", &limit.to_string());
    Sql::new(text, [taken_before.into(), waiting_before.into()])
}

#[async_trait]
impl GenerationQueries for PgStore {
    async fn reserve_id_and_quote(&self, style: StyleId) -> Result<Option<HoldQuote>, StorageError> {
        let row = quote_sql(style).one(self).await?;
        row.as_ref().map(quote).transpose()
    }

    async fn view(
        &self,
        generation: GenerationId,
        viewer: Option<UserId>,
    ) -> Result<Option<GenerationView>, StorageError> {
        let row = view_sql(generation, viewer).one(self).await?;
        row.as_ref().map(view).transpose()
    }

    async fn mine(
        &self,
        user: UserId,
        filter: OwnGenerationFilter,
        page: PageRequest,
    ) -> Result<Page<OwnGeneration>, StorageError> {
        own::list(self, user, &filter, page).await
    }

    async fn feed(
        &self,
        filter: FeedFilter,
        viewer: Option<UserId>,
        page: PageRequest,
    ) -> Result<Page<FeedItem>, StorageError> {
        feed::list(self, &filter, viewer, page).await
    }

    async fn brief(&self, generation: GenerationId) -> Result<Option<GenerationBrief>, StorageError> {
        let row = brief_sql(generation).one(self).await?;
        row.as_ref().map(brief).transpose()
    }

    async fn silent(
        &self,
        taken_before: DateTime<Utc>,
        waiting_before: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<SilentGeneration>, StorageError> {
        let rows = silent_sql(taken_before, waiting_before, limit).all(self).await?;
        rows.iter().map(silent).collect()
    }
}

fn quote(row: &QueryResult) -> Result<HoldQuote, StorageError> {
    Ok(HoldQuote {
        style: read_style(row)?,
        artist_is_active: row.get("artist_is_active")?,
        signature: fields::signature(row)?,
        next_id: GenerationId(row.get("next_id")?),
        queue_position: row.get("queue_position")?,
    })
}

fn view(row: &QueryResult) -> Result<GenerationView, StorageError> {
    Ok(GenerationView {
        request: read_generation(row)?,
        style_name: row.get("style_name")?,
        artist_name: row.get("artist_name")?,
        progress: row.get("progress")?,
        queue_position: row.get("queue_position")?,
        error: fields::error(row)?,
        image: fields::image(row)?,
        updated_at: row.get("updated_at")?,
        settled_at: row.get("settled_at")?,
    })
}

fn brief(row: &QueryResult) -> Result<GenerationBrief, StorageError> {
    let request = read_generation(row)?;
    Ok(GenerationBrief {
        attempt: fields::attempt(row, request.status == GenerationStatus::Queued)?,
        request,
        result_key: row.get("result_key")?,
        model: fields::model(row)?,
        signature: fields::signature(row)?,
    })
}

fn silent(row: &QueryResult) -> Result<SilentGeneration, StorageError> {
    let status = fields::generation_status(row)?;
    Ok(SilentGeneration {
        id: GenerationId(row.get("id")?),
        attempt: fields::attempt(row, status == GenerationStatus::Queued)?,
        result_key: row.get("result_key")?,
        created_at: row.get("created_at")?,
        last_heartbeat_at: row.get("last_heartbeat_at")?,
    })
}
