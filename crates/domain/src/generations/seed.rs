//! The seed of an image.

use crate::FieldError;

/// 0 to 2³¹−1. The same seed, prompt and style give the same image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(i64);

impl Seed {
    pub const MAX: i64 = i32::MAX as i64;

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

    pub fn from_bits(bits: u32) -> Self {
        Self(i64::from(bits >> 1))
    }

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
        assert_eq!(Seed::from_bits(u32::MAX), Seed::new(Seed::MAX).unwrap());
    }
}
