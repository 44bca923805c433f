//! The canvas: takes strokes bristle by bristle, keeps the thickness of the paint, and lights it from the side.

use image::{Rgba, RgbaImage};

use super::noise::{Dice, Noise};

/// Distance in pixels between two touches of a bristle, and between two bristles.
const STEP: f32 = 0.75;

#[derive(Debug)]
pub struct Canvas {
    width: usize,
    height: usize,
    /// Gamma-encoded colour and thickness of the paint, row by row.
    paint: Vec<[f32; 4]>,
}

#[derive(Debug)]
pub struct Stroke<'a> {
    /// The points it passes, in pixels; fewer than two leave no mark.
    pub path: &'a [(f32, f32)],
    /// In pixels.
    pub width: f32,
    /// Gamma-encoded sRGB, parts between 0 and 1.
    pub colour: [f32; 3],
    /// How much the paint hides what lies below, between 0 and 1.
    pub cover: f32,
}

struct Touch {
    x: f32,
    y: f32,
    across: (f32, f32),
}

impl Canvas {
    pub fn new(width: u32, height: u32, ground: [f32; 3]) -> Self {
        let (width, height) = (width as usize, height as usize);
        let [red, green, blue] = ground;
        Self {
            width,
            height,
            paint: vec![[red, green, blue, 0.0]; width * height],
        }
    }

    pub fn colour_at(&self, x: f32, y: f32) -> [f32; 3] {
        let column = (x.max(0.0) as usize).min(self.width - 1);
        let row = (y.max(0.0) as usize).min(self.height - 1);
        let [red, green, blue, _] = self.paint[row * self.width + column];
        [red, green, blue]
    }

    /// Pulls the brush along the stroke's path. Each bristle carries a little more or less paint than its
    /// neighbour, starts and ends at its own place, and runs dry toward the end.
    pub fn pull(&mut self, stroke: &Stroke<'_>, dice: &mut Dice) {
        let touches = touches(stroke.path);
        if touches.len() < 2 {
            return;
        }
        let length = touches.len() as f32;
        let bristles = (stroke.width / STEP).ceil().max(2.0);
        let mut streak = dice.range(-1.0, 1.0);
        for bristle in 0..bristles as usize {
            let place = 2.0 * (bristle as f32 + 0.5) / bristles - 1.0;
            // Neighbouring bristles are alike: paint lies in streaks, not in noise.
            streak = 0.7 * streak + 0.3 * dice.range(-1.6, 1.6);
            let shade = 1.0 + 0.06 * streak;
            let colour = stroke.colour.map(|part| (part * shade).min(1.0));
            let thick = 0.55 + 0.45 * streak + 0.5 * place * place;
            let rounded = 1.0 - 0.16 * place * place;
            let start = (length * (0.5 * (1.0 - rounded) + 0.05 * dice.unit())) as usize;
            let end = (length * (rounded - 0.14 * dice.unit() * dice.unit())) as usize;
            let dry = dice.range(0.25, 0.6);
            let offset = place * stroke.width * 0.5;
            for (index, touch) in touches.iter().enumerate().take(end).skip(start) {
                let along = index as f32 / length;
                let taper = (along * 7.0).min(1.0).min((1.0 - along) * 4.0 + 0.35).min(1.0);
                let cover = stroke.cover * (1.0 - dry * along * along);
                let x = touch.x + touch.across.0 * offset * taper;
                let y = touch.y + touch.across.1 * offset * taper;
                self.touch(x, y, colour, cover, thick);
            }
        }
    }

    fn touch(&mut self, x: f32, y: f32, colour: [f32; 3], cover: f32, thick: f32) {
        if x < 0.0 || y < 0.0 {
            return;
        }
        let (column, row) = (x as usize, y as usize);
        if column >= self.width || row >= self.height {
            return;
        }
        let paint = &mut self.paint[row * self.width + column];
        paint[0] += (colour[0] - paint[0]) * cover;
        paint[1] += (colour[1] - paint[1]) * cover;
        paint[2] += (colour[2] - paint[2]) * cover;
        paint[3] += (thick - paint[3]) * cover;
    }

    /// The finished picture. `relief` is the effect of the paint's thickness on the light (0: none).
    pub fn finish(self, relief: f32, dice: &mut Dice) -> RgbaImage {
        let weave = Noise::new(dice);
        let mut image = RgbaImage::new(self.width as u32, self.height as u32);
        let thickness = |column: usize, row: usize| self.paint[row * self.width + column][3];
        let (last_column, last_row) = (self.width - 1, self.height - 1);
        for (index, pixel) in image.pixels_mut().enumerate() {
            let (column, row) = (index % self.width, index / self.width);
            let across =
                thickness((column + 1).min(last_column), row) - thickness(column.saturating_sub(1), row);
            let down = thickness(column, (row + 1).min(last_row)) - thickness(column, row.saturating_sub(1));
            let lit = ((across + down) * relief).clamp(-0.16, 0.2);
            let grain = 0.012 * weave.at(column as f32 * 0.9, row as f32 * 0.9);
            let light = 1.0 + lit + grain + vignette(column, last_column, row, last_row);
            let [red, green, blue, _] = self.paint[index];
            let shine = lit.max(0.0) * 0.12;
            let byte = |part: f32| ((part * light + shine) * 255.0 + 0.5).clamp(0.0, 255.0) as u8;
            *pixel = Rgba([byte(red), byte(green), byte(blue), 255]);
        }
        image
    }
}

fn vignette(column: usize, last_column: usize, row: usize, last_row: usize) -> f32 {
    let across = 2.0 * column as f32 / last_column.max(1) as f32 - 1.0;
    let down = 2.0 * row as f32 / last_row.max(1) as f32 - 1.0;
    let away = across * across + down * down;
    -0.035 * away * away * 0.5
}

/// Points every [`STEP`] pixels along a path, each with the direction across it.
fn touches(path: &[(f32, f32)]) -> Vec<Touch> {
    let mut touches = Vec::new();
    for pair in path.windows(2) {
        let ((from_x, from_y), (to_x, to_y)) = (pair[0], pair[1]);
        let (along_x, along_y) = (to_x - from_x, to_y - from_y);
        let length = along_x.hypot(along_y);
        if length < 1e-3 {
            continue;
        }
        let across = (-along_y / length, along_x / length);
        let steps = (length / STEP).ceil();
        for step in 0..steps as usize {
            let share = step as f32 / steps;
            touches.push(Touch {
                x: from_x + along_x * share,
                y: from_y + along_y * share,
                across,
            });
        }
    }
    touches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke(path: &[(f32, f32)], width: f32, colour: [f32; 3]) -> Stroke<'_> {
        Stroke {
            path,
            width,
            colour,
            cover: 0.95,
        }
    }

    #[test]
    fn a_stroke_colours_what_it_passes_and_nothing_far_from_it() {
        let mut canvas = Canvas::new(100, 60, [1.0; 3]);
        let path = [(10.0, 30.0), (90.0, 30.0)];
        canvas.pull(&stroke(&path, 12.0, [0.1, 0.2, 0.6]), &mut Dice::new(5));
        assert!(canvas.colour_at(40.0, 30.0)[0] < 0.3);
        assert!(canvas.colour_at(40.0, 50.0)[0] > 0.99);
    }

    #[test]
    fn strokes_beyond_the_edge_are_cut_off() {
        let mut canvas = Canvas::new(20, 20, [0.5; 3]);
        let path = [(-40.0, -40.0), (60.0, 70.0)];
        for path in [&path[..], &path[..1]] {
            canvas.pull(&stroke(path, 9.0, [0.0; 3]), &mut Dice::new(5));
        }
        assert_eq!(canvas.finish(0.2, &mut Dice::new(1)).dimensions(), (20, 20));
    }
}
