//! The canvas. A stroke is drawn bristle by bristle. The canvas stores the thickness of the paint, which is lit from the
//! side.

use image::{Rgba, RgbaImage};

use super::noise::{Noise, Rng};

/// Distance in pixels between two points of a bristle, and between two bristles.
const SPACING: f32 = 0.75;

#[derive(Debug)]
pub struct Canvas {
    width: usize,
    height: usize,
    /// Gamma-encoded colour and thickness of the paint, in row-major order.
    pixels: Vec<[f32; 4]>,
}

#[derive(Debug)]
pub struct Stroke<'a> {
    /// Points in pixels. A path of less than two points is not drawn.
    pub path: &'a [(f32, f32)],
    /// In pixels.
    pub width: f32,
    /// Gamma-encoded sRGB, each component between 0 and 1.
    pub colour: [f32; 3],
    /// Opacity of the paint, between 0 and 1.
    pub opacity: f32,
}

struct PathPoint {
    x: f32,
    y: f32,
    /// Unit vector perpendicular to the path.
    normal: (f32, f32),
}

impl Canvas {
    pub fn new(width: u32, height: u32, background: [f32; 3]) -> Self {
        let (width, height) = (width as usize, height as usize);
        let [red, green, blue] = background;
        Self {
            width,
            height,
            pixels: vec![[red, green, blue, 0.0]; width * height],
        }
    }

    pub fn colour_at(&self, x: f32, y: f32) -> [f32; 3] {
        let column = (x.max(0.0) as usize).min(self.width - 1);
        let row = (y.max(0.0) as usize).min(self.height - 1);
        let [red, green, blue, _] = self.pixels[row * self.width + column];
        [red, green, blue]
    }

    /// Draws a stroke. The bristles differ in colour, thickness, start and end, and their opacity decreases toward the end.
    pub fn draw(&mut self, stroke: &Stroke<'_>, rng: &mut Rng) {
        let points = resample(stroke.path);
        if points.len() < 2 {
            return;
        }
        let length = points.len() as f32;
        let bristles = (stroke.width / SPACING).ceil().max(2.0);
        let mut streak = rng.range(-1.0, 1.0);
        for bristle in 0..bristles as usize {
            let position = 2.0 * (bristle as f32 + 0.5) / bristles - 1.0;
            // Low-pass filter: neighbouring bristles are similar, which gives streaks instead of noise.
            streak = 0.7 * streak + 0.3 * rng.range(-1.6, 1.6);
            let shade = 1.0 + 0.06 * streak;
            let colour = stroke.colour.map(|component| (component * shade).min(1.0));
            let thickness = 0.55 + 0.45 * streak + 0.5 * position * position;
            let rounded = 1.0 - 0.16 * position * position;
            let start = (length * (0.5 * (1.0 - rounded) + 0.05 * rng.next_f32())) as usize;
            let end = (length * (rounded - 0.14 * rng.next_f32() * rng.next_f32())) as usize;
            let dryness = rng.range(0.25, 0.6);
            let offset = position * stroke.width * 0.5;
            for (index, point) in points.iter().enumerate().take(end).skip(start) {
                let along = index as f32 / length;
                let taper = (along * 7.0).min(1.0).min((1.0 - along) * 4.0 + 0.35).min(1.0);
                let opacity = stroke.opacity * (1.0 - dryness * along * along);
                let x = point.x + point.normal.0 * offset * taper;
                let y = point.y + point.normal.1 * offset * taper;
                self.blend(x, y, colour, opacity, thickness);
            }
        }
    }

    fn blend(&mut self, x: f32, y: f32, colour: [f32; 3], opacity: f32, thickness: f32) {
        if x < 0.0 || y < 0.0 {
            return;
        }
        let (column, row) = (x as usize, y as usize);
        if column >= self.width || row >= self.height {
            return;
        }
        let pixel = &mut self.pixels[row * self.width + column];
        pixel[0] += (colour[0] - pixel[0]) * opacity;
        pixel[1] += (colour[1] - pixel[1]) * opacity;
        pixel[2] += (colour[2] - pixel[2]) * opacity;
        pixel[3] += (thickness - pixel[3]) * opacity;
    }

    /// Renders the picture. `relief` is the effect of the paint thickness on the brightness (0: none).
    pub fn render(self, relief: f32, rng: &mut Rng) -> RgbaImage {
        let canvas_noise = Noise::new(rng);
        let mut image = RgbaImage::new(self.width as u32, self.height as u32);
        let thickness = |column: usize, row: usize| self.pixels[row * self.width + column][3];
        let (last_column, last_row) = (self.width - 1, self.height - 1);
        for (index, pixel) in image.pixels_mut().enumerate() {
            let (column, row) = (index % self.width, index / self.width);
            let across =
                thickness((column + 1).min(last_column), row) - thickness(column.saturating_sub(1), row);
            let down = thickness(column, (row + 1).min(last_row)) - thickness(column, row.saturating_sub(1));
            let relief_light = ((across + down) * relief).clamp(-0.16, 0.2);
            let grain = 0.012 * canvas_noise.at(column as f32 * 0.9, row as f32 * 0.9);
            let light = 1.0 + relief_light + grain + vignette(column, last_column, row, last_row);
            let [red, green, blue, _] = self.pixels[index];
            let shine = relief_light.max(0.0) * 0.12;
            let byte = |component: f32| ((component * light + shine) * 255.0 + 0.5).clamp(0.0, 255.0) as u8;
            *pixel = Rgba([byte(red), byte(green), byte(blue), 255]);
        }
        image
    }
}

fn vignette(column: usize, last_column: usize, row: usize, last_row: usize) -> f32 {
    let across = 2.0 * column as f32 / last_column.max(1) as f32 - 1.0;
    let down = 2.0 * row as f32 / last_row.max(1) as f32 - 1.0;
    let distance_squared = across * across + down * down;
    -0.035 * distance_squared * distance_squared * 0.5
}

/// Points along a path, [`SPACING`] pixels apart.
fn resample(path: &[(f32, f32)]) -> Vec<PathPoint> {
    let mut points = Vec::new();
    for pair in path.windows(2) {
        let ((from_x, from_y), (to_x, to_y)) = (pair[0], pair[1]);
        let (along_x, along_y) = (to_x - from_x, to_y - from_y);
        let length = along_x.hypot(along_y);
        if length < 1e-3 {
            continue;
        }
        let normal = (-along_y / length, along_x / length);
        let steps = (length / SPACING).ceil();
        for step in 0..steps as usize {
            let fraction = step as f32 / steps;
            points.push(PathPoint {
                x: from_x + along_x * fraction,
                y: from_y + along_y * fraction,
                normal,
            });
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke(path: &[(f32, f32)], width: f32, colour: [f32; 3]) -> Stroke<'_> {
        Stroke {
            path,
            width,
            colour,
            opacity: 0.95,
        }
    }

    #[test]
    fn a_stroke_only_changes_pixels_near_its_path() {
        let mut canvas = Canvas::new(100, 60, [1.0; 3]);
        let path = [(10.0, 30.0), (90.0, 30.0)];
        canvas.draw(&stroke(&path, 12.0, [0.1, 0.2, 0.6]), &mut Rng::new(5));
        assert!(canvas.colour_at(40.0, 30.0)[0] < 0.3);
        assert!(canvas.colour_at(40.0, 50.0)[0] > 0.99);
    }

    #[test]
    fn strokes_are_clipped_to_the_canvas() {
        let mut canvas = Canvas::new(20, 20, [0.5; 3]);
        let path = [(-40.0, -40.0), (60.0, 70.0)];
        for path in [&path[..], &path[..1]] {
            canvas.draw(&stroke(path, 9.0, [0.0; 3]), &mut Rng::new(5));
        }
        assert_eq!(canvas.render(0.2, &mut Rng::new(1)).dimensions(), (20, 20));
    }
}
