//! Groups of columns that several read models share.

use domain::{
    ObjectAddress, StorageError, StyleId, UserId,
    generations::{AspectRatio, GenerationStatus, ImageView, Seed},
    id::Named,
    styles::{StyleArtist, StyleCard, TrainingStatus},
    workers::Attempt,
};
use sea_orm::QueryResult;

use crate::row::{ReadRow, checked};

/// Columns of [`card`], of `style_models m`, `artists a` and its `users u`.
pub(crate) const CARD: &str = "\
m.id, m.name, m.description, m.thumbnail_bucket, m.thumbnail_key, m.artist_id, u.username AS artist_username,
       a.artist_name, m.training_status, m.generation_cost_tokens, m.usage_count, m.created_at,
       ARRAY(SELECT t.name FROM style_tags s JOIN tags t ON t.id = s.tag_id
              WHERE s.style_id = m.id ORDER BY t.name COLLATE \"C\") AS tags";

/// A style in a list.
pub(crate) fn card(row: &QueryResult) -> Result<StyleCard, StorageError> {
    Ok(StyleCard {
        id: StyleId(row.get("id")?),
        name: row.get("name")?,
        description: row.get("description")?,
        thumbnail: row.optional_object("thumbnail_bucket", "thumbnail_key")?,
        artist: artist(row)?,
        status: training_status(row)?,
        price: row.tokens("generation_cost_tokens")?,
        usage_count: row.get("usage_count")?,
        tags: row.get("tags")?,
        created_at: row.get("created_at")?,
    })
}

/// The artist in `artist_id`, `artist_username`, `artist_name`.
pub(crate) fn artist(row: &QueryResult) -> Result<StyleArtist, StorageError> {
    Ok(StyleArtist {
        id: UserId(row.get("artist_id")?),
        username: row.get("artist_username")?,
        artist_name: row.get("artist_name")?,
    })
}

/// Columns of [`image`], of `generated_images i` and `community_posts p`; `viewer` names the reader's id. The like is
/// looked up by its key; an `EXISTS` the planner might answer by reading everything the reader likes.
pub(crate) fn image_columns(viewer: &str) -> String {
    format!(
        "i.bucket, i.object_key, i.is_public, COALESCE(p.like_count, 0) AS like_count,
       COALESCE(p.comment_count, 0) AS comment_count,
       (SELECT true FROM post_likes l WHERE l.generation_id = p.generation_id AND l.user_id = {viewer})
         IS NOT NULL AS is_liked"
    )
}

/// The image, once there.
pub(crate) fn image(row: &QueryResult) -> Result<Option<ImageView>, StorageError> {
    let Some(object) = row.optional_object("bucket", "object_key")? else {
        return Ok(None);
    };
    Ok(Some(ImageView {
        object,
        is_public: row.get("is_public")?,
        like_count: row.get("like_count")?,
        comment_count: row.get("comment_count")?,
        is_liked: row.get("is_liked")?,
    }))
}

/// An id and a name.
pub(crate) fn named(row: &QueryResult, id: &str, name: &str) -> Result<Named, StorageError> {
    Ok(Named {
        id: row.get(id)?,
        name: row.get(name)?,
    })
}

/// An id and a name, absent when there is no name: what the id meant is gone.
pub(crate) fn optional_named(row: &QueryResult, id: &str, name: &str) -> Result<Option<Named>, StorageError> {
    let id: Option<i64> = row.get(id)?;
    let name: Option<String> = row.get(name)?;
    Ok(id.zip(name).map(|(id, name)| Named { id, name }))
}

/// The current attempt; `waiting` is for the caller to tell.
pub(crate) fn attempt(row: &QueryResult, waiting: bool) -> Result<Attempt, StorageError> {
    Ok(Attempt {
        number: row.attempt("attempt")?,
        task_id: row.task_id("task_id")?,
        taken: row.get("taken")?,
        waiting,
    })
}

/// `status`.
pub(crate) fn generation_status(row: &QueryResult) -> Result<GenerationStatus, StorageError> {
    row.parsed("status", GenerationStatus::parse)
}

/// `training_status`.
pub(crate) fn training_status(row: &QueryResult) -> Result<TrainingStatus, StorageError> {
    row.parsed("training_status", TrainingStatus::parse)
}

/// `aspect_ratio`.
pub(crate) fn aspect(row: &QueryResult) -> Result<AspectRatio, StorageError> {
    row.parsed("aspect_ratio", AspectRatio::parse)
}

/// `seed`.
pub(crate) fn seed(row: &QueryResult) -> Result<Seed, StorageError> {
    checked("seed", Seed::new(row.get("seed")?))
}

/// `error_code` and `error_message`.
pub(crate) fn error(row: &QueryResult) -> Result<Option<(String, String)>, StorageError> {
    let code: Option<String> = row.get("error_code")?;
    let message: Option<String> = row.get("error_message")?;
    Ok(code.map(|code| (code, message.unwrap_or_default())))
}

/// `model_bucket` and `model_key`.
pub(crate) fn model(row: &QueryResult) -> Result<Option<ObjectAddress>, StorageError> {
    row.optional_object("model_bucket", "model_key")
}

/// `signature_bucket` and `signature_key`.
pub(crate) fn signature(row: &QueryResult) -> Result<Option<ObjectAddress>, StorageError> {
    row.optional_object("signature_bucket", "signature_key")
}
