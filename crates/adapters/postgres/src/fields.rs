//! Groups of columns that several statements read, and their conversion to domain types.

use domain::{
    ObjectAddress, StorageError,
    generations::{GeneratedImage, GenerationStatus, ImageView},
    id::Named,
    styles::TrainingStatus,
    workers::Attempt,
};
use sea_orm::QueryResult;

use crate::row::ReadRow;

/// Columns for [`image`], from `generated_images i` and `community_posts p`; `viewer` is the placeholder of the
/// viewer's id. The like is a scalar subquery by key: for an `EXISTS` the planner may read all likes of the viewer.
pub(crate) fn image_columns(viewer: &str) -> String {
    format!(
        "i.bucket, i.object_key, i.is_public, COALESCE(p.like_count, 0) AS like_count,
       COALESCE(p.comment_count, 0) AS comment_count,
       (SELECT true FROM post_likes l WHERE l.generation_id = p.generation_id AND l.user_id = {viewer})
         IS NOT NULL AS is_liked"
    )
}

/// `None` while there is no image.
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

pub(crate) fn named(row: &QueryResult, id: &str, name: &str) -> Result<Named, StorageError> {
    Ok(Named {
        id: row.get(id)?,
        name: row.get(name)?,
    })
}

/// `None` when there is no name, because the row with this id was deleted.
pub(crate) fn optional_named(row: &QueryResult, id: &str, name: &str) -> Result<Option<Named>, StorageError> {
    let id: Option<i64> = row.get(id)?;
    let name: Option<String> = row.get(name)?;
    Ok(id.zip(name).map(|(id, name)| Named { id, name }))
}

/// The current attempt. `waiting` depends on the state of the job.
pub(crate) fn attempt(row: &QueryResult, waiting: bool) -> Result<Attempt, StorageError> {
    Ok(Attempt {
        number: row.attempt("attempt")?,
        task_id: row.task_id("task_id")?,
        taken: row.get("taken")?,
        waiting,
    })
}

/// Reads `status`.
pub(crate) fn generation_status(row: &QueryResult) -> Result<GenerationStatus, StorageError> {
    row.parsed("status", GenerationStatus::parse)
}

/// Reads `training_status`.
pub(crate) fn training_status(row: &QueryResult) -> Result<TrainingStatus, StorageError> {
    row.parsed("training_status", TrainingStatus::parse)
}

/// Reads `error_code` and `error_message`.
pub(crate) fn error(row: &QueryResult) -> Result<Option<(String, String)>, StorageError> {
    let code: Option<String> = row.get("error_code")?;
    let message: Option<String> = row.get("error_message")?;
    Ok(code.map(|code| (code, message.unwrap_or_default())))
}

/// Reads `model_bucket` and `model_key`.
pub(crate) fn model(row: &QueryResult) -> Result<Option<ObjectAddress>, StorageError> {
    row.optional_object("model_bucket", "model_key")
}

/// Reads `signature_bucket` and `signature_key`.
pub(crate) fn signature(row: &QueryResult) -> Result<Option<ObjectAddress>, StorageError> {
    row.optional_object("signature_bucket", "signature_key")
}
