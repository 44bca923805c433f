//! Layers of brush strokes: where they go, which way they run, and where they end.

use super::canvas::{Canvas, Stroke};
use super::noise::{Dice, Noise};
use super::oklab::to_srgb;
use super::palette::Palette;
use super::pigments::Pigments;
use super::scene::{Frame, Role, Sample, Scene};

/// A layer of strokes: brush width in shorter sides, difference from the canvas (0 to 1) that calls for a
/// stroke, least detail of the scene that does, and length in brush widths.
pub(super) struct Layer {
    brush: f32,
    tolerance: f32,
    detail: f32,
    length: f32,
}

/// A difference from the scene that is corrected even where little detail is wanted.
const FAR_OFF: f32 = 0.1;

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

/// Paints one scene in one style.
pub(super) struct Painter<'a> {
    style: &'a Palette,
    scene: &'a dyn Scene,
    pigments: &'a Pigments,
    /// Pixels per shorter side.
    side: f32,
    sway: Noise,
    /// Finer strokes for busy styles, broader for calm ones.
    fineness: f32,
}

impl<'a> Painter<'a> {
    pub(super) fn new(
        style: &'a Palette,
        scene: &'a dyn Scene,
        pigments: &'a Pigments,
        side: f32,
        dice: &mut Dice,
    ) -> Self {
        let fineness = (1.15 - 4.0 * style.texture.edge_energy).clamp(0.75, 1.15);
        Self {
            style,
            scene,
            pigments,
            side,
            sway: Noise::new(dice),
            fineness,
        }
    }

    /// The tone of the bare canvas.
    pub(super) fn ground(&self) -> [f32; 3] {
        self.pigments.colour(Role::Ground, 0.45)
    }

    pub(super) fn relief(&self) -> f32 {
        0.07 + 0.25 * self.style.texture.contrast
    }

    /// Adds strokes wherever the canvas differs too much from the scene.
    pub(super) fn layer(&self, canvas: &mut Canvas, layer: &Layer, frame: Frame, dice: &mut Dice) {
        let brush = layer.brush * self.fineness;
        let spacing = brush * 0.62;
        let (columns, rows) = (
            (frame.width / spacing) as usize + 2,
            (frame.height / spacing) as usize + 2,
        );
        let mut places: Vec<(f32, f32)> = Vec::with_capacity(columns * rows);
        for index in 0..columns * rows {
            let (column, row) = (index % columns, index / columns);
            let x = (column as f32 + dice.range(-0.6, 0.6)) * spacing;
            let y = (row as f32 + dice.range(-0.6, 0.6)) * spacing;
            places.push((x, y));
        }
        for index in (1..places.len()).rev() {
            places.swap(index, dice.below(index + 1));
        }
        for (x, y) in places {
            let sample = self.scene.sample(x, y);
            let target = self.pigments.colour(sample.role, sample.tone);
            let there = canvas.colour_at(x * self.side, y * self.side);
            let wanted = to_srgb(target);
            let gap = (0..3).map(|part| (wanted[part] - there[part]).abs()).sum::<f32>() / 3.0;
            if gap < layer.tolerance || (sample.detail < layer.detail && gap < FAR_OFF) {
                continue;
            }
            let strength = 0.62 * (1.0 - 0.65 * sample.detail);
            let colour = to_srgb(self.pigments.varied(target, dice, strength));
            let length = brush * layer.length * dice.range(0.7, 1.25);
            let path = self.path(x, y, sample, length, brush, layer.tolerance == 0.0);
            let width = brush * self.side * dice.range(0.75, 1.1);
            let stroke = Stroke {
                path: &path,
                width,
                colour,
                cover: 0.86,
            };
            canvas.pull(&stroke, dice);
        }
    }

    /// Follows the scene's directions from a point both ways, as far as the scene stays similar; in the
    /// `first` layer to the full length, so that the ground is covered everywhere.
    fn path(&self, x: f32, y: f32, start: Sample, length: f32, brush: f32, first: bool) -> Vec<(f32, f32)> {
        let step = (brush * 0.9).max(0.004);
        let steps = ((0.5 * length / step).ceil() as usize).max(1);
        let forward = self.walk((x, y), start, step, steps, first);
        let mut path = self.walk((x, y), start, -step, steps, first);
        path.reverse();
        path.push((x, y));
        path.extend(forward);
        if path.len() < 3 {
            // Borders on both sides: a dab, so that no ground shows through along the outlines.
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

    fn walk(&self, from: (f32, f32), start: Sample, step: f32, steps: usize, on: bool) -> Vec<(f32, f32)> {
        let (mut x, mut y) = from;
        let mut heading = self.direction(x, y, start.angle);
        let mut path = Vec::with_capacity(steps);
        for _ in 0..steps {
            x += heading.0 * step;
            y += heading.1 * step;
            let here = self.scene.sample(x, y);
            if !on && (here.role != start.role || (here.tone - start.tone).abs() > 0.16) {
                // Up to about the border, so that no gap is left between the strokes of both sides.
                path.push((x - heading.0 * step * 0.6, y - heading.1 * step * 0.6));
                break;
            }
            path.push((x, y));
            let next = self.direction(x, y, here.angle);
            // A direction and its opposite are one to the brush: it goes on the way it came.
            let sign = if next.0 * heading.0 + next.1 * heading.1 < 0.0 {
                -1.0
            } else {
                1.0
            };
            heading = (next.0 * sign, next.1 * sign);
        }
        path
    }

    /// The brush's direction: the scene's, turned toward the style's where its images share one, and never
    /// quite straight.
    fn direction(&self, x: f32, y: f32, angle: f32) -> (f32, f32) {
        let texture = self.style.texture;
        let pull = 0.45 * (texture.coherence - 0.25).max(0.0);
        let sway = 0.25 * self.sway.at(x * 6.0, y * 6.0);
        let (sine, cosine) = (2.0 * (angle + sway)).sin_cos();
        let (style_sine, style_cosine) = (2.0 * texture.orientation).sin_cos();
        let turned = 0.5 * (sine + pull * style_sine).atan2(cosine + pull * style_cosine);
        (turned.cos(), turned.sin())
    }
}
