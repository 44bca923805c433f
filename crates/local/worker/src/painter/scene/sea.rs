//! The sea with the reflection of the sun or moon, and sailing boats.

use super::sky::Sky;
use super::{Frame, Role, Sample, Scene};
use crate::painter::noise::{Noise, Rng, smoothstep};

struct Sail {
    x: f32,
    foot: f32,
    height: f32,
    lean: f32,
    role: Role,
}

pub struct Sea {
    sky: Sky,
    sails: Vec<Sail>,
    noise: Noise,
    swell: f32,
    height: f32,
}

impl Sea {
    pub fn new(rng: &mut Rng, frame: Frame, sky: Sky) -> Self {
        let mut sails: Vec<Sail> = (0..=rng.below(4))
            .map(|_| {
                let near = rng.next_f32() * rng.next_f32();
                Sail {
                    x: frame.width * rng.range(0.1, 0.9),
                    foot: sky.horizon + 0.015 + near * (frame.height - sky.horizon) * 0.5,
                    height: 0.07 + near * 0.4,
                    lean: rng.range(-0.12, 0.12),
                    role: if rng.next_f32() < 0.5 {
                        Role::Subject
                    } else {
                        Role::Accent
                    },
                }
            })
            .collect();
        sails.sort_by(|one, other| other.foot.total_cmp(&one.foot));
        Self {
            sky,
            sails,
            noise: Noise::new(rng),
            swell: rng.range(0.6, 1.4),
            height: frame.height,
        }
    }

    fn sail(&self, x: f32, y: f32) -> Option<Sample> {
        self.sails.iter().find_map(|sail| {
            let up = (sail.foot - y) / sail.height;
            let across = (x - sail.x) / sail.height - sail.lean * up;
            let hull = (-0.07..0.0).contains(&up) && across.abs() < 0.34 + up * 1.6;
            if hull {
                return Some(Sample::new(0.1, Role::Ground, 0.0, 1.0));
            }
            if !(0.02..1.0).contains(&up) {
                return None;
            }
            let room = (1.0 - up) * 0.42;
            let main = (0.015..room).contains(&across);
            let fore = up < 0.85 && (-room * 0.8..-0.015).contains(&across);
            let tone = if main {
                0.93 - 0.25 * across / room.max(0.01)
            } else {
                0.72
            };
            let angle = std::f32::consts::FRAC_PI_2 + if main { 0.3 } else { -0.3 };
            (main || fore).then_some(Sample::new(tone, sail.role, angle, 1.0))
        })
    }

    fn water(&self, x: f32, y: f32) -> Sample {
        let below = (y - self.sky.horizon).max(0.0);
        let near = (below / (self.height - self.sky.horizon)).min(1.0);
        // The distance between waves decreases toward the horizon.
        let row = (below + 0.06).ln() * 11.0;
        let width = 1.0 / (0.16 + 0.7 * near);
        let bend = self.noise.fractal(x * width * 0.9, row * 0.3, 3);
        let wave = (row * 2.1 + bend * 5.5 * self.swell).sin();
        let chop = self.noise.fractal(x * width * 2.6, row * 1.9, 3);
        let crest = smoothstep(0.45, 1.0, wave + 0.8 * chop + 0.9 * bend - 0.1);

        let haze = self.sky.haze();
        let mut tone = haze * 0.72 * (1.0 - near).powf(0.9) + 0.16 + 0.1 * wave * (0.4 + near) + 0.08 * chop;
        let mut role = if chop > 0.25 { Role::Leaf } else { Role::Ground };
        let path = 0.03 + self.sky.disc.2 * 0.6 + near * 0.22;
        let lit = smoothstep(path, path * 0.15, (x - self.sky.disc.0 + 0.04 * chop).abs());
        if lit * (0.45 + 0.4 * wave + 1.1 * chop) > 0.3 + 0.12 * near {
            tone = tone.max(0.78) + 0.12 * lit;
            role = Role::Accent;
        } else if crest > 0.6 && near > 0.08 {
            tone += 0.3 * crest;
            role = Role::Sky;
        }
        let angle = (0.32 * bend + 0.25 * chop) * (0.2 + near);
        Sample::new(tone, role, angle, 0.35 + 0.35 * crest)
    }
}

impl Scene for Sea {
    fn sample(&self, x: f32, y: f32) -> Sample {
        if let Some(sample) = self.sail(x, y) {
            return sample;
        }
        if y > self.sky.horizon {
            self.water(x, y)
        } else {
            self.sky.sample(x, y)
        }
    }
}
