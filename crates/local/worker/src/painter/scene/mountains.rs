//! Mountain ranges, lighter with distance, optionally reflected in a lake.

use super::sky::Sky;
use super::{Frame, Role, Sample, Scene};
use crate::painter::noise::{Noise, Rng, smoothstep};

struct Ridge {
    base: f32,
    height: f32,
    scale: f32,
    shift: f32,
    sharp: f32,
    role: Role,
    tone: f32,
}

pub struct Mountains {
    sky: Sky,
    /// From front to back.
    ranges: Vec<Ridge>,
    noise: Noise,
    shore: Option<f32>,
}

impl Mountains {
    pub fn new(rng: &mut Rng, frame: Frame, sky: Sky, lake: bool) -> Self {
        let count = 4 + rng.below(3);
        let shore = lake.then(|| sky.horizon + (frame.height - sky.horizon) * rng.range(0.3, 0.5));
        let floor = shore.unwrap_or(frame.height * 0.97);
        let alpine = rng.next_f32();
        let ranges = (0..count)
            .map(|index| {
                let near = index as f32 / (count - 1) as f32;
                Ridge {
                    base: sky.horizon + (floor - sky.horizon) * (near * 0.9).powf(1.15),
                    height: rng.range(0.1, 0.2) * (1.25 - 0.55 * near) * (0.6 + 0.8 * alpine),
                    scale: rng.range(1.1, 1.9) + 0.8 * near,
                    shift: rng.range(-50.0, 50.0),
                    sharp: alpine * (1.0 - 0.5 * near),
                    role: [Role::Ground, Role::Subject, Role::Leaf][(index + rng.below(2)) % 3],
                    tone: sky.haze() * 0.86 * (1.0 - near).powf(0.8) + 0.1,
                }
            })
            .rev()
            .collect();
        Self {
            sky,
            ranges,
            noise: Noise::new(rng),
            shore,
        }
    }

    fn crest(&self, ridge: &Ridge, x: f32) -> f32 {
        let position = x * ridge.scale + ridge.shift;
        let soft = self.noise.fractal(position, ridge.shift, 4);
        let peaked = 1.0 - 2.2 * self.noise.fractal(position * 0.9, ridge.shift + 7.0, 4).abs();
        ridge.base - ridge.height * (soft + (peaked - soft) * ridge.sharp)
    }

    fn land(&self, x: f32, y: f32) -> Sample {
        for ridge in &self.ranges {
            let crest = self.crest(ridge, x);
            if y < crest {
                continue;
            }
            let depth = y - crest;
            let slope = (self.crest(ridge, x + 0.02) - crest) / 0.02;
            // The side facing the sun is lighter. Mist increases toward the base.
            let toward = if self.sky.disc.0 < x { 1.0 } else { -1.0 };
            let flank = self
                .noise
                .fractal(x * 5.0 + y * toward * 3.0, y * 2.5 + ridge.shift, 3);
            let lit = 0.1 * (toward * slope).clamp(-1.0, 1.0) * (1.0 - smoothstep(0.0, 0.16, depth));
            let mist = 0.2 * smoothstep(0.02, 0.26, depth) * ridge.tone.max(0.25);
            let rim = 0.09 * (1.0 - smoothstep(0.0, 0.014, depth));
            let tone = ridge.tone + lit + mist + rim + 0.15 * flank;
            let detail = 0.85 - 0.55 * smoothstep(0.0, 0.06, depth);
            let fall = slope.atan() * (1.0 - 0.5 * smoothstep(0.0, 0.2, depth)) + 0.7 * flank;
            return Sample::new(tone, ridge.role, fall, detail);
        }
        self.sky.sample(x, y)
    }
}

impl Scene for Mountains {
    fn sample(&self, x: f32, y: f32) -> Sample {
        let Some(shore) = self.shore.filter(|shore| y > *shore) else {
            return self.land(x, y);
        };
        let below = y - shore;
        let ripple = self.noise.fractal(x * 4.0, (below + 0.03).ln() * 9.0, 3);
        let mirrored = self.land(x + 0.05 * ripple * (0.3 + below), shore - below * 1.15 - 0.01);
        let glint = if ripple > 0.45 { 0.16 } else { 0.0 };
        Sample::new(
            mirrored.tone * 0.84 + 0.03 + glint + 0.05 * ripple,
            if glint > 0.0 { Role::Sky } else { mirrored.role },
            0.12 * ripple,
            0.35 + 0.4 * (1.0 - smoothstep(0.0, 0.03, below)),
        )
    }
}
