//! Flowers in front of a soft ground.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use super::{Frame, Role, Sample, Scene};
use crate::painter::noise::{Dice, Noise, smoothstep};

struct Flower {
    x: f32,
    y: f32,
    radius: f32,
    petals: f32,
    turn: f32,
    pointed: f32,
    tilt: f32,
    role: Role,
    heart: Role,
    tone: f32,
}

pub struct Bloom {
    /// From the nearest to the farthest.
    flowers: Vec<Flower>,
    noise: Noise,
    root: (f32, f32),
    ground: f32,
}

impl Bloom {
    pub fn new(dice: &mut Dice, frame: Frame, night: bool) -> Self {
        let wanted = ((6 + dice.below(7)) as f32 * frame.height.sqrt()) as usize;
        let mut flowers: Vec<Flower> = Vec::with_capacity(wanted);
        let petals = (5 + dice.below(5)) as f32;
        let pointed = dice.unit();
        for _ in 0..wanted * 12 {
            let radius = 0.07 + 0.16 * dice.unit().powi(2);
            let x = frame.width * dice.range(0.08, 0.92);
            let y = frame.height * dice.range(0.1, 0.72);
            let free = flowers
                .iter()
                .all(|other| (other.x - x).hypot(other.y - y) > 0.82 * (other.radius + radius));
            if free && flowers.len() < wanted {
                flowers.push(Flower {
                    x,
                    y,
                    radius,
                    petals: petals + dice.below(3) as f32,
                    turn: dice.range(0.0, TAU),
                    pointed: (pointed + dice.range(-0.2, 0.2)).clamp(0.0, 1.0),
                    tilt: dice.range(0.62, 1.0),
                    role: [Role::Subject, Role::Subject, Role::Accent, Role::Sky][dice.below(4)],
                    heart: [Role::Accent, Role::Ground][dice.below(2)],
                    tone: dice.range(-0.08, 0.08),
                });
            }
        }
        flowers.sort_by(|one, other| other.radius.total_cmp(&one.radius));
        let ground = if night { 0.16 } else { [0.26, 0.7][dice.below(2)] };
        let root = (frame.width * dice.range(0.35, 0.65), frame.height * 1.15);
        Self {
            flowers,
            noise: Noise::new(dice),
            root,
            ground,
        }
    }

    fn petal(&self, flower: &Flower, x: f32, y: f32) -> Option<Sample> {
        let (from_x, from_y) = (x - flower.x, (y - flower.y) / flower.tilt);
        let away = from_x.hypot(from_y) / flower.radius;
        if away > 1.15 {
            return None;
        }
        let around = from_y.atan2(from_x);
        let wobble = 0.07 * self.noise.at(around * 2.0 + flower.turn * 9.0, flower.x * 30.0);
        if away < 0.2 + wobble {
            let tone = 0.3 + 0.55 * smoothstep(0.24, 0.0, away) + 0.2 * self.noise.at(x * 90.0, y * 90.0);
            return Some(Sample::new(tone, flower.heart, around + FRAC_PI_2, 1.0));
        }
        // An outer wreath of petals, and an inner one turned by half a petal and lying on top.
        for (reach, shift, lift) in [(0.64, 0.5, 0.1), (1.0, 0.0, 0.0)] {
            let phase = around * flower.petals / TAU + flower.turn + shift;
            let side = (phase - phase.round()).abs() * 2.0;
            let shape = 1.0 - side.powf(1.3 + 1.6 * (1.0 - flower.pointed));
            let edge = reach * (0.5 + 0.5 * shape.max(0.0).sqrt()) + wobble;
            if away > edge {
                continue;
            }
            let along = away / edge;
            let vein = 0.05 * (side * 19.0).cos();
            let tone = 0.42 + lift + 0.42 * along.powf(1.3) - 0.24 * side.powi(4) + vein + flower.tone;
            let detail = 0.55 + 0.35 * smoothstep(0.8, 1.0, along);
            return Some(Sample::new(
                tone,
                flower.role,
                around + 0.35 * (side - 0.5),
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
        let bend = (down * PI).sin() * 0.05 * (flower.turn - PI).signum();
        let line = flower.x + (self.root.0 - flower.x) * down.powf(1.6) + bend;
        let off = (x - line).abs();
        let slope = span.atan2(1.6 * (self.root.0 - flower.x) * down.powf(0.6));
        // Leaves sit along the stem like lenses.
        let beat = down * 5.0 + flower.turn;
        let place = beat - beat.floor();
        let leaf = 0.055 * (place * PI).sin().max(0.0) * f32::from(u8::from(beat.floor() % 2.0 < 0.5));
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

impl Scene for Bloom {
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
            let away = (x - flower.x - 0.02).hypot(y - flower.y - 0.03) / flower.radius;
            (-(away * away) * 0.6).exp()
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
