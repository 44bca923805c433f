//! Rows of houses with lit windows, reflected in water or a wet street.

use std::f32::consts::FRAC_PI_2;

use super::sky::Sky;
use super::{Frame, Role, Sample, Scene};
use crate::painter::noise::{Noise, Rng, smoothstep};

struct House {
    left: f32,
    right: f32,
    eaves: f32,
    gable: f32,
    role: Role,
    tone: f32,
    pane: f32,
    near: f32,
}

pub struct Town {
    sky: Sky,
    /// From front to back.
    houses: Vec<House>,
    noise: Noise,
    quay: f32,
    lights: f32,
}

impl Town {
    pub fn new(rng: &mut Rng, frame: Frame, mut sky: Sky, night: bool) -> Self {
        let quay = frame.height * rng.range(0.66, 0.8);
        sky.horizon = quay;
        sky.disc.1 = sky.disc.1.min(quay * 0.55);
        let modern = rng.next_f32();
        let mut houses = Vec::new();
        for row in 0..3_u8 {
            let near = f32::from(row) / 2.0;
            let mut left = -rng.range(0.0, 0.1);
            while left < frame.width {
                let width = rng.range(0.07, 0.16) * (0.7 + 0.5 * near);
                let height =
                    (0.4 - 0.19 * near) * rng.range(0.55, 1.25) * (0.75 + 0.5 * modern) * frame.height.sqrt();
                let pitched = rng.next_f32() > modern * 0.8;
                houses.push(House {
                    left,
                    right: left + width,
                    eaves: quay - height,
                    gable: if pitched {
                        width * rng.range(0.35, 0.9)
                    } else {
                        0.0
                    },
                    role: [Role::Subject, Role::Ground, Role::Leaf, Role::Subject][rng.below(4)],
                    tone: sky.haze() * 0.72 * (1.0 - near) + 0.2 + rng.range(-0.06, 0.12),
                    pane: rng.range(0.018, 0.026),
                    near,
                });
                left += width * rng.range(0.9, 1.05);
            }
        }
        houses.reverse();
        Self {
            sky,
            houses,
            noise: Noise::new(rng),
            quay,
            lights: if night { 0.1 } else { 0.45 },
        }
    }

    fn house(&self, house: &House, x: f32, y: f32) -> Option<Sample> {
        if x < house.left || x > house.right {
            return None;
        }
        let middle = 0.5 * (house.left + house.right);
        let half = 0.5 * (house.right - house.left);
        let off = (x - middle) / half;
        let roof = house.eaves - house.gable * (1.0 - off.abs());
        if y < roof {
            return None;
        }
        if y < house.eaves {
            let tone = house.tone * 0.72 + if off < 0.0 { 0.12 } else { 0.0 };
            let angle = (house.gable / half).atan() * -off.signum();
            let role = if house.role == Role::Ground {
                Role::Subject
            } else {
                Role::Ground
            };
            return Some(Sample::new(tone, role, angle, 0.9));
        }
        let wall = house.tone + 0.1 * self.noise.fractal(x * 9.0, y * 9.0, 2) - 0.07 * off;
        let mist = 0.12 * smoothstep(self.quay - 0.22, self.quay, y) * (1.0 - house.near);
        if house.near > 0.2 {
            let (column, row) = (
                (x - house.left) / house.pane / 1.7,
                (y - house.eaves) / house.pane / 2.3,
            );
            let (inside_x, inside_y) = (column - column.floor(), row - row.floor());
            let pane = (0.28..0.78).contains(&inside_x) && (0.3..0.85).contains(&inside_y);
            if pane && off.abs() < 0.86 {
                let lit = self
                    .noise
                    .at(column.floor() * 3.7 + house.left * 90.0, row.floor() * 5.3)
                    > self.lights;
                let (tone, role) = if lit {
                    (0.92, Role::Accent)
                } else {
                    (wall * 0.55, Role::Ground)
                };
                return Some(Sample::new(tone, role, FRAC_PI_2, 1.0));
            }
        }
        let edge = smoothstep(0.8, 1.0, off.abs());
        Some(Sample::new(
            wall + mist,
            house.role,
            FRAC_PI_2 + 0.5 * self.noise.at(x * 5.0, y * 5.0),
            0.45 + 0.45 * edge,
        ))
    }

    fn above(&self, x: f32, y: f32) -> Sample {
        let house = self.houses.iter().find_map(|house| self.house(house, x, y));
        house.unwrap_or_else(|| self.sky.sample(x, y))
    }
}

impl Scene for Town {
    fn sample(&self, x: f32, y: f32) -> Sample {
        if y < self.quay {
            return self.above(x, y);
        }
        let below = y - self.quay;
        if below < 0.012 {
            return Sample::new(0.14, Role::Ground, 0.0, 0.8);
        }
        let ripple = self.noise.fractal(x * 5.0, (below + 0.04).ln() * 10.0, 3);
        let mirrored = self.above(x + 0.09 * ripple * (0.15 + below), self.quay - below * 1.5);
        Sample::new(
            mirrored.tone * 0.72 + 0.04 + 0.1 * ripple,
            if ripple > 0.4 { Role::Sky } else { mirrored.role },
            0.15 * ripple,
            0.45,
        )
    }
}
