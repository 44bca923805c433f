//! Uploading a style: everything is checked before the first object is stored, and what is refused leaves nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    FieldError, ObjectAddress, StorageError, StyleId, TaskId, UserId,
    object::{ObjectBody, ObjectError},
    styles::{
        GenerationPrice, LicenseKind, NewStyle, NewTrainingImage, StyleDescription, StyleName, TagName,
    },
    unit_of_work::UnitOfWork,
    workers::{NewMessage, Topic},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use thiserror::Error;

use super::{StyleService, Upload};
use crate::{
    images::{self, ImageSource, Inspected, Thumbnail},
    workers::{TaskStamp, TrainingTask},
};

/// How many images are stored at the same time.
const PARALLEL: usize = 4;

/// An uploaded image, still on local disk.
#[derive(Debug)]
pub struct IncomingImage {
    pub source: ImageSource,
    pub tags: Vec<TagName>,
}

/// What an artist uploads. The number of images was checked at the edge.
#[derive(Debug)]
pub struct NewStyleUpload {
    pub artist: UserId,
    pub name: StyleName,
    pub description: StyleDescription,
    pub price: GenerationPrice,
    pub license: LicenseKind,
    pub tags: Vec<TagName>,
    /// Images in order.
    pub images: Vec<IncomingImage>,
}

/// A style that was stored and waits for its training.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedStyle {
    pub id: StyleId,
    pub name: String,
    pub artwork_count: usize,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Why a style was not stored.
#[derive(Debug, Error)]
pub enum CreateStyleError {
    /// The account is no artist.
    #[error("only artists upload styles")]
    NotAnArtist,
    /// The artist has as many styles as allowed.
    #[error("the artist has {max} styles that have not failed")]
    LimitReached { max: i64 },
    /// The artist has a style of this name.
    #[error("the artist has a style of this name")]
    DuplicateName,
    /// Images that cannot be used, by index.
    #[error("{} images cannot be used", .0.len())]
    BadImages(BTreeMap<usize, FieldError>),
    #[error(transparent)]
    Objects(#[from] ObjectError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl StyleService {
    /// Whether the account may upload a style at all: asked before the body of an upload is read.
    pub async fn may_upload(&self, artist: UserId) -> Result<(), CreateStyleError> {
        let mut unit = self.units.begin().await?;
        let locked = unit
            .styles()
            .lock_artist(artist)
            .await?
            .ok_or(CreateStyleError::NotAnArtist)?;
        self.within_limit(locked.unfailed_styles)
    }

    async fn may_upload_as(&self, artist: UserId, name: &StyleName) -> Result<(), CreateStyleError> {
        let check = self
            .queries
            .upload_check(artist, name)
            .await?
            .ok_or(CreateStyleError::NotAnArtist)?;
        self.within_limit(check.unfailed_styles)?;
        if check.name_taken {
            Err(CreateStyleError::DuplicateName)
        } else {
            Ok(())
        }
    }

    /// Checks and stores a style and sends it to be trained.
    pub async fn create(&self, style: NewStyleUpload) -> Result<CreatedStyle, CreateStyleError> {
        self.may_upload_as(style.artist, &style.name).await?;
        let inspected = inspect_all(&style.images).await?;
        let samples = render_samples(&style.images, &inspected).await?;

        let upload = self.uploads.begin(self.ids.uuid(), style.artist).await?;
        let stored = self.store(&upload, &style, &inspected, &samples).await;
        if stored.is_err() {
            self.uploads.abandon(&upload).await;
        }
        stored
    }

    fn within_limit(&self, unfailed_styles: i64) -> Result<(), CreateStyleError> {
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
        // The first sample is what the style is known by.
        let first = samples.values().next();
        self.put_thumbnail(
            &thumbnail,
            first.ok_or_else(|| bad_image(0, FieldError::ImageFormat))?,
        )
        .await?;
        let images: Vec<NewTrainingImage> = stream::iter(style.images.iter().zip(inspected).enumerate())
            .map(|(index, (image, found))| {
                self.store_image(upload, index, image, *found, samples.get(&index))
            })
            .buffered(PARALLEL)
            .try_collect()
            .await?;

        let now = self.clock.now();
        let name_tag = TagName::parse(style.name.as_str()).ok();
        let tags = TagName::gather(
            &style.tags,
            images.iter().flat_map(|i| &i.tags),
            name_tag.as_ref(),
        );
        let images = with_name_tag(images, name_tag.as_ref());
        let artwork_count = images.len();
        let row = NewStyle {
            artist: style.artist,
            name: style.name.clone(),
            description: style.description.clone(),
            price: style.price,
            license: style.license,
            thumbnail,
            tags,
            images,
            task_id: TaskId(self.ids.uuid()),
            upload_id: upload.id,
            now,
        };
        let id = self.commit(row, upload).await?;
        Ok(CreatedStyle {
            id,
            name: style.name.as_str().to_owned(),
            artwork_count,
            created_at: now,
        })
    }

    async fn store_image(
        &self,
        upload: &Upload,
        index: usize,
        image: &IncomingImage,
        found: Inspected,
        thumbnail: Option<&Thumbnail>,
    ) -> Result<NewTrainingImage, ObjectError> {
        let object = upload.training_image(index, found.kind.extension());
        let body = match &image.source {
            ImageSource::Bytes(bytes) => ObjectBody::Bytes(bytes.clone()),
            ImageSource::File(path) => ObjectBody::File(path.clone()),
        };
        let content_type = found.kind.content_type();
        self.uploads.put(&object, body, content_type).await?;
        let sample = thumbnail.map(|_| upload.sample(index));
        if let (Some(at), Some(thumbnail)) = (&sample, thumbnail) {
            self.put_thumbnail(at, thumbnail).await?;
        }
        let Inspected {
            width, height, bytes, ..
        } = found;
        Ok(NewTrainingImage {
            object,
            sample,
            content_type,
            width,
            height,
            bytes,
            tags: image.tags.clone(),
        })
    }

    async fn put_thumbnail(
        &self,
        at: &ObjectAddress,
        Thumbnail(jpeg): &Thumbnail,
    ) -> Result<(), ObjectError> {
        let body = ObjectBody::Bytes(jpeg.clone());
        self.uploads.put(at, body, Thumbnail::CONTENT_TYPE).await
    }

    /// Style, training task and the end of the upload's note: at once or not at all.
    async fn commit(&self, style: NewStyle, upload: &Upload) -> Result<StyleId, CreateStyleError> {
        let mut unit = self.units.begin().await?;
        let locked = unit
            .styles()
            .lock_artist(style.artist)
            .await?
            .ok_or(CreateStyleError::NotAnArtist)?;
        self.within_limit(locked.unfailed_styles)?;
        let id = unit
            .styles()
            .insert(style.clone())
            .await?
            .ok_or(CreateStyleError::DuplicateName)?;
        self.enqueue(unit.as_mut(), id, &style).await?;
        if !unit.uploads().finish(upload.id).await? {
            return Err(ObjectError::Unavailable("the upload took too long and was swept".into()).into());
        }
        unit.commit().await?;
        tracing::info!(style = %id, images = style.images.len(), "style stored");
        Ok(id)
    }

    async fn enqueue(
        &self,
        unit: &mut dyn UnitOfWork,
        id: StyleId,
        style: &NewStyle,
    ) -> Result<(), StorageError> {
        let images: Vec<(ObjectAddress, Vec<String>)> = style
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

/// Adds the style's name to every image's tags.
fn with_name_tag(mut images: Vec<NewTrainingImage>, name: Option<&TagName>) -> Vec<NewTrainingImage> {
    for image in &mut images {
        image.tags = TagName::gather(&image.tags, std::iter::empty(), name);
    }
    images
}

/// Thumbnails of the images that are shown, by index.
type Samples = BTreeMap<usize, Thumbnail>;

/// Makes them one after the other: of one image at a time the pixels are held.
async fn render_samples(
    images: &[IncomingImage],
    inspected: &[Inspected],
) -> Result<Samples, CreateStyleError> {
    let mut samples = Samples::new();
    for index in images::shown(inspected) {
        let thumbnail = images::thumbnail(images[index].source.clone()).await;
        samples.insert(index, thumbnail.map_err(|fault| bad_image(index, fault))?);
    }
    Ok(samples)
}

fn bad_image(index: usize, fault: FieldError) -> CreateStyleError {
    CreateStyleError::BadImages(BTreeMap::from([(index, fault)]))
}

/// Looks at every image, one after the other, and reports all that cannot be used.
async fn inspect_all(images: &[IncomingImage]) -> Result<Vec<Inspected>, CreateStyleError> {
    let mut bad = BTreeMap::new();
    let mut good = Vec::with_capacity(images.len());
    for (index, image) in images.iter().enumerate() {
        match images::inspect(image.source.clone(), images::TRAINING).await {
            Ok(found) => good.push(found),
            Err(fault) => _ = bad.insert(index, fault),
        }
    }
    if bad.is_empty() {
        Ok(good)
    } else {
        Err(CreateStyleError::BadImages(bad))
    }
}
