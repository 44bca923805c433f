//! What the demo worker learns of a style: its colours with their shares, and its texture.

use image::DynamicImage;

use super::oklab::{Lab, distance_squared, from_srgb};
use super::texture::{Texture, TextureSum};

/// Images are reduced to this longest side, in pixels, before they are read.
const READ_SIDE: u32 = 96;
/// Cells per axis of the colour histogram that is clustered instead of the pixels.
const CELLS: usize = 24;
const ROUNDS: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swatch {
    pub colour: Lab,
    /// Its share of the style's pixels, between 0 and 1.
    pub weight: f32,
}

/// The colours and the texture of a style.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    /// The colours, the most frequent first; never empty.
    pub swatches: Vec<Swatch>,
    pub texture: Texture,
}

impl Palette {
    /// Finds at most `colours` colours (at least one) in `images`; the same images give the same palette.
    /// Without images the palette is one middle grey.
    pub fn extract(images: &[DynamicImage], colours: usize) -> Self {
        let mut reader = PaletteReader::default();
        for image in images {
            reader.read(image);
        }
        reader.finish(colours)
    }
}

/// Reads images one after the other, so that a hundred large ones are never in memory together.
#[derive(Debug)]
pub struct PaletteReader {
    cells: Vec<Cell>,
    texture: TextureSum,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    sum: Lab,
    count: f32,
}

impl Default for PaletteReader {
    fn default() -> Self {
        Self {
            cells: vec![Cell::default(); CELLS * CELLS * CELLS],
            texture: TextureSum::default(),
        }
    }
}

impl PaletteReader {
    pub fn read(&mut self, image: &DynamicImage) {
        let large = image.width().max(image.height()) > READ_SIDE;
        let small = if large {
            image.thumbnail(READ_SIDE, READ_SIDE).to_rgb8()
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
                let cell = &mut self.cells[cell_of(lab)];
                for (sum, part) in cell.sum.iter_mut().zip(lab) {
                    *sum += part;
                }
                cell.count += 1.0;
                lab[0]
            })
            .collect();
        self.texture.add(&lightness, small.width() as usize);
    }

    /// The palette of everything read so far, of at most `colours` colours.
    pub fn finish(&self, colours: usize) -> Palette {
        let points: Vec<Swatch> = self
            .cells
            .iter()
            .filter(|cell| cell.count > 0.0)
            .map(|cell| Swatch {
                colour: cell.sum.map(|part| part / cell.count),
                weight: cell.count,
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

    /// The mean squared OKLab distance from each pixel read to the nearest swatch (0 is a perfect fit).
    pub fn misfit(&self, palette: &Palette) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0);
        for cell in self.cells.iter().filter(|cell| cell.count > 0.0) {
            let colour = cell.sum.map(|part| part / cell.count);
            let distances = palette
                .swatches
                .iter()
                .map(|swatch| distance_squared(swatch.colour, colour));
            sum += cell.count * distances.fold(f32::INFINITY, f32::min);
            count += cell.count;
        }
        if count > 0.0 { sum / count } else { 0.0 }
    }
}

fn cell_of(lab: Lab) -> usize {
    let step = |value: f32, low: f32, high: f32| {
        let place = (value - low) / (high - low) * CELLS as f32;
        (place.max(0.0) as usize).min(CELLS - 1)
    };
    (step(lab[0], 0.0, 1.0) * CELLS + step(lab[1], -0.3, 0.3)) * CELLS + step(lab[2], -0.35, 0.25)
}

/// Weighted k-means. The first centres are chosen by frequency and by distance from those already chosen,
/// so that a rare but telling colour is not lost, and no randomness is needed.
fn cluster(points: &[Swatch], colours: usize) -> Vec<Swatch> {
    let mut centres = first_centres(points, colours);
    let mut weights = vec![0.0; centres.len()];
    for _ in 0..ROUNDS {
        let mut sums = vec![[0.0_f32; 3]; centres.len()];
        weights.fill(0.0);
        for point in points {
            let nearest = nearest(&centres, point.colour);
            weights[nearest] += point.weight;
            for (sum, part) in sums[nearest].iter_mut().zip(point.colour) {
                *sum += part * point.weight;
            }
        }
        for ((centre, sum), weight) in centres.iter_mut().zip(sums).zip(&weights) {
            if *weight > 0.0 {
                *centre = sum.map(|part| part / weight);
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

fn first_centres(points: &[Swatch], colours: usize) -> Vec<Lab> {
    let mut centres = Vec::with_capacity(colours);
    let mut distances = vec![1.0_f32; points.len()];
    while centres.len() < colours {
        let scored = points
            .iter()
            .zip(&distances)
            .map(|(point, away)| point.weight.sqrt() * away);
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

/// A palette of equal shares and no texture.
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
    fn the_colours_of_an_image_are_found_with_their_shares() {
        let palette = Palette::extract(&[halves([200, 40, 40], [20, 60, 160])], 6);
        assert_eq!(palette.swatches.len(), 2);
        assert!((palette.swatches[0].weight - 0.75).abs() < 0.02);
        let red = to_srgb(palette.swatches[0].colour).map(|part| (part * 255.0).round());
        assert!(
            (red[0] - 200.0).abs() < 3.0 && (red[1] - 40.0).abs() < 3.0,
            "{red:?}"
        );
    }

    #[test]
    fn the_same_images_give_the_same_palette() {
        let images = [
            halves([10, 200, 40], [250, 240, 10]),
            halves([0, 0, 0], [255, 255, 255]),
        ];
        assert_eq!(Palette::extract(&images, 5), Palette::extract(&images, 5));
    }

    #[test]
    fn no_image_and_no_colour_still_give_a_palette() {
        assert_eq!(Palette::extract(&[], 0).swatches.len(), 1);
        assert_eq!(
            Palette::extract(&[halves([1, 2, 3], [1, 2, 3])], 0)
                .swatches
                .len(),
            1
        );
    }

    #[test]
    fn reading_one_by_one_is_the_same_as_reading_together() {
        let images = [
            halves([10, 20, 240], [90, 20, 40]),
            halves([200, 200, 10], [20, 160, 160]),
        ];
        let mut reader = PaletteReader::default();
        for image in &images {
            reader.read(image);
        }
        assert_eq!(reader.finish(4), Palette::extract(&images, 4));
    }

    #[test]
    fn more_colours_fit_better() {
        let mut reader = PaletteReader::default();
        reader.read(&halves([10, 20, 240], [90, 20, 40]));
        assert!(reader.misfit(&reader.finish(1)) > 0.001);
        assert!(reader.misfit(&reader.finish(2)) < 1e-6);
    }
}
