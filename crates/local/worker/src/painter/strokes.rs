//! Layers of brush strokes: position, direction and length of the strokes.

use super::canvas::{Canvas, Stroke};
use super::colour_scheme::ColourScheme;
use super::noise::{Noise, Rng};
use super::oklab::to_srgb;
use super::palette::Palette;
use super::scene::{Frame, Role, Sample, Scene};

pub(super) struct Layer {
    /// Brush width relative to the shorter side.
    brush: f32,
    /// Minimum colour difference between scene and canvas (0 to 1) for a stroke.
    tolerance: f32,
    /// Minimum detail of the scene for a stroke.
    detail: f32,
    /// In brush widths.
    length: f32,
}

/// A colour difference that gets a stroke regardless of the detail.
const LARGE_DIFFERENCE: f32 = 0.1;

pub(super) const LAYERS: [Layer; 5] = [
    Layer::new(0.075, 0.0, 0.0, 3.6),
    Layer::new(0.038, 0.05, 0.0, 4.2),
    Layer::new(0.02, 0.055, 0.12, 5.0),
    Layer::new(0.0105, 0.06, 0.3, 5.5),
    Layer::new(0.006, 0.07, 0.68, 5.0),
];

impl Layer {
    const fn new(brush: f32, tolerance: f32, detail: f32, length: f32) -> Self {
        Self {
            brush,
            tolerance,
            detail,
            length,
        }
    }
}

/// Paints a scene with a palette.
pub(super) struct Painter<'a> {
    palette: &'a Palette,
    scene: &'a dyn Scene,
    scheme: &'a ColourScheme,
    /// Shorter side in pixels.
    side: f32,
    direction_noise: Noise,
    /// Smaller for styles with more edges.
    brush_scale: f32,
}

impl<'a> Painter<'a> {
    pub(super) fn new(
        palette: &'a Palette,
        scene: &'a dyn Scene,
        scheme: &'a ColourScheme,
        side: f32,
        rng: &mut Rng,
    ) -> Self {
        let brush_scale = (1.15 - 4.0 * palette.texture.edge_energy).clamp(0.75, 1.15);
        Self {
            palette,
            scene,
            scheme,
            side,
            direction_noise: Noise::new(rng),
            brush_scale,
        }
    }

    /// Colour of the empty canvas.
    pub(super) fn background(&self) -> [f32; 3] {
        self.scheme.colour(Role::Ground, 0.45)
    }

    pub(super) fn relief(&self) -> f32 {
        0.07 + 0.25 * self.palette.texture.contrast
    }

    /// Draws strokes where the canvas differs from the scene.
    pub(super) fn paint_layer(&self, canvas: &mut Canvas, layer: &Layer, frame: Frame, rng: &mut Rng) {
        let brush = layer.brush * self.brush_scale;
        let spacing = brush * 0.62;
        let (columns, rows) = (
            (frame.width / spacing) as usize + 2,
            (frame.height / spacing) as usize + 2,
        );
        let mut positions: Vec<(f32, f32)> = Vec::with_capacity(columns * rows);
        for index in 0..columns * rows {
            let (column, row) = (index % columns, index / columns);
            let x = (column as f32 + rng.range(-0.6, 0.6)) * spacing;
            let y = (row as f32 + rng.range(-0.6, 0.6)) * spacing;
            positions.push((x, y));
        }
        for index in (1..positions.len()).rev() {
            positions.swap(index, rng.below(index + 1));
        }
        for (x, y) in positions {
            let sample = self.scene.sample(x, y);
            let target = self.scheme.colour(sample.role, sample.tone);
            let current = canvas.colour_at(x * self.side, y * self.side);
            let target_srgb = to_srgb(target);
            let difference = (0..3)
                .map(|channel| (target_srgb[channel] - current[channel]).abs())
                .sum::<f32>()
                / 3.0;
            if difference < layer.tolerance || (sample.detail < layer.detail && difference < LARGE_DIFFERENCE)
            {
                continue;
            }
            let strength = 0.62 * (1.0 - 0.65 * sample.detail);
            let colour = to_srgb(self.scheme.vary(target, rng, strength));
            let length = brush * layer.length * rng.range(0.7, 1.25);
            let path = self.path(x, y, sample, length, brush, layer.tolerance == 0.0);
            let width = brush * self.side * rng.range(0.75, 1.1);
            let stroke = Stroke {
                path: &path,
                width,
                colour,
                opacity: 0.86,
            };
            canvas.draw(&stroke, rng);
        }
    }

    /// Follows the direction field of the scene from a point in both directions, until role or tone changes. In the first
    /// layer the strokes have full length (`full_length`), so that the whole background is covered.
    fn path(
        &self,
        x: f32,
        y: f32,
        start: Sample,
        length: f32,
        brush: f32,
        full_length: bool,
    ) -> Vec<(f32, f32)> {
        let step = (brush * 0.9).max(0.004);
        let steps = ((0.5 * length / step).ceil() as usize).max(1);
        let forward = self.walk((x, y), start, step, steps, full_length);
        let mut path = self.walk((x, y), start, -step, steps, full_length);
        path.reverse();
        path.push((x, y));
        path.extend(forward);
        if path.len() < 3 {
            // Edges on both sides: a short dab, so that the background is not visible along outlines.
            let (along_x, along_y) = self.direction(x, y, start.angle);
            let half = brush * 0.45;
            path = vec![
                (x - along_x * half, y - along_y * half),
                (x + along_x * half, y + along_y * half),
            ];
        }
        for point in &mut path {
            *point = (point.0 * self.side, point.1 * self.side);
        }
        path
    }

    fn walk(
        &self,
        from: (f32, f32),
        start: Sample,
        step: f32,
        steps: usize,
        full_length: bool,
    ) -> Vec<(f32, f32)> {
        let (mut x, mut y) = from;
        let mut heading = self.direction(x, y, start.angle);
        let mut path = Vec::with_capacity(steps);
        for _ in 0..steps {
            x += heading.0 * step;
            y += heading.1 * step;
            let here = self.scene.sample(x, y);
            if !full_length && (here.role != start.role || (here.tone - start.tone).abs() > 0.16) {
                // Almost up to the edge, so that there is no gap between the strokes of both sides.
                path.push((x - heading.0 * step * 0.6, y - heading.1 * step * 0.6));
                break;
            }
            path.push((x, y));
            let next = self.direction(x, y, here.angle);
            // Angles are modulo π, so choose the sign that continues the current heading.
            let sign = if next.0 * heading.0 + next.1 * heading.1 < 0.0 {
                -1.0
            } else {
                1.0
            };
            heading = (next.0 * sign, next.1 * sign);
        }
        path
    }

    /// The brush direction: that of the scene with noise, blended with the dominant orientation of the style.
    fn direction(&self, x: f32, y: f32, angle: f32) -> (f32, f32) {
        let texture = self.palette.texture;
        let weight = 0.45 * (texture.coherence - 0.25).max(0.0);
        let noise = 0.25 * self.direction_noise.at(x * 6.0, y * 6.0);
        let (sine, cosine) = (2.0 * (angle + noise)).sin_cos();
        let (style_sine, style_cosine) = (2.0 * texture.orientation).sin_cos();
        let blended = 0.5 * (sine + weight * style_sine).atan2(cosine + weight * style_cosine);
        (blended.cos(), blended.sin())
    }
}
