//! Sample files for an upload: ten pictures in one style, and a signature.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::{palette::Palette, picture};

/// Side of a sample picture in pixels; uploads need at least 512.
const SIDE: u32 = 640;

/// File names and prompts.
const PICTURES: [(&str, &str); 10] = [
    ("01.png", "harbour"),
    ("02.png", "sea"),
    ("03.png", "mountain"),
    ("04.png", "lake"),
    ("05.png", "forest"),
    ("06.png", "town"),
    ("07.png", "flower"),
    ("08.png", "night sea"),
    ("09.png", "meadow"),
    ("10.png", "abstract"),
];

/// Colours of the sample style.
const COLOURS: [[u8; 3]; 6] = [
    [24, 49, 83],
    [46, 111, 149],
    [240, 196, 120],
    [214, 92, 60],
    [247, 240, 226],
    [70, 60, 72],
];

/// A sample file. [`Sample::png`] paints it.
#[derive(Debug, Clone)]
pub struct Sample {
    pub file_name: &'static str,
    prompt: Option<(&'static str, u64)>,
}

pub fn sample_pictures() -> impl Iterator<Item = Sample> {
    PICTURES
        .into_iter()
        .zip(1..)
        .map(|((file_name, prompt), seed)| Sample {
            file_name,
            prompt: Some((prompt, seed)),
        })
}

/// A flourish on a transparent background.
pub fn sample_signature() -> Sample {
    Sample {
        file_name: "signature.png",
        prompt: None,
    }
}

impl Sample {
    /// Paints the PNG file. CPU-bound: call it on the blocking thread pool.
    pub fn png(&self) -> Vec<u8> {
        let sample = match self.prompt {
            Some((prompt, seed)) => {
                let palette = Palette::extract(&[DynamicImage::ImageRgb8(swatches())], COLOURS.len());
                let painted = picture(&palette, &[prompt.to_owned()], seed, SIDE, SIDE);
                DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(painted).to_rgb8())
            }
            None => DynamicImage::ImageRgba8(flourish()),
        };
        let mut out = Cursor::new(Vec::new());
        // Cannot fail: it writes to memory.
        match sample.write_to(&mut out, ImageFormat::Png) {
            Ok(()) => out.into_inner(),
            Err(_) => Vec::new(),
        }
    }
}

fn swatches() -> RgbImage {
    RgbImage::from_fn(96, 96, |x, y| {
        Rgb(COLOURS[((x / 16 + y / 24) as usize) % COLOURS.len()])
    })
}

/// A damped wave.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positions inside the picture"
)]
fn flourish() -> RgbaImage {
    let (width, height) = (360_u32, 120_u32);
    let mut picture = RgbaImage::new(width, height);
    for step in 0..6000_u32 {
        let t = f64::from(step) / 6000.0;
        let swing = (t * 38.0).sin() * 34.0 * (1.0 - t) + (t * 9.0).sin() * 10.0;
        let centre = (20.0 + t * 310.0 + (t * 38.0).cos() * 14.0, 60.0 + swing);
        let pen = 1.4 + 1.3 * (t * 23.0).sin().abs();
        for dy in -3..=3 {
            for dx in -3..=3 {
                let (x, y) = (centre.0 + f64::from(dx), centre.1 + f64::from(dy));
                let inside = f64::from(dx * dx + dy * dy) <= pen * pen;
                if inside && x >= 0.0 && y >= 0.0 && (x as u32) < width && (y as u32) < height {
                    picture.put_pixel(x as u32, y as u32, Rgba([20, 24, 40, 255]));
                }
            }
        }
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_can_be_uploaded() {
        let first = image::load_from_memory(&sample_pictures().next().unwrap().png()).unwrap();
        assert!(first.width().min(first.height()) >= 512);
        let ink = image::load_from_memory(&sample_signature().png())
            .unwrap()
            .to_rgba8();
        assert!(ink.pixels().any(|p| p.0[3] == 255) && ink.pixels().any(|p| p.0[3] == 0));
    }
}
