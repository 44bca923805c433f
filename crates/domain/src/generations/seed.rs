//! The seed of an image.

use crate::FieldError;

/// 0 to 2³¹−1; the same seed, prompt and style give the same image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(i64);

impl Seed {
    /// Largest seed.
    pub const MAX: i64 = i32::MAX as i64;

    /// Takes a seed in range.
    pub fn new(seed: i64) -> Result<Self, FieldError> {
        if (0..=Self::MAX).contains(&seed) {
            Ok(Self(seed))
        } else {
            Err(FieldError::OutOfRange {
                min: 0,
                max: Self::MAX,
            })
        }
    }

    /// Makes a seed of random bits.
    pub fn of_bits(bits: u32) -> Self {
        Self(i64::from(bits >> 1))
    }

    /// The number.
    pub fn get(self) -> i64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_has_31_bits() {
        assert!(Seed::new(-1).is_err() && Seed::new(1 << 31).is_err());
        assert_eq!(Seed::of_bits(u32::MAX), Seed::new(Seed::MAX).unwrap());
    }
}
