//! Abstract: bands that swirl around a few centres, with discs on top.

use std::f32::consts::FRAC_PI_2;

use super::{Frame, Role, Sample, Scene};
use crate::painter::noise::{Noise, Rng, smoothstep};

struct Centre {
    x: f32,
    y: f32,
    radius: f32,
    twist: f32,
}

struct Disc {
    x: f32,
    y: f32,
    radius: f32,
    rings: bool,
    role: Role,
}

pub struct Swirls {
    centres: Vec<Centre>,
    discs: Vec<Disc>,
    noise: Noise,
    bands: f32,
    warp: f32,
}

impl Swirls {
    pub fn new(rng: &mut Rng, frame: Frame) -> Self {
        let random_position = |rng: &mut Rng| {
            (
                frame.width * rng.range(0.1, 0.9),
                frame.height * rng.range(0.1, 0.9),
            )
        };
        let centres = (0..3 + rng.below(3)).map(|_| {
            let (x, y) = random_position(rng);
            let twist = rng.range(1.6, 3.4) * if rng.next_f32() < 0.5 { -1.0 } else { 1.0 };
            Centre {
                x,
                y,
                radius: rng.range(0.16, 0.36),
                twist,
            }
        });
        let centres = centres.collect();
        let discs = (0..2 + rng.below(4)).map(|_| {
            let (x, y) = random_position(rng);
            let role = [Role::Accent, Role::Subject][rng.below(2)];
            Disc {
                x,
                y,
                radius: 0.025 + 0.1 * rng.next_f32().powi(2),
                rings: rng.next_f32() < 0.5,
                role,
            }
        });
        let discs = discs.collect();
        Self {
            centres,
            discs,
            noise: Noise::new(rng),
            bands: rng.range(2.2, 4.2),
            warp: rng.range(0.5, 1.1),
        }
    }

    /// The scalar field whose contour lines are the bands: noise, with the domain twisted around every centre.
    fn field(&self, x: f32, y: f32) -> f32 {
        let (mut at_x, mut at_y) = (x, y);
        for centre in &self.centres {
            let (from_x, from_y) = (at_x - centre.x, at_y - centre.y);
            let near = (-(from_x * from_x + from_y * from_y) / (centre.radius * centre.radius)).exp();
            let (sine, cosine) = (centre.twist * near).sin_cos();
            at_x = centre.x + from_x * cosine - from_y * sine;
            at_y = centre.y + from_x * sine + from_y * cosine;
        }
        self.noise.warped(at_x * 1.25, at_y * 1.25, self.warp)
    }
}

impl Scene for Swirls {
    fn sample(&self, x: f32, y: f32) -> Sample {
        for disc in &self.discs {
            let (from_x, from_y) = (x - disc.x, y - disc.y);
            let distance = from_x.hypot(from_y) / disc.radius;
            let angle = from_y.atan2(from_x) + FRAC_PI_2;
            if distance < 1.0 {
                let lit = (from_x + from_y) / disc.radius;
                return Sample::new(0.8 - 0.22 * lit, disc.role, angle, 0.9);
            }
            if disc.rings && (1.22..1.4).contains(&distance) {
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
