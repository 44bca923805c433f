//! The sky of several scenes: a gradient, clouds, and the sun or moon with its glow.

use std::f32::consts::FRAC_PI_2;

use super::{Frame, Role, Sample};
use crate::painter::noise::{Noise, Rng, smoothstep};

#[derive(Debug, Clone)]
pub struct Sky {
    /// Distance of the horizon from the upper edge.
    pub horizon: f32,
    /// Centre and radius of the sun or moon.
    pub disc: (f32, f32, f32),
    night: bool,
    clouds: Noise,
    cover: f32,
    stretch: f32,
    stars: Noise,
}

impl Sky {
    pub fn new(rng: &mut Rng, frame: Frame, night: bool) -> Self {
        let horizon = frame.height * rng.range(0.42, 0.6);
        let radius = rng.range(0.045, 0.11);
        let disc = (
            frame.width * rng.range(0.18, 0.82),
            horizon
                * if night {
                    rng.range(0.22, 0.5)
                } else {
                    rng.range(0.3, 0.85)
                },
            radius,
        );
        Self {
            horizon,
            disc,
            night,
            clouds: Noise::new(rng),
            cover: rng.range(-0.12, 0.16),
            stretch: rng.range(1.6, 3.4),
            stars: Noise::new(rng),
        }
    }

    /// Tone at the horizon. Distant objects are blended into it.
    pub fn haze(&self) -> f32 {
        if self.night { 0.42 } else { 0.8 }
    }

    pub fn sample(&self, x: f32, y: f32) -> Sample {
        let (sun_x, sun_y, radius) = self.disc;
        let (from_x, from_y) = (x - sun_x, y - sun_y);
        let distance = from_x.hypot(from_y);
        let depth = (y / self.horizon).clamp(0.0, 1.0);
        if distance < radius {
            let tone = if self.night { 0.97 } else { 1.0 } - 0.12 * smoothstep(0.0, radius, distance);
            return Sample::new(tone, Role::Accent, from_y.atan2(from_x) + FRAC_PI_2, 0.8);
        }
        let low = if self.night { 0.07 } else { 0.46 };
        let mut tone = low + (self.haze() - low) * depth.powf(1.4);
        let glow = (-(distance - radius) / 0.16).exp();
        tone += glow * if self.night { 0.28 } else { 0.2 };

        let drift = self.clouds.warped(x * 1.5, y * 1.5 * self.stretch, 0.7);
        let cloud = smoothstep(0.02, 0.38, drift + self.cover);
        let edge =
            smoothstep(0.05, 0.2, drift + self.cover) * (1.0 - smoothstep(0.2, 0.45, drift + self.cover));
        let mut role = Role::Sky;
        // With noise, so that a cloud has no sharp outline.
        if cloud > 0.5 + 0.35 * self.stars.at(x * 21.0, y * 34.0) {
            role = Role::Leaf;
        }
        tone += cloud * if self.night { 0.14 } else { 0.1 } + edge * 0.08 - drift * 0.08;
        let mut detail = 0.15 + 0.3 * edge;
        if self.night && cloud < 0.3 && depth < 0.9 && self.stars.at(x * 42.0, y * 42.0) > 0.78 {
            tone = 0.92;
            role = Role::Accent;
            detail = 1.0;
        }
        if glow > 0.42 && role == Role::Sky {
            role = Role::Accent;
            tone = (tone + 0.1).min(0.95);
        }

        // Brush strokes are circular near the disc and follow the clouds elsewhere.
        let circling = from_y.atan2(from_x) + FRAC_PI_2;
        let drifting = 0.9 * self.clouds.fractal(x * 1.3 + 20.0, y * 1.9, 2);
        let weight = (-(distance / 0.3).powi(2)).exp();
        Sample::new(tone, role, blend_angles(drifting, circling, weight), detail)
    }
}

/// Interpolates two brush directions, which are angles modulo π.
pub fn blend_angles(from: f32, to: f32, t: f32) -> f32 {
    let (sine, cosine) = ((2.0 * from).sin(), (2.0 * from).cos());
    let (other_sine, other_cosine) = ((2.0 * to).sin(), (2.0 * to).cos());
    0.5 * (sine + (other_sine - sine) * t).atan2(cosine + (other_cosine - cosine) * t)
}
