//! Limits of an upload.

/// Fewest images a style is trained on.
pub const MIN_IMAGES: usize = 10;
/// Most images a style is trained on.
pub const MAX_IMAGES: usize = 100;
/// Most bytes of one training image (10 MB).
pub const MAX_IMAGE_BYTES: u64 = 10 * 1024 * 1024;
/// Fewest pixels on each side of a training image.
pub const MIN_SIDE: u32 = 512;
/// Most pixels (width × height) that are ever decoded; a header that claims more is a decompression bomb.
pub const MAX_PIXELS: u64 = 64_000_000;
/// Most pixels of a signature.
pub const MAX_SIGNATURE_PIXELS: u64 = 4_000_000;
/// Most tags of a style or of one of its images.
pub const MAX_TAGS: usize = 30;
/// Side of the square thumbnail, in pixels.
pub const THUMBNAIL_SIDE: u32 = 256;
/// Most bytes of a signature (2 MB).
pub const MAX_SIGNATURE_BYTES: u64 = 2 * 1024 * 1024;
/// Most images of which a public thumbnail is made and shown as a sample.
pub const MAX_SAMPLES: usize = 6;

/// Which of `images` images in a row are shown as samples: all when they are few, else the first, the last and
/// what lies evenly between them.
pub fn sample_places(images: usize) -> Vec<usize> {
    if images <= MAX_SAMPLES {
        return (0..images).collect();
    }
    (0..MAX_SAMPLES)
        .map(|n| n * (images - 1) / (MAX_SAMPLES - 1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_lie_evenly_from_the_first_image_to_the_last() {
        assert_eq!(sample_places(0), [0; 0]);
        assert_eq!(sample_places(2), [0, 1]);
        assert_eq!(sample_places(6), [0, 1, 2, 3, 4, 5]);
        assert_eq!(sample_places(10), [0, 1, 3, 5, 7, 9]);
        assert_eq!(sample_places(100), [0, 19, 39, 59, 79, 99]);
    }
}
