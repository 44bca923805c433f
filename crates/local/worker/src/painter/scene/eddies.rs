//! Abstract: currents that wind around a few hidden centres, with discs on them.

use std::f32::consts::FRAC_PI_2;

use super::{Frame, Role, Sample, Scene};
use crate::painter::noise::{Dice, Noise, smoothstep};

struct Centre {
    x: f32,
    y: f32,
    reach: f32,
    twist: f32,
}

struct Disc {
    x: f32,
    y: f32,
    radius: f32,
    rings: bool,
    role: Role,
}

pub struct Eddies {
    centres: Vec<Centre>,
    discs: Vec<Disc>,
    noise: Noise,
    bands: f32,
    warp: f32,
}

impl Eddies {
    pub fn new(dice: &mut Dice, frame: Frame) -> Self {
        let place = |dice: &mut Dice| {
            (
                frame.width * dice.range(0.1, 0.9),
                frame.height * dice.range(0.1, 0.9),
            )
        };
        let centres = (0..3 + dice.below(3)).map(|_| {
            let (x, y) = place(dice);
            let twist = dice.range(1.6, 3.4) * if dice.unit() < 0.5 { -1.0 } else { 1.0 };
            Centre {
                x,
                y,
                reach: dice.range(0.16, 0.36),
                twist,
            }
        });
        let centres = centres.collect();
        let discs = (0..2 + dice.below(4)).map(|_| {
            let (x, y) = place(dice);
            let role = [Role::Accent, Role::Subject][dice.below(2)];
            Disc {
                x,
                y,
                radius: 0.025 + 0.1 * dice.unit().powi(2),
                rings: dice.unit() < 0.5,
                role,
            }
        });
        let discs = discs.collect();
        Self {
            centres,
            discs,
            noise: Noise::new(dice),
            bands: dice.range(2.2, 4.2),
            warp: dice.range(0.5, 1.1),
        }
    }

    /// The field whose level lines the currents follow: noise, read through the twist of every centre.
    fn field(&self, x: f32, y: f32) -> f32 {
        let (mut at_x, mut at_y) = (x, y);
        for centre in &self.centres {
            let (from_x, from_y) = (at_x - centre.x, at_y - centre.y);
            let near = (-(from_x * from_x + from_y * from_y) / (centre.reach * centre.reach)).exp();
            let (sine, cosine) = (centre.twist * near).sin_cos();
            at_x = centre.x + from_x * cosine - from_y * sine;
            at_y = centre.y + from_x * sine + from_y * cosine;
        }
        self.noise.warped(at_x * 1.25, at_y * 1.25, self.warp)
    }
}

impl Scene for Eddies {
    fn sample(&self, x: f32, y: f32) -> Sample {
        for disc in &self.discs {
            let (from_x, from_y) = (x - disc.x, y - disc.y);
            let away = from_x.hypot(from_y) / disc.radius;
            let angle = from_y.atan2(from_x) + FRAC_PI_2;
            if away < 1.0 {
                let lit = (from_x + from_y) / disc.radius;
                return Sample::new(0.8 - 0.22 * lit, disc.role, angle, 0.9);
            }
            if disc.rings && (1.22..1.4).contains(&away) {
                return Sample::new(0.72, Role::Sky, angle, 0.9);
            }
        }
        let here = self.field(x, y);
        let across = self.field(x + 0.006, y) - here;
        let down = self.field(x, y + 0.006) - here;
        let phase = here * self.bands * 2.0;
        let band = phase - phase.floor();
        let role = [Role::Ground, Role::Sky, Role::Subject, Role::Sky, Role::Leaf]
            [(phase.floor() as i32).rem_euclid(5) as usize];
        let ridge = smoothstep(0.0, 0.2, band) * smoothstep(1.0, 0.75, band);
        let light = 0.5 + 0.5 * (here * 3.1 + 1.2 * x).sin();
        Sample::new(
            0.16 + 0.46 * light + 0.2 * ridge,
            if band > 0.93 { Role::Accent } else { role },
            down.atan2(across) + FRAC_PI_2,
            0.25 + 0.45 * (1.0 - ridge),
        )
    }
}
