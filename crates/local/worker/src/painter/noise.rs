//! Deterministic random numbers and noise, independent of platform and library versions.

/// SplitMix64. Not cryptographically secure.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix_bits(self.0)
    }

    /// In the range [0, 1).
    pub fn next_f32(&mut self) -> f32 {
        (self.next_u64() >> 40) as f32 / 16_777_216.0
    }

    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.next_f32()
    }

    /// In the range [0, `count`); 0 if `count` is 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.next_f32() * count as f32) as usize).min(count.saturating_sub(1))
    }
}

fn mix_bits(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// Two-dimensional value noise.
#[derive(Debug, Clone, Copy)]
pub struct Noise(u32);

impl Noise {
    pub fn new(rng: &mut Rng) -> Self {
        Self(rng.next_u64() as u32)
    }

    /// One octave, between -1 and 1, with a wavelength of about 1.
    pub fn at(self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (column, row) = (left as i32, top as i32);
        let (across, down) = (fade(x - left), fade(y - top));
        let edge = |row| {
            let right = column.wrapping_add(1);
            lerp(
                self.lattice_value(column, row),
                self.lattice_value(right, row),
                across,
            )
        };
        lerp(edge(row), edge(row.wrapping_add(1)), down)
    }

    /// Fractal noise. Each octave has about twice the frequency and half the amplitude. About -1 to 1.
    pub fn fractal(self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut amplitude, mut frequency, mut total) = (0.0, 1.0, 1.0, 0.0);
        for octave in 0..octaves {
            let shift = octave as f32 * 17.3;
            sum += amplitude * self.at(x * frequency + shift, y * frequency - shift);
            total += amplitude;
            amplitude *= 0.5;
            // Not exactly 2, so that the lattices of the octaves do not coincide.
            frequency *= 1.97;
        }
        sum / total
    }

    /// Domain-warped fractal noise: swirls instead of clouds.
    pub fn warped(self, x: f32, y: f32, strength: f32) -> f32 {
        let across = self.fractal(x + 5.2, y + 1.3, 2);
        let down = self.fractal(x - 3.7, y + 9.1, 2);
        self.fractal(x + strength * across, y + strength * down, 3)
    }

    fn lattice_value(self, column: i32, row: i32) -> f32 {
        let mut bits = self.0
            ^ column.cast_unsigned().wrapping_mul(0x85EB_CA6B)
            ^ row.cast_unsigned().wrapping_mul(0xC2B2_AE35);
        bits = (bits ^ (bits >> 15)).wrapping_mul(0x2C1B_3C6D);
        bits = (bits ^ (bits >> 12)).wrapping_mul(0x297A_2D39);
        bits ^= bits >> 15;
        bits as f32 / 2_147_483_648.0 - 1.0
    }
}

/// Hermite interpolation from 0 at `low` to 1 at `high`. Falling if `low` is greater than `high`.
pub fn smoothstep(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

fn fade(t: f32) -> f32 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

fn lerp(from: f32, to: f32, t: f32) -> f32 {
    from + (to - from) * t
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let draw = |seed| {
            let mut rng = Rng::new(seed);
            (0..8).map(|_| rng.next_u64()).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn random_numbers_are_in_range() {
        let mut rng = Rng::new(1);
        for _ in 0..10_000 {
            assert!((2.0..=3.0).contains(&rng.range(2.0, 3.0)));
            assert!(rng.below(5) < 5);
        }
        assert_eq!(rng.below(0), 0);
    }

    #[test]
    fn noise_is_smooth_and_bounded() {
        let noise = Noise::new(&mut Rng::new(3));
        for step in 0..2000_u16 {
            let x = f32::from(step) * 0.013 - 9.0;
            let here = noise.fractal(x, 0.4, 4);
            assert!((-1.0..=1.0).contains(&here));
            assert!((noise.at(x, 0.4) - noise.at(x + 0.001, 0.4)).abs() < 0.02);
        }
    }
}
