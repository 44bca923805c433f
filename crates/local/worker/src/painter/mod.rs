//! Procedural painter. The prompt selects a scene, which is painted with layers of brush strokes in the colours of the
//! style.
//!
//! It uses no model. The colours and the brush parameters come from the training images. The interface: a
//! [`PaletteBuilder`] extracts a [`Palette`], which is stored as a model file, and [`paint`] renders a [`PaintJob`] as a
//! PNG file.

mod canvas;
mod colour_scheme;
mod model;
mod noise;
mod oklab;
mod palette;
mod png;
mod samples;
mod scene;
mod signature;
mod strokes;
mod texture;

use image::RgbaImage;
use sha2::{Digest, Sha256};

pub use self::model::ModelError;
pub use self::palette::{Palette, PaletteBuilder};
pub use self::samples::{Sample, sample_pictures, sample_signature};
pub use self::signature::SignatureConfig;

use self::canvas::Canvas;
use self::colour_scheme::ColourScheme;
use self::noise::Rng;
use self::oklab::to_srgb;
use self::scene::{Frame, compose};
use self::strokes::{LAYERS, Painter};

/// Minimum and maximum side of a picture in pixels. Other sizes are clamped.
const MIN_SIDE: u32 = 64;
const MAX_SIDE: u32 = 2048;

/// The picture to paint, and the metadata of its file.
#[derive(Debug, Clone)]
pub struct PaintJob {
    /// Tags of the prompt.
    pub tags: Vec<String>,
    pub seed: u64,
    /// In pixels, clamped to 64 to 2048.
    pub width: u32,
    pub height: u32,
    pub signature: Option<Signature>,
    pub style_id: i64,
    pub style: StyleInfo,
}

/// The artist's signature: an image file and its position.
#[derive(Debug, Clone)]
pub struct Signature {
    pub image: Vec<u8>,
    pub config: SignatureConfig,
}

/// Public data of a style.
#[derive(Debug, Clone, Default)]
pub struct StyleInfo {
    pub name: Option<String>,
    pub artist: Option<String>,
    /// `personal`, `commercial` or `exclusive`.
    pub license: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum PaintError {
    #[error("an image cannot be decoded")]
    Signature(#[from] image::ImageError),
    #[error("the picture could not be encoded")]
    Png(#[from] ::png::EncodingError),
}

/// Paints a picture and returns a PNG file. Deterministic: the same palette and job give the same pixels.
pub fn paint(palette: &Palette, job: &PaintJob) -> Result<Vec<u8>, PaintError> {
    let mut picture = picture(palette, &job.tags, job.seed, job.width, job.height);
    if let Some(signature) = &job.signature {
        let ink = image::load_from_memory(&signature.image)?;
        signature::stamp(&mut picture, &ink, &signature.config);
    }
    Ok(png::encode(&picture, job)?)
}

fn picture(palette: &Palette, tags: &[String], seed: u64, width: u32, height: u32) -> RgbaImage {
    let (width, height) = (width.clamp(MIN_SIDE, MAX_SIDE), height.clamp(MIN_SIDE, MAX_SIDE));
    let hash = prompt_hash(tags);
    let mut rng = Rng::new(hash.rotate_left(23) ^ seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let side = width.min(height) as f32;
    let frame = Frame {
        width: width as f32 / side,
        height: height as f32 / side,
    };
    let scene = compose(tags, hash, &mut rng, frame);
    let scheme = ColourScheme::new(palette, &mut rng);
    let painter = Painter::new(palette, scene.as_ref(), &scheme, side, &mut rng);
    let mut canvas = Canvas::new(width, height, to_srgb(painter.background()));
    for layer in &LAYERS {
        painter.paint_layer(&mut canvas, layer, frame, &mut rng);
    }
    canvas.render(painter.relief(), &mut rng)
}

fn prompt_hash(tags: &[String]) -> u64 {
    let mut digest = Sha256::new();
    for tag in tags {
        digest.update(tag.trim().to_lowercase().as_bytes());
        digest.update([0]);
    }
    let bytes = digest.finalize();
    bytes
        .iter()
        .take(8)
        .fold(0, |bits, byte| (bits << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::palette::flat_palette as palette;
    use super::*;

    fn tags(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    fn warm() -> Palette {
        palette(&[[0.3, 0.1, 0.06], [0.6, 0.15, 0.1], [0.85, 0.03, 0.12]])
    }

    /// Mean difference of two pictures per channel, from 0 to 255.
    fn difference(one: &RgbaImage, other: &RgbaImage) -> f64 {
        let sum: u64 = one
            .as_raw()
            .iter()
            .zip(other.as_raw())
            .map(|(a, b)| u64::from(a.abs_diff(*b)))
            .sum();
        sum as f64 / one.as_raw().len() as f64
    }

    #[test]
    fn painting_is_deterministic() {
        let words = tags(&["sea", "calm"]);
        assert_eq!(
            picture(&warm(), &words, 7, 96, 96),
            picture(&warm(), &words, 7, 96, 96)
        );
    }

    #[test]
    fn the_picture_depends_on_seed_prompt_and_palette() {
        let first = picture(&warm(), &tags(&["hills"]), 7, 128, 128);
        let cold = palette(&[[0.2, -0.05, -0.1], [0.5, -0.1, -0.1], [0.9, -0.02, -0.04]]);
        assert!(difference(&first, &picture(&warm(), &tags(&["hills"]), 8, 128, 128)) > 5.0);
        assert!(difference(&first, &picture(&warm(), &tags(&["flowers"]), 7, 128, 128)) > 5.0);
        assert!(difference(&first, &picture(&cold, &tags(&["hills"]), 7, 128, 128)) > 5.0);
    }

    #[test]
    fn the_picture_has_the_colours_of_the_palette() {
        let picture = picture(&warm(), &tags(&["mountain"]), 3, 128, 128);
        let warm_pixels = picture.pixels().filter(|pixel| pixel[0] >= pixel[2]).count();
        assert!(warm_pixels * 10 > picture.pixels().len() * 9, "{warm_pixels}");
    }

    #[test]
    fn the_size_is_clamped() {
        assert_eq!(picture(&warm(), &[], 1, 96, 192).dimensions(), (96, 192));
        assert_eq!(picture(&warm(), &[], 1, 0, 64).dimensions(), (64, 64));
    }

    #[test]
    fn a_palette_with_one_colour_gives_a_picture_with_contrast() {
        let picture = picture(&palette(&[[0.7, 0.0, 0.0]]), &tags(&["city"]), 2, 128, 128);
        let lightness: Vec<u8> = picture.pixels().map(|pixel| pixel[1]).collect();
        let (min, max) = (lightness.iter().min().unwrap(), lightness.iter().max().unwrap());
        assert!(max - min > 80);
    }
}
