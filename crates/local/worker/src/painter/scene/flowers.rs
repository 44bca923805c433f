//! Flowers in front of a blurred background.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use super::{Frame, Role, Sample, Scene};
use crate::painter::noise::{Noise, Rng, smoothstep};

struct Flower {
    x: f32,
    y: f32,
    radius: f32,
    petals: f32,
    rotation: f32,
    pointedness: f32,
    tilt: f32,
    role: Role,
    centre_role: Role,
    tone: f32,
}

pub struct Flowers {
    /// From front to back.
    flowers: Vec<Flower>,
    noise: Noise,
    root: (f32, f32),
    ground: f32,
}

impl Flowers {
    pub fn new(rng: &mut Rng, frame: Frame, night: bool) -> Self {
        let count = ((6 + rng.below(7)) as f32 * frame.height.sqrt()) as usize;
        let mut flowers: Vec<Flower> = Vec::with_capacity(count);
        let petals = (5 + rng.below(5)) as f32;
        let pointedness = rng.next_f32();
        for _ in 0..count * 12 {
            let radius = 0.07 + 0.16 * rng.next_f32().powi(2);
            let x = frame.width * rng.range(0.08, 0.92);
            let y = frame.height * rng.range(0.1, 0.72);
            let is_free = flowers
                .iter()
                .all(|other| (other.x - x).hypot(other.y - y) > 0.82 * (other.radius + radius));
            if is_free && flowers.len() < count {
                flowers.push(Flower {
                    x,
                    y,
                    radius,
                    petals: petals + rng.below(3) as f32,
                    rotation: rng.range(0.0, TAU),
                    pointedness: (pointedness + rng.range(-0.2, 0.2)).clamp(0.0, 1.0),
                    tilt: rng.range(0.62, 1.0),
                    role: [Role::Subject, Role::Subject, Role::Accent, Role::Sky][rng.below(4)],
                    centre_role: [Role::Accent, Role::Ground][rng.below(2)],
                    tone: rng.range(-0.08, 0.08),
                });
            }
        }
        flowers.sort_by(|one, other| other.radius.total_cmp(&one.radius));
        let ground = if night { 0.16 } else { [0.26, 0.7][rng.below(2)] };
        let root = (frame.width * rng.range(0.35, 0.65), frame.height * 1.15);
        Self {
            flowers,
            noise: Noise::new(rng),
            root,
            ground,
        }
    }

    fn petal(&self, flower: &Flower, x: f32, y: f32) -> Option<Sample> {
        let (from_x, from_y) = (x - flower.x, (y - flower.y) / flower.tilt);
        let distance = from_x.hypot(from_y) / flower.radius;
        if distance > 1.15 {
            return None;
        }
        let angle = from_y.atan2(from_x);
        let wobble = 0.07
            * self
                .noise
                .at(angle * 2.0 + flower.rotation * 9.0, flower.x * 30.0);
        if distance < 0.2 + wobble {
            let tone = 0.3 + 0.55 * smoothstep(0.24, 0.0, distance) + 0.2 * self.noise.at(x * 90.0, y * 90.0);
            return Some(Sample::new(tone, flower.centre_role, angle + FRAC_PI_2, 1.0));
        }
        // The outer ring of petals, and an inner ring on top, rotated by half a petal.
        for (ring_radius, shift, brightness) in [(0.64, 0.5, 0.1), (1.0, 0.0, 0.0)] {
            let phase = angle * flower.petals / TAU + flower.rotation + shift;
            let side = (phase - phase.round()).abs() * 2.0;
            let shape = 1.0 - side.powf(1.3 + 1.6 * (1.0 - flower.pointedness));
            let edge = ring_radius * (0.5 + 0.5 * shape.max(0.0).sqrt()) + wobble;
            if distance > edge {
                continue;
            }
            let along = distance / edge;
            let vein = 0.05 * (side * 19.0).cos();
            let tone = 0.42 + brightness + 0.42 * along.powf(1.3) - 0.24 * side.powi(4) + vein + flower.tone;
            let detail = 0.55 + 0.35 * smoothstep(0.8, 1.0, along);
            return Some(Sample::new(
                tone,
                flower.role,
                angle + 0.35 * (side - 0.5),
                detail,
            ));
        }
        None
    }

    fn stem(&self, flower: &Flower, x: f32, y: f32) -> Option<Sample> {
        let span = self.root.1 - flower.y;
        let down = (y - flower.y) / span;
        if !(0.0..1.0).contains(&down) {
            return None;
        }
        let bend = (down * PI).sin() * 0.05 * (flower.rotation - PI).signum();
        let line = flower.x + (self.root.0 - flower.x) * down.powf(1.6) + bend;
        let off = (x - line).abs();
        let slope = span.atan2(1.6 * (self.root.0 - flower.x) * down.powf(0.6));
        // Lens-shaped leaves along the stem.
        let leaf_phase = down * 5.0 + flower.rotation;
        let position = leaf_phase - leaf_phase.floor();
        let leaf =
            0.055 * (position * PI).sin().max(0.0) * f32::from(u8::from(leaf_phase.floor() % 2.0 < 0.5));
        if off < 0.007 {
            return Some(Sample::new(0.3, Role::Leaf, slope, 0.9));
        }
        (off < leaf && down > 0.12).then(|| {
            Sample::new(
                0.36 + 0.3 * off / leaf.max(0.001),
                Role::Leaf,
                slope + 0.5 * (x - line).signum(),
                0.7,
            )
        })
    }
}

impl Scene for Flowers {
    fn sample(&self, x: f32, y: f32) -> Sample {
        if let Some(sample) = self.flowers.iter().find_map(|flower| self.petal(flower, x, y)) {
            return sample;
        }
        if let Some(sample) = self.flowers.iter().find_map(|flower| self.stem(flower, x, y)) {
            return sample;
        }
        let soft = self.noise.warped(x * 1.6, y * 1.6, 0.8);
        let patch = self.noise.fractal(x * 3.1 + 40.0, y * 3.1, 2);
        let shade = self.flowers.iter().map(|flower| {
            let distance = (x - flower.x - 0.02).hypot(y - flower.y - 0.03) / flower.radius;
            (-(distance * distance) * 0.6).exp()
        });
        let shade = shade.fold(0.0_f32, f32::max);
        Sample::new(
            self.ground + 0.2 * soft - 0.16 * shade + 0.07 * patch,
            if patch + 0.3 * self.noise.at(x * 19.0, y * 19.0) > 0.34 {
                Role::Leaf
            } else {
                Role::Ground
            },
            2.4 * soft + x,
            0.2,
        )
    }
}
