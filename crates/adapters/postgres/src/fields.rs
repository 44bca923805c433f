//! Entities and other groups of columns, read from rows.

use domain::{
    GenerationId, ObjectAddress, StorageError, StyleId, UserId,
    generations::{
        AspectRatio, Caption, GeneratedImage, GenerationRequest, GenerationStatus, ImageView, PromptTags,
        Seed,
    },
    id::Named,
    styles::{
        GenerationPrice, LicenseKind, StyleArtist, StyleCard, StyleDescription, StyleModel, StyleName,
        TrainingStatus,
    },
    workers::Attempt,
};
use sea_orm::QueryResult;

use crate::row::{ReadRow, checked};

/// Columns of [`style`], of `style_models m`.
pub(crate) const STYLE: &str = "\
m.id, m.artist_id, m.name, m.description, m.generation_cost_tokens, m.license_type, m.valid_from, m.valid_to, m.is_active,
       m.is_flagged, m.training_status, m.thumbnail_bucket, m.thumbnail_key, m.model_bucket, m.model_key, m.usage_count,
       m.created_at";

pub(crate) fn style(row: &QueryResult) -> Result<StyleModel, StorageError> {
    let price = row.get("generation_cost_tokens")?;
    Ok(StyleModel {
        id: StyleId(row.get("id")?),
        artist_id: UserId(row.get("artist_id")?),
        name: StyleName::from_stored(row.get("name")?),
        description: StyleDescription::from_stored(row.get("description")?),
        price: checked("generation_cost_tokens", GenerationPrice::new(price))?,
        license: row.parsed("license_type", LicenseKind::parse)?,
        valid_from: row.get("valid_from")?,
        valid_to: row.get("valid_to")?,
        is_active: row.get("is_active")?,
        is_flagged: row.get("is_flagged")?,
        status: training_status(row)?,
        thumbnail: row.optional_object("thumbnail_bucket", "thumbnail_key")?,
        model: model(row)?,
        usage_count: row.get("usage_count")?,
        created_at: row.get("created_at")?,
    })
}

/// Columns of [`card`] besides [`STYLE`], of `style_models m`, `artists a` and its `users u`.
pub(crate) const CARD: &str = "\
u.username AS artist_username, a.artist_name,
       ARRAY(SELECT t.name FROM style_tags s JOIN tags t ON t.id = s.tag_id
              WHERE s.style_id = m.id ORDER BY t.name COLLATE \"C\") AS tags";

/// A style in a list.
pub(crate) fn card(row: &QueryResult) -> Result<StyleCard, StorageError> {
    Ok(StyleCard {
        style: style(row)?,
        artist: artist(row)?,
        tags: row.get("tags")?,
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

/// Columns of [`generation`], of `generation_requests g`.
pub(crate) const GENERATION: &str = "\
g.id, g.user_id, g.style_id, g.artist_id, g.status, g.consumed_tokens, g.prompt_tags, g.description, g.aspect_ratio,
       g.seed, g.created_at";

pub(crate) fn generation(row: &QueryResult) -> Result<GenerationRequest, StorageError> {
    Ok(GenerationRequest {
        id: GenerationId(row.get("id")?),
        user_id: UserId(row.get("user_id")?),
        style_id: StyleId(row.get("style_id")?),
        artist_id: UserId(row.get("artist_id")?),
        status: generation_status(row)?,
        price: row.tokens("consumed_tokens")?,
        prompt: PromptTags::from_stored(row.get("prompt_tags")?),
        caption: caption(row)?,
        aspect: row.parsed("aspect_ratio", AspectRatio::parse)?,
        seed: checked("seed", Seed::new(row.get("seed")?))?,
        created_at: row.get("created_at")?,
    })
}

/// `description`.
pub(crate) fn caption(row: &QueryResult) -> Result<Option<Caption>, StorageError> {
    let caption: Option<String> = row.get("description")?;
    Ok(caption.map(Caption::from_stored))
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
    let is_public = row.get("is_public")?;
    Ok(Some(ImageView {
        image: GeneratedImage { object, is_public },
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
