//! Palette extraction: the colours of a style with their weights, and its texture.

use image::DynamicImage;

use super::oklab::{Lab, distance_squared, from_srgb};
use super::texture::{Texture, TextureSum};

/// Images are downscaled to this longer side, in pixels.
const SAMPLE_SIDE: u32 = 96;
/// Bins per axis of the colour histogram. The bins are clustered instead of the pixels.
const BINS: usize = 24;
const KMEANS_ITERATIONS: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swatch {
    pub colour: Lab,
    /// Fraction of the pixels, between 0 and 1.
    pub weight: f32,
}

/// The colours and the texture of a style.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    /// Sorted by weight, highest first. Never empty.
    pub swatches: Vec<Swatch>,
    pub texture: Texture,
}

impl Palette {
    /// Extracts at most `colours` colours, at least one. Deterministic. Without images, the palette is a medium grey.
    pub fn extract(images: &[DynamicImage], colours: usize) -> Self {
        let mut builder = PaletteBuilder::default();
        for image in images {
            builder.add(image);
        }
        builder.finish(colours)
    }
}

/// Processes one image at a time, so that not all images are in memory.
#[derive(Debug)]
pub struct PaletteBuilder {
    bins: Vec<Bin>,
    texture: TextureSum,
}

#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    sum: Lab,
    count: f32,
}

impl Default for PaletteBuilder {
    fn default() -> Self {
        Self {
            bins: vec![Bin::default(); BINS * BINS * BINS],
            texture: TextureSum::default(),
        }
    }
}

impl PaletteBuilder {
    pub fn add(&mut self, image: &DynamicImage) {
        let is_large = image.width().max(image.height()) > SAMPLE_SIDE;
        let small = if is_large {
            image.thumbnail(SAMPLE_SIDE, SAMPLE_SIDE).to_rgb8()
        } else {
            image.to_rgb8()
        };
        if small.width() == 0 || small.height() == 0 {
            return;
        }
        let lightness: Vec<f32> = small
            .pixels()
            .map(|pixel| {
                let lab = from_srgb(pixel.0);
                let bin = &mut self.bins[bin_of(lab)];
                for (sum, component) in bin.sum.iter_mut().zip(lab) {
                    *sum += component;
                }
                bin.count += 1.0;
                lab[0]
            })
            .collect();
        self.texture.add(&lightness, small.width() as usize);
    }

    /// The palette of the images so far, with at most `colours` colours.
    pub fn finish(&self, colours: usize) -> Palette {
        let points: Vec<Swatch> = self
            .bins
            .iter()
            .filter(|bin| bin.count > 0.0)
            .map(|bin| Swatch {
                colour: bin.sum.map(|component| component / bin.count),
                weight: bin.count,
            })
            .collect();
        let mut swatches = cluster(&points, colours.max(1));
        if swatches.is_empty() {
            swatches.push(Swatch {
                colour: [0.6, 0.0, 0.0],
                weight: 1.0,
            });
        }
        let total: f32 = swatches.iter().map(|swatch| swatch.weight).sum();
        for swatch in &mut swatches {
            swatch.weight /= total;
        }
        swatches.sort_by(|one, other| other.weight.total_cmp(&one.weight));
        Palette {
            swatches,
            texture: self.texture.finish(),
        }
    }

    /// The mean squared OKLab distance from the pixels to their nearest swatch.
    pub fn mean_squared_error(&self, palette: &Palette) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0);
        for bin in self.bins.iter().filter(|bin| bin.count > 0.0) {
            let colour = bin.sum.map(|component| component / bin.count);
            let distances = palette
                .swatches
                .iter()
                .map(|swatch| distance_squared(swatch.colour, colour));
            sum += bin.count * distances.fold(f32::INFINITY, f32::min);
            count += bin.count;
        }
        if count > 0.0 { sum / count } else { 0.0 }
    }
}

fn bin_of(lab: Lab) -> usize {
    let index = |value: f32, low: f32, high: f32| {
        let position = (value - low) / (high - low) * BINS as f32;
        (position.max(0.0) as usize).min(BINS - 1)
    };
    (index(lab[0], 0.0, 1.0) * BINS + index(lab[1], -0.3, 0.3)) * BINS + index(lab[2], -0.35, 0.25)
}

/// Weighted k-means. The initial centres are chosen by weight and by distance from the previous centres, so that rare but
/// distinct colours are included and the result is deterministic.
fn cluster(points: &[Swatch], colours: usize) -> Vec<Swatch> {
    let mut centres = initial_centres(points, colours);
    let mut weights = vec![0.0; centres.len()];
    for _ in 0..KMEANS_ITERATIONS {
        let mut sums = vec![[0.0_f32; 3]; centres.len()];
        weights.fill(0.0);
        for point in points {
            let nearest = nearest(&centres, point.colour);
            weights[nearest] += point.weight;
            for (sum, component) in sums[nearest].iter_mut().zip(point.colour) {
                *sum += component * point.weight;
            }
        }
        for ((centre, sum), weight) in centres.iter_mut().zip(sums).zip(&weights) {
            if *weight > 0.0 {
                *centre = sum.map(|component| component / weight);
            }
        }
    }
    centres
        .into_iter()
        .zip(weights)
        .filter(|(_, weight)| *weight > 0.0)
        .map(|(colour, weight)| Swatch { colour, weight })
        .collect()
}

fn initial_centres(points: &[Swatch], colours: usize) -> Vec<Lab> {
    let mut centres = Vec::with_capacity(colours);
    let mut distances = vec![1.0_f32; points.len()];
    while centres.len() < colours {
        let scored = points
            .iter()
            .zip(&distances)
            .map(|(point, distance)| point.weight.sqrt() * distance);
        let Some((best, score)) = scored.enumerate().max_by(|one, other| one.1.total_cmp(&other.1)) else {
            break;
        };
        if score <= 1e-6 {
            break;
        }
        let centre = points[best].colour;
        centres.push(centre);
        for (distance, point) in distances.iter_mut().zip(points) {
            *distance = distance.min(distance_squared(point.colour, centre));
        }
    }
    centres
}

fn nearest(centres: &[Lab], colour: Lab) -> usize {
    let mut best = (0, f32::INFINITY);
    for (index, centre) in centres.iter().enumerate() {
        let distance = distance_squared(*centre, colour);
        if distance < best.1 {
            best = (index, distance);
        }
    }
    best.0
}

/// A palette with equal weights and no texture.
#[cfg(test)]
pub(super) fn flat_palette(colours: &[Lab]) -> Palette {
    let weight = 1.0 / colours.len() as f32;
    let swatches = colours.iter().map(|&colour| Swatch { colour, weight }).collect();
    Palette {
        swatches,
        texture: Texture::default(),
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::painter::oklab::to_srgb;

    fn halves(left: [u8; 3], right: [u8; 3]) -> DynamicImage {
        RgbImage::from_fn(64, 64, |x, _| Rgb(if x < 48 { left } else { right })).into()
    }

    #[test]
    fn the_colours_of_an_image_are_extracted_with_their_weights() {
        let palette = Palette::extract(&[halves([200, 40, 40], [20, 60, 160])], 6);
        assert_eq!(palette.swatches.len(), 2);
        assert!((palette.swatches[0].weight - 0.75).abs() < 0.02);
        let red = to_srgb(palette.swatches[0].colour).map(|component| (component * 255.0).round());
        assert!(
            (red[0] - 200.0).abs() < 3.0 && (red[1] - 40.0).abs() < 3.0,
            "{red:?}"
        );
    }

    #[test]
    fn extraction_is_deterministic() {
        let images = [
            halves([10, 200, 40], [250, 240, 10]),
            halves([0, 0, 0], [255, 255, 255]),
        ];
        assert_eq!(Palette::extract(&images, 5), Palette::extract(&images, 5));
    }

    #[test]
    fn a_palette_always_has_a_colour() {
        assert_eq!(Palette::extract(&[], 0).swatches.len(), 1);
        assert_eq!(
            Palette::extract(&[halves([1, 2, 3], [1, 2, 3])], 0)
                .swatches
                .len(),
            1
        );
    }

    #[test]
    fn the_builder_gives_the_same_palette_as_extract() {
        let images = [
            halves([10, 20, 240], [90, 20, 40]),
            halves([200, 200, 10], [20, 160, 160]),
        ];
        let mut builder = PaletteBuilder::default();
        for image in &images {
            builder.add(image);
        }
        assert_eq!(builder.finish(4), Palette::extract(&images, 4));
    }

    #[test]
    fn more_colours_reduce_the_error() {
        let mut builder = PaletteBuilder::default();
        builder.add(&halves([10, 20, 240], [90, 20, 40]));
        assert!(builder.mean_squared_error(&builder.finish(1)) > 0.001);
        assert!(builder.mean_squared_error(&builder.finish(2)) < 1e-6);
    }
}
