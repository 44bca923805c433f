//! Trees with light between the trunks.

use std::f32::consts::FRAC_PI_2;

use super::{Frame, Role, Sample, Scene};
use crate::painter::noise::{Noise, Rng, smoothstep};

struct Trunk {
    x: f32,
    half_width: f32,
    lean: f32,
    foot: f32,
    near: f32,
}

pub struct Forest {
    /// From front to back.
    trunks: Vec<Trunk>,
    noise: Noise,
    leaves: Noise,
    light: (f32, f32),
    canopy: f32,
    frame: Frame,
    haze: f32,
}

impl Forest {
    pub fn new(rng: &mut Rng, frame: Frame, night: bool) -> Self {
        let count = 11 + rng.below(10);
        let mut trunks: Vec<Trunk> = (0..count)
            .map(|index| {
                let near = (index as f32 / count as f32).powf(1.7);
                Trunk {
                    x: frame.width * rng.range(-0.02, 1.02),
                    half_width: 0.008 + 0.036 * near * rng.range(0.7, 1.3),
                    lean: rng.range(-0.06, 0.06),
                    foot: frame.height * (0.66 + 0.3 * near),
                    near,
                }
            })
            .collect();
        trunks.reverse();
        Self {
            trunks,
            noise: Noise::new(rng),
            leaves: Noise::new(rng),
            light: (
                frame.width * rng.range(0.25, 0.75),
                frame.height * rng.range(0.36, 0.52),
            ),
            canopy: frame.height * rng.range(0.2, 0.34),
            frame,
            haze: if night { 0.5 } else { 0.86 },
        }
    }

    fn glow(&self, x: f32, y: f32) -> f32 {
        let distance = (x - self.light.0).hypot((y - self.light.1) * 0.75);
        (-(distance / 0.34).powi(2)).exp()
    }

    fn foliage(&self, x: f32, y: f32) -> Option<Sample> {
        // Three layers of leaves. The front layer is the darkest and the lowest at the sides.
        for (depth, near) in [(1.0_f32, 1.0_f32), (2.0, 0.5), (3.0, 0.0)] {
            let scale = 3.0 + 1.6 * depth;
            let clump = self.leaves.fractal(x * scale + depth * 31.0, y * scale, 4);
            let side = (2.0 * x / self.frame.width - 1.0).powi(2);
            let hang = self.canopy * (0.55 + 0.3 * depth * (1.0 - 0.5 * near) + 0.75 * side * near);
            if clump * 0.34 + hang - y < 0.0 {
                continue;
            }
            let glow = self.glow(x, y);
            let speck = self.leaves.at(x * 36.0, y * 36.0);
            let tone =
                (0.56 - 0.4 * near) * (0.7 + 0.4 * self.haze) + 0.26 * clump + 0.1 * speck + 0.3 * glow;
            let role = match speck {
                bright if bright > 0.5 => Role::Accent,
                middle if middle > -0.1 => Role::Leaf,
                _ => Role::Subject,
            };
            return Some(Sample::new(tone, role, 2.6 * clump + 1.9 * speck, 0.6));
        }
        None
    }

    fn trunk(&self, x: f32, y: f32) -> Option<Sample> {
        self.trunks.iter().find_map(|trunk| {
            if y > trunk.foot {
                return None;
            }
            let rise = (trunk.foot - y) / self.frame.height;
            let sway = 0.012 * self.noise.at(y * 3.0, trunk.x * 40.0);
            let off = x - (trunk.x + trunk.lean * rise + sway);
            let flare = 1.0 + 0.7 * (-rise * 26.0).exp() - 0.35 * rise;
            let side = off / (trunk.half_width * flare);
            if side.abs() > 1.0 {
                return None;
            }
            let toward = (self.light.0 - x).signum();
            let bark = self.noise.at(x * 60.0, y * 9.0);
            let tone = self.haze * 0.62 * (1.0 - trunk.near) + 0.1 + 0.16 * side * toward + 0.06 * bark;
            let role = if trunk.near > 0.25 {
                Role::Ground
            } else {
                Role::Subject
            };
            Some(Sample::new(tone, role, FRAC_PI_2 - trunk.lean, 0.75))
        })
    }
}

impl Scene for Forest {
    fn sample(&self, x: f32, y: f32) -> Sample {
        let near_leaves = self.foliage(x, y);
        if let Some(sample) = near_leaves.filter(|sample| sample.tone < 0.5) {
            return sample;
        }
        if let Some(sample) = self.trunk(x, y) {
            return sample;
        }
        if let Some(sample) = near_leaves {
            return sample;
        }
        let glow = self.glow(x, y);
        let floor = self.frame.height * 0.64 + 0.02 * self.noise.fractal(x * 3.0, 4.0, 2);
        let mottle = self.noise.fractal(x * 3.4, y * 5.2, 3);
        if y < floor {
            let role = if glow > 0.5 { Role::Accent } else { Role::Sky };
            let tone = self.haze * 0.74 + 0.3 * glow + 0.1 * mottle;
            return Sample::new(tone, role, FRAC_PI_2 + 0.5 * mottle, 0.2);
        }
        // The ground: shadows of the trunks point away from the light, with light spots between them.
        let depth = (y - floor) / (self.frame.height - floor);
        let ray = (x - self.light.0) / (0.25 + depth);
        let stripe = self.noise.fractal(ray * 7.0, depth * 0.8 + 3.0, 2);
        let fleck = smoothstep(0.08, 0.4, stripe + 0.4 * mottle);
        let tone = self.haze * 0.5 * (1.0 - 0.55 * depth) + 0.34 * fleck + 0.1 * mottle;
        let role = if fleck > 0.6 {
            Role::Accent
        } else if mottle > 0.15 {
            Role::Leaf
        } else {
            Role::Ground
        };
        Sample::new(tone, role, 0.25 * mottle, 0.3 + 0.3 * fleck)
    }
}
