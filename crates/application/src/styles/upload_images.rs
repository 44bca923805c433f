//! Images of a style upload: validation, samples, storage.

use std::collections::BTreeMap;

use domain::{
    FieldError, ObjectAddress,
    object::{ObjectBody, ObjectError},
    styles::TrainingImage,
};

use super::{CreateStyleError, IncomingImage, StyleService, Upload};
use crate::images::{self, Inspected, Thumbnail};

/// Thumbnails of the samples, by index of the image.
pub(super) type Samples = BTreeMap<usize, Thumbnail>;

/// Renders one image at a time, to bound the memory for pixels.
pub(super) async fn render_samples(
    images: &[IncomingImage],
    inspected: &[Inspected],
) -> Result<Samples, CreateStyleError> {
    let mut samples = Samples::new();
    for index in images::select_samples(inspected) {
        let thumbnail = images::thumbnail(images[index].source.clone()).await;
        samples.insert(index, thumbnail.map_err(|error| invalid_image(index, error))?);
    }
    Ok(samples)
}

pub(super) fn invalid_image(index: usize, error: FieldError) -> CreateStyleError {
    CreateStyleError::InvalidImages(BTreeMap::from([(index, error)]))
}

/// Inspects one image at a time, and returns the errors of all invalid ones.
pub(super) async fn inspect_all(images: &[IncomingImage]) -> Result<Vec<Inspected>, CreateStyleError> {
    let mut errors = BTreeMap::new();
    let mut inspected = Vec::with_capacity(images.len());
    for (index, image) in images.iter().enumerate() {
        match images::inspect(image.source.clone(), images::TRAINING).await {
            Ok(image) => inspected.push(image),
            Err(error) => _ = errors.insert(index, error),
        }
    }
    if errors.is_empty() {
        Ok(inspected)
    } else {
        Err(CreateStyleError::InvalidImages(errors))
    }
}

impl StyleService {
    pub(super) async fn store_image(
        &self,
        upload: &Upload,
        index: usize,
        image: &IncomingImage,
        inspected: Inspected,
        thumbnail: Option<&Thumbnail>,
    ) -> Result<TrainingImage, ObjectError> {
        let object = upload.training_image(index, inspected.kind.extension());
        let content_type = inspected.kind.content_type();
        self.uploads
            .put(&object, image.source.clone(), content_type)
            .await?;
        let sample = thumbnail.map(|_| upload.sample(index));
        if let (Some(at), Some(thumbnail)) = (&sample, thumbnail) {
            self.put_thumbnail(at, thumbnail).await?;
        }
        let Inspected {
            width, height, bytes, ..
        } = inspected;
        Ok(TrainingImage {
            object,
            sample,
            content_type,
            width,
            height,
            bytes,
            tags: image.tags.clone(),
        })
    }

    pub(super) async fn put_thumbnail(
        &self,
        at: &ObjectAddress,
        Thumbnail(jpeg): &Thumbnail,
    ) -> Result<(), ObjectError> {
        let body = ObjectBody::Bytes(jpeg.clone());
        self.uploads.put(at, body, Thumbnail::CONTENT_TYPE).await
    }
}
