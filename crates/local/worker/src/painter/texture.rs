//! Texture statistics of a style, which control the brush.

/// Averages over the images of a style.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Texture {
    /// Standard deviation of the lightness, between 0 (flat) and 0.5 (black and white).
    pub contrast: f32,
    /// Mean magnitude of the lightness gradient per pixel of a downscaled image.
    pub edge_energy: f32,
    /// Dominant direction of lines in radians, between -π/2 and π/2.
    pub orientation: f32,
    /// Coherence of the structure tensor, between 0 (isotropic) and 1 (all lines parallel).
    pub coherence: f32,
}

/// Sums over the images so far.
#[derive(Debug, Default)]
pub(super) struct TextureSum {
    images: f32,
    contrast: f32,
    energy: f32,
    /// Structure tensor: cosine and sine of the doubled angle, and trace.
    tensor: [f32; 3],
}

impl TextureSum {
    /// Adds an image: lightness values in row-major order.
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
        for (sum, component) in self.tensor.iter_mut().zip(tensor) {
            *sum += component / count;
        }
    }

    pub(super) fn finish(&self) -> Texture {
        if self.images == 0.0 {
            return Texture::default();
        }
        let [cosine, sine, trace] = self.tensor;
        // The gradient is perpendicular to the lines.
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
    fn the_orientation_of_stripes_is_detected() {
        let horizontal = of(|_, y| if y / 4 % 2 == 0 { 0.2 } else { 0.8 });
        assert!(
            horizontal.orientation.abs() < 0.05 && horizontal.coherence > 0.95,
            "{horizontal:?}"
        );
        let vertical = of(|x, _| if x / 4 % 2 == 0 { 0.2 } else { 0.8 });
        assert!(
            vertical.orientation.abs() > 1.5 && vertical.coherence > 0.95,
            "{vertical:?}"
        );
        assert!((vertical.contrast - 0.3).abs() < 0.01);
    }
}
