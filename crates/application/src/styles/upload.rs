//! Upload of a style. All checks run before the first object is stored, and a refused upload deletes its objects.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    FieldError, ObjectAddress, StorageError, StyleId, TaskId, UserId,
    object::{ObjectBody, ObjectError},
    styles::{NewStyle, StyleDraft, StyleName, TagName, TrainingDataset, TrainingImage},
    unit_of_work::UnitOfWork,
    workers::{NewMessage, Topic},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use thiserror::Error;

use super::{
    StyleService, Upload,
    upload_images::{Samples, inspect_all, invalid_image, render_samples},
};
use crate::{
    images::Inspected,
    workers::{TaskStamp, TrainingTask},
};

/// Images stored concurrently.
const CONCURRENCY: usize = 4;

/// An uploaded image, still on local disk.
#[derive(Debug)]
pub struct IncomingImage {
    pub source: ObjectBody,
    pub tags: Vec<TagName>,
}

/// Input of [`StyleService::create`]. The HTTP layer has checked the number of images.
#[derive(Debug)]
pub struct NewStyleUpload {
    pub artist: UserId,
    pub draft: StyleDraft,
    pub tags: Vec<TagName>,
    pub images: Vec<IncomingImage>,
}

/// A stored style whose training is pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedStyle {
    pub id: StyleId,
    pub name: String,
    pub artwork_count: usize,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Error)]
pub enum CreateStyleError {
    #[error("only artists upload styles")]
    NotAnArtist,
    #[error("the artist has {max} styles that have not failed")]
    LimitReached { max: i64 },
    #[error("the artist has a style of this name")]
    DuplicateName,
    /// Errors by index of the image.
    #[error("{} images are invalid", .0.len())]
    InvalidImages(BTreeMap<usize, FieldError>),
    #[error(transparent)]
    Objects(#[from] ObjectError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl StyleService {
    /// Checks artist and limit before the body of an upload is read.
    pub async fn may_upload(&self, artist: UserId) -> Result<(), CreateStyleError> {
        self.check_upload(artist, None).await
    }

    async fn check_upload(&self, artist: UserId, name: Option<StyleName>) -> Result<(), CreateStyleError> {
        let check = self
            .queries
            .upload_check(artist, name)
            .await?
            .ok_or(CreateStyleError::NotAnArtist)?;
        self.check_limit(check.unfailed_styles)?;
        if check.name_taken {
            Err(CreateStyleError::DuplicateName)
        } else {
            Ok(())
        }
    }

    /// Validates and stores a style, and enqueues its training.
    pub async fn create(&self, style: NewStyleUpload) -> Result<CreatedStyle, CreateStyleError> {
        self.check_upload(style.artist, Some(style.draft.name.clone()))
            .await?;
        let inspected = inspect_all(&style.images).await?;
        let samples = render_samples(&style.images, &inspected).await?;

        let upload = self.uploads.begin(self.ids.uuid(), style.artist).await?;
        let stored = self.store(&upload, &style, &inspected, &samples).await;
        if stored.is_err() {
            self.uploads.abandon(&upload).await;
        }
        stored
    }

    fn check_limit(&self, unfailed_styles: i64) -> Result<(), CreateStyleError> {
        if unfailed_styles >= self.max_styles {
            return Err(CreateStyleError::LimitReached { max: self.max_styles });
        }
        Ok(())
    }

    async fn store(
        &self,
        upload: &Upload,
        style: &NewStyleUpload,
        inspected: &[Inspected],
        samples: &Samples,
    ) -> Result<CreatedStyle, CreateStyleError> {
        let thumbnail = upload.thumbnail();
        // The first sample is the style's thumbnail.
        let first = samples.values().next();
        self.put_thumbnail(
            &thumbnail,
            first.ok_or_else(|| invalid_image(0, FieldError::ImageFormat))?,
        )
        .await?;
        let images: Vec<TrainingImage> = stream::iter(style.images.iter().zip(inspected).enumerate())
            .map(|(index, (image, inspected))| {
                self.store_image(upload, index, image, *inspected, samples.get(&index))
            })
            .buffered(CONCURRENCY)
            .try_collect()
            .await?;

        let now = self.clock.now();
        let name_tag = TagName::parse(style.draft.name.as_str()).ok();
        let tags = TagName::gather(
            &style.tags,
            images.iter().flat_map(|i| &i.tags),
            name_tag.as_ref(),
        );
        let images = with_name_tag(images, name_tag.as_ref());
        let artwork_count = images.len();
        let row = NewStyle {
            artist: style.artist,
            draft: style.draft.clone(),
            thumbnail,
            tags,
            dataset: TrainingDataset {
                upload_id: upload.id,
                images,
            },
            task_id: TaskId(self.ids.uuid()),
            now,
        };
        let id = self.commit(row, upload).await?;
        Ok(CreatedStyle {
            id,
            name: style.draft.name.as_str().to_owned(),
            artwork_count,
            created_at: now,
        })
    }

    /// Stores style and training task and finishes the upload, in one transaction.
    async fn commit(&self, style: NewStyle, upload: &Upload) -> Result<StyleId, CreateStyleError> {
        let mut unit = self.units.begin().await?;
        let unfailed_styles = unit
            .styles()
            .lock_artist(style.artist)
            .await?
            .ok_or(CreateStyleError::NotAnArtist)?;
        self.check_limit(unfailed_styles)?;
        let id = unit
            .styles()
            .insert(style.clone())
            .await?
            .ok_or(CreateStyleError::DuplicateName)?;
        self.enqueue(unit.as_mut(), id, &style).await?;
        if !unit.uploads().finish(upload.id).await? {
            return Err(ObjectError::Unavailable("the upload took too long and was deleted".into()).into());
        }
        unit.commit().await?;
        tracing::info!(style = %id, images = style.dataset.images.len(), "style stored");
        Ok(id)
    }

    async fn enqueue(
        &self,
        unit: &mut dyn UnitOfWork,
        id: StyleId,
        style: &NewStyle,
    ) -> Result<(), StorageError> {
        let images: Vec<(ObjectAddress, Vec<String>)> = style
            .dataset
            .images
            .iter()
            .map(|image| (image.object.clone(), names(&image.tags)))
            .collect();
        let task = TrainingTask {
            style: id,
            images: &images,
            tags: &names(&style.tags),
        };
        let stamp = TaskStamp {
            task_id: style.task_id,
            attempt: 1,
            now: style.now,
        };
        let message = NewMessage {
            task_id: style.task_id,
            topic: Topic::ModelTraining,
            subject_id: id.0,
            payload: self.tasks.training(task, stamp),
            send_at: style.now,
            now: style.now,
        };
        unit.outbox().enqueue(message).await
    }
}

fn names(tags: &[TagName]) -> Vec<String> {
    tags.iter().map(|tag| tag.as_str().to_owned()).collect()
}

/// Adds the style's name to the tags of every image.
fn with_name_tag(mut images: Vec<TrainingImage>, name: Option<&TagName>) -> Vec<TrainingImage> {
    for image in &mut images {
        image.tags = TagName::gather(&image.tags, std::iter::empty(), name);
    }
    images
}
