//! Measures of a style's texture, which control the brush.

/// Contrast, detail and direction of a style, averaged over its images.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Texture {
    /// Standard deviation of the lightness, between 0 (flat) and 0.5 (black and white).
    pub contrast: f32,
    /// Mean length of the lightness gradient per pixel of a reduced image: small for soft, large for
    /// busy styles.
    pub edge_energy: f32,
    /// Direction along which the style's lines run, in radians, between -π/2 and π/2.
    pub orientation: f32,
    /// How many lines share that direction, between 0 (none) and 1 (all).
    pub coherence: f32,
}

/// Sums over the images read so far.
#[derive(Debug, Default)]
pub(super) struct TextureSum {
    images: f32,
    contrast: f32,
    energy: f32,
    /// Gradient tensor: its doubled-angle cosine and sine parts and its trace.
    tensor: [f32; 3],
}

impl TextureSum {
    /// Adds one image, given as rows of `width` lightness values.
    pub(super) fn add(&mut self, lightness: &[f32], width: usize) {
        let count = lightness.len().max(1) as f32;
        let mean = lightness.iter().sum::<f32>() / count;
        let variance = lightness.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count;
        let mut energy = 0.0;
        let mut tensor = [0.0_f32; 3];
        for (row, below) in lightness.chunks(width).zip(lightness.chunks(width).skip(1)) {
            for (pair, under) in row.windows(2).zip(below) {
                let (across, down) = (pair[1] - pair[0], under - pair[0]);
                energy += across.hypot(down);
                tensor[0] += across * across - down * down;
                tensor[1] += 2.0 * across * down;
                tensor[2] += across * across + down * down;
            }
        }
        self.images += 1.0;
        self.contrast += variance.sqrt();
        self.energy += energy / count;
        for (sum, part) in self.tensor.iter_mut().zip(tensor) {
            *sum += part / count;
        }
    }

    pub(super) fn finish(&self) -> Texture {
        if self.images == 0.0 {
            return Texture::default();
        }
        let [cosine, sine, trace] = self.tensor;
        // The tensor holds the direction across the lines; the lines themselves run at a right angle to it.
        let across = 0.5 * sine.atan2(cosine);
        let along = across + std::f32::consts::FRAC_PI_2;
        let wrapped = if along > std::f32::consts::FRAC_PI_2 {
            along - std::f32::consts::PI
        } else {
            along
        };
        Texture {
            contrast: self.contrast / self.images,
            edge_energy: self.energy / self.images,
            orientation: wrapped,
            coherence: if trace > 1e-9 {
                (cosine.hypot(sine) / trace).min(1.0)
            } else {
                0.0
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: impl Fn(usize, usize) -> f32) -> Texture {
        let mut sum = TextureSum::default();
        let pixels: Vec<f32> = (0..32 * 32).map(|index| value(index % 32, index / 32)).collect();
        sum.add(&pixels, 32);
        sum.finish()
    }

    #[test]
    fn a_flat_image_has_no_texture() {
        let texture = of(|_, _| 0.5);
        assert!(texture.contrast < 1e-6 && texture.edge_energy < 1e-6 && texture.coherence < 1e-6);
    }

    #[test]
    fn level_stripes_run_level_and_upright_stripes_upright() {
        let level = of(|_, y| if y / 4 % 2 == 0 { 0.2 } else { 0.8 });
        assert!(
            level.orientation.abs() < 0.05 && level.coherence > 0.95,
            "{level:?}"
        );
        let upright = of(|x, _| if x / 4 % 2 == 0 { 0.2 } else { 0.8 });
        assert!(
            upright.orientation.abs() > 1.5 && upright.coherence > 0.95,
            "{upright:?}"
        );
        assert!((upright.contrast - 0.3).abs() < 0.01);
    }
}
