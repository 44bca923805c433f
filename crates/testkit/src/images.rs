//! Images for uploads.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// The content depends on `seed`.
pub fn picture(width: u32, height: u32, seed: u8) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let band = u8::try_from((x / 32 + y / 24) % 7).unwrap_or_default();
        Rgb([
            seed.wrapping_mul(23).wrapping_add(band * 30),
            90 + band * 12,
            200 - band * 20,
        ])
    })
}

pub fn png(width: u32, height: u32, seed: u8) -> Vec<u8> {
    encode(picture(width, height, seed), ImageFormat::Png)
}

pub fn jpeg(width: u32, height: u32, seed: u8) -> Vec<u8> {
    encode(picture(width, height, seed), ImageFormat::Jpeg)
}

/// A PNG of about `bytes` bytes with noise, which cannot be compressed.
pub fn large_png(bytes: usize) -> Vec<u8> {
    let mut side = 512_u32;
    while (side as usize + 1).pow(2) * 3 < bytes {
        side += 1;
    }
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let noise = RgbImage::from_fn(side, side, |_, _| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [a, b, c, ..] = state.to_le_bytes();
        Rgb([a, b, c])
    });
    encode(noise, ImageFormat::Png)
}

fn encode(picture: RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture)
        .write_to(&mut file, format)
        .expect("writing to memory does not fail");
    file.into_inner()
}
