//! Repeatable random numbers and smooth noise: the same on every machine and with every library version.

/// A small generator (SplitMix64). Not for secrets.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        scramble(self.0)
    }

    /// From 0 up to, but not including, 1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / 16_777_216.0
    }

    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// From 0 up to, but not including, `count` (0 when `count` is 0).
    pub fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f32) as usize).min(count.saturating_sub(1))
    }
}

fn scramble(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// Smooth noise on a plane.
#[derive(Debug, Clone, Copy)]
pub struct Noise(u32);

impl Noise {
    pub fn new(dice: &mut Dice) -> Self {
        Self(dice.bits() as u32)
    }

    /// One octave, between -1 and 1, that changes over a distance of about 1.
    pub fn at(self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (column, row) = (left as i32, top as i32);
        let (across, down) = (fade(x - left), fade(y - top));
        let edge = |row| {
            let right = column.wrapping_add(1);
            lerp(self.corner(column, row), self.corner(right, row), across)
        };
        lerp(edge(row), edge(row.wrapping_add(1)), down)
    }

    /// `octaves` octaves, each twice as fine and half as strong; about -1 to 1.
    pub fn fractal(self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut strength, mut scale, mut total) = (0.0, 1.0, 1.0, 0.0);
        for octave in 0..octaves {
            let shift = octave as f32 * 17.3;
            sum += strength * self.at(x * scale + shift, y * scale - shift);
            total += strength;
            strength *= 0.5;
            // Not exactly two, so that the lattices of the octaves never coincide.
            scale *= 1.97;
        }
        sum / total
    }

    /// Noise on a plane that is itself distorted by noise: veins and eddies instead of clouds.
    pub fn warped(self, x: f32, y: f32, strength: f32) -> f32 {
        let across = self.fractal(x + 5.2, y + 1.3, 2);
        let down = self.fractal(x - 3.7, y + 9.1, 2);
        self.fractal(x + strength * across, y + strength * down, 3)
    }

    fn corner(self, column: i32, row: i32) -> f32 {
        let mut bits = self.0
            ^ column.cast_unsigned().wrapping_mul(0x85EB_CA6B)
            ^ row.cast_unsigned().wrapping_mul(0xC2B2_AE35);
        bits = (bits ^ (bits >> 15)).wrapping_mul(0x2C1B_3C6D);
        bits = (bits ^ (bits >> 12)).wrapping_mul(0x297A_2D39);
        bits ^= bits >> 15;
        bits as f32 / 2_147_483_648.0 - 1.0
    }
}

/// 0 below `low`, 1 above `high`, an even curve between (falling when `low` is the larger).
pub fn smoothstep(low: f32, high: f32, value: f32) -> f32 {
    let place = ((value - low) / (high - low)).clamp(0.0, 1.0);
    place * place * (3.0 - 2.0 * place)
}

fn fade(place: f32) -> f32 {
    place * place * place * (place * (place * 6.0 - 15.0) + 10.0)
}

fn lerp(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let draw = |seed| {
            let mut dice = Dice::new(seed);
            (0..8).map(|_| dice.bits()).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn draws_keep_to_their_limits() {
        let mut dice = Dice::new(1);
        for _ in 0..10_000 {
            assert!((2.0..=3.0).contains(&dice.range(2.0, 3.0)));
            assert!(dice.below(5) < 5);
        }
        assert_eq!(dice.below(0), 0);
    }

    #[test]
    fn noise_is_smooth_and_bounded() {
        let noise = Noise::new(&mut Dice::new(3));
        for step in 0..2000_u16 {
            let x = f32::from(step) * 0.013 - 9.0;
            let here = noise.fractal(x, 0.4, 4);
            assert!((-1.0..=1.0).contains(&here));
            assert!((noise.at(x, 0.4) - noise.at(x + 0.001, 0.4)).abs() < 0.02);
        }
    }
}
