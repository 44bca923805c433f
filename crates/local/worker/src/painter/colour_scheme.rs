//! Maps the roles of a scene to colours of the palette.

use super::noise::Rng;
use super::oklab::{Lab, chroma, distance_squared, mix};
use super::palette::{Palette, Swatch};
use super::scene::Role;

/// Minimum lightness range of a picture, so that shapes are visible in very light or dark styles.
const MIN_LIGHTNESS_RANGE: f32 = 0.5;

#[derive(Debug)]
pub struct ColourScheme {
    swatches: Vec<Swatch>,
    roles: [Lab; 5],
    dark: Lab,
    light: Lab,
}

impl ColourScheme {
    /// Assigns colours to the roles. Frequent colours are preferred for large areas, the most distinct colour is the accent.
    /// The rest is random.
    pub fn new(palette: &Palette, rng: &mut Rng) -> Self {
        let swatches = palette.swatches.clone();
        let (dark, light) = lightness_range(&swatches, palette.texture.contrast);
        let mean = mean(&swatches);
        let accent = best(&swatches, |swatch| {
            chroma(swatch.colour) * 1.5 + distance_squared(swatch.colour, mean).sqrt() + 0.05 * rng.next_f32()
        });
        let others: Vec<Swatch> = swatches
            .iter()
            .copied()
            .filter(|swatch| distance_squared(swatch.colour, accent) > 1e-6)
            .collect();
        let pool = if others.is_empty() { &swatches } else { &others };
        let sky = best(pool, |swatch| (swatch.weight + 0.04).sqrt() * rng.range(0.4, 1.0));
        let ground = best(pool, |swatch| {
            (hue_distance(swatch.colour, sky) + 0.02) * (swatch.weight + 0.08) * rng.range(0.5, 1.0)
        });
        let subject = best(pool, |swatch| {
            let distance = hue_distance(swatch.colour, sky).min(hue_distance(swatch.colour, ground));
            (distance + 0.01) * (1.0 + 4.0 * chroma(swatch.colour)) * rng.range(0.6, 1.0)
        });
        let leaf = best(pool, |swatch| {
            let distance = distance_squared(swatch.colour, subject)
                .min(distance_squared(swatch.colour, sky))
                .sqrt();
            (distance + 0.02) * rng.range(0.5, 1.0)
        });
        Self {
            swatches,
            roles: [sky, ground, subject, leaf, accent],
            dark,
            light,
        }
    }

    /// The colour of a role at a tone from 0 (darkest) to 1 (lightest): a gradient from the darkest colour of the palette
    /// over the colour of the role to the lightest.
    pub fn colour(&self, role: Role, tone: f32) -> Lab {
        let base = self.roles[role as usize];
        let lightness = self.lightness(tone);
        let mut colour = if lightness < base[0] {
            let t = (base[0] - lightness) / (base[0] - self.dark[0]).max(0.05);
            mix(base, self.dark, 0.75 * t.min(1.0))
        } else {
            let t = (lightness - base[0]) / (self.light[0] - base[0]).max(0.05);
            mix(base, self.light, 0.7 * t.min(1.0))
        };
        colour[0] = lightness;
        colour
    }

    /// Mixes in a random colour of similar lightness, so that areas are not flat.
    pub fn vary(&self, colour: Lab, rng: &mut Rng, strength: f32) -> Lab {
        let affinity = |swatch: &Swatch| {
            (-((swatch.colour[0] - colour[0]) / 0.16).powi(2)).exp() * (swatch.weight + 0.03)
        };
        let total: f32 = self.swatches.iter().map(affinity).sum();
        let mut remaining = rng.next_f32() * total;
        let drawn = self.swatches.iter().find(|swatch| {
            remaining -= affinity(swatch);
            remaining <= 0.0
        });
        let other = drawn.map_or(colour, |swatch| swatch.colour);
        let mut mixed = mix(colour, other, strength * rng.next_f32());
        mixed[0] = colour[0] + rng.range(-0.07, 0.07) * strength + rng.range(-0.012, 0.012);
        mixed
    }

    fn lightness(&self, tone: f32) -> f32 {
        self.dark[0] + (self.light[0] - self.dark[0]) * tone.clamp(0.0, 1.0)
    }
}

/// The darkest and the lightest colour. Their lightness is moved apart if the range is too small.
fn lightness_range(swatches: &[Swatch], contrast: f32) -> (Lab, Lab) {
    let by_lightness = |one: &&Swatch, other: &&Swatch| one.colour[0].total_cmp(&other.colour[0]);
    let grey = [0.6, 0.0, 0.0];
    let mut dark = swatches
        .iter()
        .min_by(by_lightness)
        .map_or(grey, |swatch| swatch.colour);
    let mut light = swatches
        .iter()
        .max_by(by_lightness)
        .map_or(grey, |swatch| swatch.colour);
    let span = (MIN_LIGHTNESS_RANGE + contrast).min(0.8);
    let missing = span - (light[0] - dark[0]);
    if missing > 0.0 {
        let up = (0.97 - light[0]).max(0.0).min(missing * 0.5);
        light[0] += up;
        dark[0] = (dark[0] - (missing - up)).max(0.1);
        light[0] = light[0].max(dark[0] + span).min(0.98);
    }
    (dark, light)
}

fn mean(swatches: &[Swatch]) -> Lab {
    let mut mean = [0.0; 3];
    for swatch in swatches {
        for (sum, component) in mean.iter_mut().zip(swatch.colour) {
            *sum += component * swatch.weight;
        }
    }
    mean
}

fn hue_distance(one: Lab, other: Lab) -> f32 {
    (one[1] - other[1]).hypot(one[2] - other[2]) + 0.25 * (one[0] - other[0]).abs()
}

/// The colour with the highest score; medium grey without swatches.
fn best(swatches: &[Swatch], mut score: impl FnMut(&Swatch) -> f32) -> Lab {
    let mut found = ([0.6, 0.0, 0.0], f32::NEG_INFINITY);
    for swatch in swatches {
        let value = score(swatch);
        if value > found.1 {
            found = (swatch.colour, value);
        }
    }
    found.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::painter::palette::flat_palette as palette;

    #[test]
    fn lightness_increases_with_tone_in_every_role() {
        let scheme = ColourScheme::new(
            &palette(&[[0.3, 0.1, 0.0], [0.8, 0.0, 0.1], [0.5, -0.1, -0.1]]),
            &mut Rng::new(1),
        );
        for role in [Role::Sky, Role::Ground, Role::Subject, Role::Leaf, Role::Accent] {
            let steps: Vec<f32> = (0..=10_u8)
                .map(|step| scheme.colour(role, f32::from(step) / 10.0)[0])
                .collect();
            assert!(steps.is_sorted(), "{role:?}: {steps:?}");
        }
    }

    #[test]
    fn a_palette_with_one_colour_has_light_and_dark_tones_of_that_hue() {
        let scheme = ColourScheme::new(&palette(&[[0.6, 0.15, 0.05]]), &mut Rng::new(2));
        let (dark, light) = (scheme.colour(Role::Sky, 0.0), scheme.colour(Role::Sky, 1.0));
        assert!(light[0] - dark[0] > 0.45);
        assert!(dark[1] > 0.1 && light[1] > 0.1, "{dark:?} {light:?}");
    }
}
