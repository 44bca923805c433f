//! Limits of a style upload.

pub const MIN_IMAGES: usize = 10;
pub const MAX_IMAGES: usize = 100;
/// Of one training image.
pub const MAX_IMAGE_BYTES: u64 = 10 * 1024 * 1024;
/// Minimum width and height of a training image.
pub const MIN_SIDE: u32 = 512;
/// Maximum width × height. A header that claims more is treated as a decompression bomb.
pub const MAX_PIXELS: u64 = 64_000_000;
pub const MAX_SIGNATURE_PIXELS: u64 = 4_000_000;
/// Of a style, and of each of its images.
pub const MAX_TAGS: usize = 30;
pub const THUMBNAIL_SIDE: u32 = 256;
pub const MAX_SIGNATURE_BYTES: u64 = 2 * 1024 * 1024;
/// Maximum number of public samples per style.
pub const MAX_SAMPLES: usize = 6;

/// Indexes of the samples among `images` images: all if they are few, otherwise evenly spaced from the first to the
/// last.
pub fn sample_indexes(images: usize) -> Vec<usize> {
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
    fn samples_are_evenly_spaced_from_first_to_last() {
        assert_eq!(sample_indexes(0), [0; 0]);
        assert_eq!(sample_indexes(2), [0, 1]);
        assert_eq!(sample_indexes(6), [0, 1, 2, 3, 4, 5]);
        assert_eq!(sample_indexes(10), [0, 1, 3, 5, 7, 9]);
        assert_eq!(sample_indexes(100), [0, 19, 39, 59, 79, 99]);
    }
}
