//! Stamps the artist's signature onto a picture.

use image::imageops::FilterType;
use image::{DynamicImage, Rgba, RgbaImage};
use serde::Deserialize;

/// Position, size and opacity of the signature in a task. Unknown values are replaced by the default.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub struct SignatureConfig {
    /// `bottom-right` (default), `bottom-left`, `top-right` or `top-left`.
    pub position: String,
    /// `small`, `medium` (default) or `large`.
    pub size: String,
    /// From 0 (invisible) to 1.
    pub opacity: f32,
}

impl Default for SignatureConfig {
    fn default() -> Self {
        Self {
            position: "bottom-right".to_owned(),
            size: "medium".to_owned(),
            opacity: 0.7,
        }
    }
}

/// Distance between the signature and the edges, relative to the shorter side of the picture.
const MARGIN: f32 = 0.03;
/// Minimum brightness difference (0 to 255) between ink and picture. Below it, the ink gets a halo.
const MIN_BRIGHTNESS_DIFFERENCE: f32 = 60.0;

/// Kernel of the halo: the pixel, its eight neighbours and four pixels farther away.
#[rustfmt::skip]
const HALO_KERNEL: [(i64, i64); 13] = [
    (0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1), (2, 0), (-2, 0), (0, 2), (0, -2),
];

/// Blends `signature` into a corner of `picture`. In an image without transparency, nearly white pixels are treated as
/// transparent. Ink of similar brightness as the picture gets a halo. An image without ink does not change the picture.
pub fn stamp(picture: &mut RgbaImage, signature: &DynamicImage, config: &SignatureConfig) {
    let Some(ink) = crop_to_ink(&with_transparency(signature)) else {
        return;
    };
    let side = picture.width().min(picture.height()) as f32;
    let relative_size = match config.size.as_str() {
        "small" => 0.16,
        "large" => 0.36,
        _ => 0.25,
    };
    let (max_width, max_height) = (picture.width() as f32 * relative_size, side * relative_size * 0.6);
    let scale = (max_width / ink.width() as f32).min(max_height / ink.height() as f32);
    let width = ((ink.width() as f32 * scale).round() as u32).max(1);
    let height = ((ink.height() as f32 * scale).round() as u32).max(1);
    let ink = resize(&ink, width, height);

    let margin = (side * MARGIN) as u32;
    let right = picture.width().saturating_sub(width + margin);
    let bottom = picture.height().saturating_sub(height + margin);
    let left = if config.position.contains("left") {
        margin.min(right)
    } else {
        right
    };
    let top = if config.position.contains("top") {
        margin.min(bottom)
    } else {
        bottom
    };
    let opacity = if config.opacity.is_finite() {
        config.opacity.clamp(0.0, 1.0)
    } else {
        1.0
    };
    if let Some(halo) = halo_colour(picture, &ink, left, top) {
        let kernel_scale = (side / 256.0).ceil() as i64;
        blend_halo(picture, &ink, (left, top), kernel_scale, halo, opacity * 0.5);
    }
    for (x, y, pixel) in ink.enumerate_pixels() {
        blend(
            picture,
            left + x,
            top + y,
            [pixel[0], pixel[1], pixel[2]],
            f32::from(pixel[3]) / 255.0 * opacity,
        );
    }
}

fn with_transparency(signature: &DynamicImage) -> RgbaImage {
    let mut image = signature.to_rgba8();
    if image.pixels().all(|pixel| pixel[3] == 255) {
        for pixel in image.pixels_mut() {
            let darkest = pixel[0].min(pixel[1]).min(pixel[2]);
            // Linear from transparent (245 and above) to opaque (195 and below).
            pixel[3] = (u16::from(245_u8.saturating_sub(darkest)) * 255 / 50).min(255) as u8;
        }
    }
    image
}

/// Crops the image to the bounding box of the ink.
fn crop_to_ink(image: &RgbaImage) -> Option<RgbaImage> {
    let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
    for (x, y, _) in image.enumerate_pixels().filter(|(_, _, pixel)| pixel[3] > 12) {
        (left, top) = (left.min(x), top.min(y));
        (right, bottom) = (right.max(x), bottom.max(y));
    }
    (left <= right && top <= bottom)
        .then(|| image::imageops::crop_imm(image, left, top, right - left + 1, bottom - top + 1).to_image())
}

/// Resizes with premultiplied alpha, so that the colour of transparent pixels does not bleed into the ink.
fn resize(image: &RgbaImage, width: u32, height: u32) -> RgbaImage {
    let mut image = image.clone();
    for pixel in image.pixels_mut() {
        let alpha = u16::from(pixel[3]);
        for component in &mut pixel.0[..3] {
            *component = (u16::from(*component) * alpha / 255) as u8;
        }
    }
    let mut image = DynamicImage::ImageRgba8(image)
        .resize_exact(width, height, FilterType::Triangle)
        .to_rgba8();
    for pixel in image.pixels_mut() {
        let alpha = u16::from(pixel[3].max(1));
        for component in &mut pixel.0[..3] {
            *component = (u16::from(*component) * 255 / alpha).min(255) as u8;
        }
    }
    image
}

/// White or black, if the ink has a similar brightness as the picture below it.
fn halo_colour(picture: &RgbaImage, ink: &RgbaImage, left: u32, top: u32) -> Option<[u8; 3]> {
    let (mut ink_light, mut picture_light, mut weight) = (0.0, 0.0, 1e-6);
    for (x, y, pixel) in ink.enumerate_pixels() {
        let Some(below) = picture.get_pixel_checked(left + x, top + y) else {
            continue;
        };
        let alpha = f32::from(pixel[3]) / 255.0;
        ink_light += brightness(*pixel) * alpha;
        picture_light += brightness(*below) * alpha;
        weight += alpha;
    }
    let (ink_light, picture_light) = (ink_light / weight, picture_light / weight);
    let is_too_similar = (ink_light - picture_light).abs() < MIN_BRIGHTNESS_DIFFERENCE;
    is_too_similar.then_some(if ink_light < 128.0 { [255; 3] } else { [0; 3] })
}

fn blend_halo(
    picture: &mut RgbaImage,
    ink: &RgbaImage,
    (left, top): (u32, u32),
    kernel_scale: i64,
    colour: [u8; 3],
    opacity: f32,
) {
    let border = kernel_scale * 2;
    for y in -border..i64::from(ink.height()) + border {
        for x in -border..i64::from(ink.width()) + border {
            let mut strength = 0_f32;
            for (step_x, step_y) in HALO_KERNEL {
                let near = pixel_at(ink, x + step_x * kernel_scale, y + step_y * kernel_scale);
                strength += near.map_or(0.0, |pixel| f32::from(pixel[3]) / 255.0);
            }
            let position = (
                u32::try_from(x + i64::from(left)),
                u32::try_from(y + i64::from(top)),
            );
            if let ((Ok(column), Ok(row)), true) = (position, strength > 0.0) {
                blend(picture, column, row, colour, (strength / 5.0).min(1.0) * opacity);
            }
        }
    }
}

fn pixel_at(image: &RgbaImage, x: i64, y: i64) -> Option<&Rgba<u8>> {
    image.get_pixel_checked(u32::try_from(x).ok()?, u32::try_from(y).ok()?)
}

fn blend(picture: &mut RgbaImage, x: u32, y: u32, colour: [u8; 3], alpha: f32) {
    if let Some(pixel) = picture.get_pixel_mut_checked(x, y) {
        for (component, over) in pixel.0.iter_mut().zip(colour) {
            let mixed = f32::from(*component) + (f32::from(over) - f32::from(*component)) * alpha;
            *component = mixed.round().clamp(0.0, 255.0) as u8;
        }
    }
}

fn brightness(pixel: Rgba<u8>) -> f32 {
    0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2])
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    fn picture() -> RgbaImage {
        RgbaImage::from_pixel(200, 300, Rgba([200, 180, 160, 255]))
    }

    /// Black ink on an opaque white background.
    fn opaque_signature() -> DynamicImage {
        let ink = |x, y| (100..300).contains(&x) && (40..60).contains(&y);
        RgbImage::from_fn(400, 100, |x, y| Rgb(if ink(x, y) { [0; 3] } else { [255; 3] })).into()
    }

    fn changed(picture: &RgbaImage) -> Vec<(u32, u32)> {
        let plain = Rgba([200, 180, 160, 255]);
        picture
            .enumerate_pixels()
            .filter(|(_, _, pixel)| **pixel != plain)
            .map(|(x, y, _)| (x, y))
            .collect()
    }

    fn config(position: &str, size: &str, opacity: f32) -> SignatureConfig {
        SignatureConfig {
            position: position.to_owned(),
            size: size.to_owned(),
            opacity,
        }
    }

    #[test]
    fn only_ink_is_blended_into_the_configured_corner() {
        let mut stamped = picture();
        stamp(
            &mut stamped,
            &opaque_signature(),
            &config("bottom-right", "medium", 1.0),
        );
        let positions = changed(&stamped);
        assert!(!positions.is_empty());
        assert!(
            positions
                .iter()
                .all(|(x, y)| (140..196).contains(x) && (280..296).contains(y)),
            "{positions:?}"
        );
        assert!(
            stamped.pixels().all(|pixel| pixel[0] <= 200),
            "the white background is transparent"
        );
        let mut stamped = picture();
        stamp(
            &mut stamped,
            &opaque_signature(),
            &config("top-left", "medium", 1.0),
        );
        assert!(changed(&stamped).iter().all(|(x, y)| *x < 60 && *y < 20));
    }

    #[test]
    fn size_and_opacity_are_applied() {
        let count = |size| {
            let mut stamped = picture();
            stamp(&mut stamped, &opaque_signature(), &config("", size, 1.0));
            changed(&stamped).len()
        };
        assert!(count("small") < count("medium") && count("medium") < count("large"));
        let mut stamped = picture();
        stamp(&mut stamped, &opaque_signature(), &config("", "large", 0.5));
        let darkest = stamped.pixels().map(|pixel| pixel[0]).min().unwrap();
        assert!((95..=105).contains(&darkest), "{darkest}");
        let mut stamped = picture();
        stamp(&mut stamped, &opaque_signature(), &config("", "large", 0.0));
        assert!(changed(&stamped).is_empty());
    }

    #[test]
    fn ink_of_the_same_brightness_as_the_picture_gets_a_halo() {
        let mut ink = RgbaImage::new(60, 30);
        (10..50).for_each(|x| ink.put_pixel(x, 15, Rgba([200, 180, 160, 255])));
        let mut stamped = picture();
        stamp(&mut stamped, &ink.into(), &SignatureConfig::default());
        assert!(!changed(&stamped).is_empty());
    }

    #[test]
    fn blank_tiny_and_oversized_images_do_not_panic() {
        for (width, height) in [(1, 1), (1, 900), (3000, 2), (0, 0)] {
            for colour in [[0; 3], [255; 3]] {
                let image = RgbImage::from_pixel(width, height, Rgb(colour));
                let mut small = RgbaImage::new(2, 2);
                stamp(&mut small, &image.clone().into(), &SignatureConfig::default());
                stamp(&mut picture(), &image.into(), &config("?", "?", f32::NAN));
            }
        }
    }
}
