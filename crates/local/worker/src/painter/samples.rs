//! Pictures to try an upload with: ten of one painter's hand, and a signature.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::{paint, palette::Palette};

/// Side of a sample picture, in pixels: the least that an upload takes is 512.
const SIDE: u32 = 640;

/// Motifs, one a picture.
const MOTIFS: [&str; 10] = [
    "harbour",
    "sea",
    "mountain",
    "lake",
    "forest",
    "town",
    "flower",
    "night sea",
    "meadow",
    "abstract",
];

/// Colours of the samples' painter.
const COLOURS: [[u8; 3]; 6] = [
    [24, 49, 83],
    [46, 111, 149],
    [240, 196, 120],
    [214, 92, 60],
    [247, 240, 226],
    [70, 60, 72],
];

/// A picture that is painted when it is asked for.
#[derive(Debug, Clone)]
pub struct Sample {
    /// File name.
    pub name: &'static str,
    motif: Option<(&'static str, u64)>,
}

/// Names of the ten files.
const NAMES: [&str; 10] = [
    "01.png", "02.png", "03.png", "04.png", "05.png", "06.png", "07.png", "08.png", "09.png", "10.png",
];

/// The ten pictures.
pub fn sample_pictures() -> Vec<Sample> {
    let seeds = 1_u64..;
    NAMES
        .into_iter()
        .zip(MOTIFS)
        .zip(seeds)
        .map(|((name, motif), seed)| Sample {
            name,
            motif: Some((motif, seed)),
        })
        .collect()
}

/// The signature: a flourish in ink on nothing.
pub fn sample_signature() -> Sample {
    Sample {
        name: "signature.png",
        motif: None,
    }
}

impl Sample {
    /// Paints it. Takes a moment; call it on the blocking pool.
    pub fn png(&self) -> Vec<u8> {
        let picture = match self.motif {
            Some((motif, seed)) => {
                let style = Palette::extract(&[DynamicImage::ImageRgb8(swatches())], COLOURS.len());
                let painted = paint(&style, &[motif.to_owned()], seed, SIDE, SIDE);
                DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(painted).to_rgb8())
            }
            None => DynamicImage::ImageRgba8(flourish()),
        };
        let mut out = Cursor::new(Vec::new());
        // Writing to memory does not fail.
        match picture.write_to(&mut out, ImageFormat::Png) {
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

/// A running wave that grows and fades, as a pen would draw it.
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
        let first = image::load_from_memory(&sample_pictures()[0].png()).unwrap();
        assert!(first.width().min(first.height()) >= 512);
        let ink = image::load_from_memory(&sample_signature().png())
            .unwrap()
            .to_rgba8();
        assert!(ink.pixels().any(|p| p.0[3] == 255) && ink.pixels().any(|p| p.0[3] == 0));
    }
}
