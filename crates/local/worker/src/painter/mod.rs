//! The painter: a scene chosen by the prompt, in the style's colours, with layers of brush strokes.
//!
//! No model is at work here. The picture shows that the whole way from prompt to image works, and its colours
//! and its brushwork come from the style's images. The entrance is small: a [`PaletteReader`] learns a style,
//! [`Palette`] is kept as a model file, [`paint`] makes a PNG file of an [`Order`].

mod canvas;
mod model;
mod noise;
mod oklab;
mod palette;
mod pigments;
mod png;
mod samples;
mod scene;
mod signature;
mod strokes;
mod texture;

use image::RgbaImage;
use sha2::{Digest, Sha256};

pub use self::model::ModelError;
pub use self::palette::{Palette, PaletteReader};
pub use self::samples::{Sample, sample_pictures, sample_signature};
pub use self::signature::SignatureConfig;

use self::canvas::Canvas;
use self::noise::Dice;
use self::oklab::to_srgb;
use self::pigments::Pigments;
use self::scene::{Frame, compose};
use self::strokes::{LAYERS, Painter};

/// Least and greatest side of a picture in pixels; other sizes are clamped.
const SIDES: (u32, u32) = (64, 2048);

/// What to paint, and what to write into the file.
#[derive(Debug, Clone)]
pub struct Order {
    /// The prompt.
    pub tags: Vec<String>,
    pub seed: u64,
    /// In pixels, clamped to 64-2048.
    pub width: u32,
    pub height: u32,
    pub signature: Option<Signature>,
    pub style_id: i64,
    pub style: StyleCard,
}

/// The artist's signature: an image file and how to place it.
#[derive(Debug, Clone)]
pub struct Signature {
    pub image: Vec<u8>,
    pub config: SignatureConfig,
}

/// What is known of a style besides its id.
#[derive(Debug, Clone, Default)]
pub struct StyleCard {
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

/// Paints a picture and returns its PNG file. The same style and order give the same pixels.
pub fn paint(style: &Palette, order: &Order) -> Result<Vec<u8>, PaintError> {
    let mut picture = picture(style, &order.tags, order.seed, order.width, order.height);
    if let Some(signature) = &order.signature {
        let ink = image::load_from_memory(&signature.image)?;
        signature::stamp(&mut picture, &ink, &signature.config);
    }
    Ok(png::encode(&picture, order)?)
}

fn picture(style: &Palette, tags: &[String], seed: u64, width: u32, height: u32) -> RgbaImage {
    let (width, height) = (width.clamp(SIDES.0, SIDES.1), height.clamp(SIDES.0, SIDES.1));
    let prompt = prompt_hash(tags);
    let mut dice = Dice::new(prompt.rotate_left(23) ^ seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let side = width.min(height) as f32;
    let frame = Frame {
        width: width as f32 / side,
        height: height as f32 / side,
    };
    let scene = compose(tags, prompt, &mut dice, frame);
    let pigments = Pigments::new(style, &mut dice);
    let painter = Painter::new(style, scene.as_ref(), &pigments, side, &mut dice);
    let mut canvas = Canvas::new(width, height, to_srgb(painter.ground()));
    for layer in &LAYERS {
        painter.layer(&mut canvas, layer, frame, &mut dice);
    }
    canvas.finish(painter.relief(), &mut dice)
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
    use super::palette::flat_palette as style;
    use super::*;

    fn tags(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    fn warm() -> Palette {
        style(&[[0.3, 0.1, 0.06], [0.6, 0.15, 0.1], [0.85, 0.03, 0.12]])
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
    fn the_same_order_gives_the_same_picture_to_the_byte() {
        let words = tags(&["sea", "calm"]);
        assert_eq!(
            picture(&warm(), &words, 7, 96, 96),
            picture(&warm(), &words, 7, 96, 96)
        );
    }

    #[test]
    fn another_seed_prompt_or_style_gives_another_picture() {
        let first = picture(&warm(), &tags(&["hills"]), 7, 128, 128);
        let cold = style(&[[0.2, -0.05, -0.1], [0.5, -0.1, -0.1], [0.9, -0.02, -0.04]]);
        assert!(difference(&first, &picture(&warm(), &tags(&["hills"]), 8, 128, 128)) > 5.0);
        assert!(difference(&first, &picture(&warm(), &tags(&["flowers"]), 7, 128, 128)) > 5.0);
        assert!(difference(&first, &picture(&cold, &tags(&["hills"]), 7, 128, 128)) > 5.0);
    }

    #[test]
    fn the_picture_keeps_to_the_colours_of_the_style() {
        let picture = picture(&warm(), &tags(&["mountain"]), 3, 128, 128);
        let warm_pixels = picture.pixels().filter(|pixel| pixel[0] >= pixel[2]).count();
        assert!(warm_pixels * 10 > picture.pixels().len() * 9, "{warm_pixels}");
    }

    #[test]
    fn the_size_is_as_asked_within_limits() {
        assert_eq!(picture(&warm(), &[], 1, 96, 192).dimensions(), (96, 192));
        assert_eq!(picture(&warm(), &[], 1, 0, 64).dimensions(), (64, 64));
    }

    #[test]
    fn a_style_of_one_flat_colour_still_becomes_a_picture() {
        let picture = picture(&style(&[[0.7, 0.0, 0.0]]), &tags(&["city"]), 2, 128, 128);
        let lightness: Vec<u8> = picture.pixels().map(|pixel| pixel[1]).collect();
        let (least, most) = (lightness.iter().min().unwrap(), lightness.iter().max().unwrap());
        assert!(most - least > 80);
    }
}
