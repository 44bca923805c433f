//! The colours of a picture's parts, all mixed from the style's palette.

use super::noise::Dice;
use super::oklab::{Lab, chroma, distance_squared, mix};
use super::palette::{Palette, Swatch};
use super::scene::Role;

/// Least distance between the picture's darkest and lightest tone, so that a pale or a dark style still
/// shows shapes.
const LEAST_SPAN: f32 = 0.5;

#[derive(Debug)]
pub struct Pigments {
    swatches: Vec<Swatch>,
    roles: [Lab; 5],
    dark: Lab,
    light: Lab,
}

impl Pigments {
    /// Assigns the style's colours to the roles. The most frequent colours tend to the large areas, the one
    /// that stands out most becomes the accent; the dice vary the rest.
    pub fn new(palette: &Palette, dice: &mut Dice) -> Self {
        let swatches = palette.swatches.clone();
        let (dark, light) = ends(&swatches, palette.texture.contrast);
        let mean = mean(&swatches);
        let accent = best(&swatches, |swatch| {
            chroma(swatch.colour) * 1.5 + distance_squared(swatch.colour, mean).sqrt() + 0.05 * dice.unit()
        });
        let others: Vec<Swatch> = swatches
            .iter()
            .copied()
            .filter(|swatch| distance_squared(swatch.colour, accent) > 1e-6)
            .collect();
        let pool = if others.is_empty() { &swatches } else { &others };
        let sky = best(pool, |swatch| {
            (swatch.weight + 0.04).sqrt() * dice.range(0.4, 1.0)
        });
        let ground = best(pool, |swatch| {
            (hue_distance(swatch.colour, sky) + 0.02) * (swatch.weight + 0.08) * dice.range(0.5, 1.0)
        });
        let subject = best(pool, |swatch| {
            let apart = hue_distance(swatch.colour, sky).min(hue_distance(swatch.colour, ground));
            (apart + 0.01) * (1.0 + 4.0 * chroma(swatch.colour)) * dice.range(0.6, 1.0)
        });
        let leaf = best(pool, |swatch| {
            let apart = distance_squared(swatch.colour, subject)
                .min(distance_squared(swatch.colour, sky))
                .sqrt();
            (apart + 0.02) * dice.range(0.5, 1.0)
        });
        Self {
            swatches,
            roles: [sky, ground, subject, leaf, accent],
            dark,
            light,
        }
    }

    /// The colour of a role at a tone from 0 (darkest) to 1 (lightest): from the dark end over the role's
    /// own colour to the light end, so that shadows and lights keep to the style as well.
    pub fn colour(&self, role: Role, tone: f32) -> Lab {
        let base = self.roles[role as usize];
        let wanted = self.lightness(tone);
        let mut colour = if wanted < base[0] {
            let share = (base[0] - wanted) / (base[0] - self.dark[0]).max(0.05);
            mix(base, self.dark, 0.75 * share.min(1.0))
        } else {
            let share = (wanted - base[0]) / (self.light[0] - base[0]).max(0.05);
            mix(base, self.light, 0.7 * share.min(1.0))
        };
        colour[0] = wanted;
        colour
    }

    /// Mixes in one of the palette's colours of similar lightness, so that areas are not flat.
    pub fn varied(&self, colour: Lab, dice: &mut Dice, strength: f32) -> Lab {
        let affinity = |swatch: &Swatch| {
            (-((swatch.colour[0] - colour[0]) / 0.16).powi(2)).exp() * (swatch.weight + 0.03)
        };
        let total: f32 = self.swatches.iter().map(affinity).sum();
        let mut left = dice.unit() * total;
        let drawn = self.swatches.iter().find(|swatch| {
            left -= affinity(swatch);
            left <= 0.0
        });
        let other = drawn.map_or(colour, |swatch| swatch.colour);
        let mut mixed = mix(colour, other, strength * dice.unit());
        mixed[0] = colour[0] + dice.range(-0.07, 0.07) * strength + dice.range(-0.012, 0.012);
        mixed
    }

    fn lightness(&self, tone: f32) -> f32 {
        self.dark[0] + (self.light[0] - self.dark[0]) * tone.clamp(0.0, 1.0)
    }
}

/// The darkest and the lightest colour, moved apart if they are too close for a picture.
fn ends(swatches: &[Swatch], contrast: f32) -> (Lab, Lab) {
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
    let span = (LEAST_SPAN + contrast).min(0.8);
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
        for (sum, part) in mean.iter_mut().zip(swatch.colour) {
            *sum += part * swatch.weight;
        }
    }
    mean
}

fn hue_distance(one: Lab, other: Lab) -> f32 {
    (one[1] - other[1]).hypot(one[2] - other[2]) + 0.25 * (one[0] - other[0]).abs()
}

/// The swatch with the highest score; middle grey when there is none.
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
    fn tones_rise_from_dark_to_light_in_every_role() {
        let pigments = Pigments::new(
            &palette(&[[0.3, 0.1, 0.0], [0.8, 0.0, 0.1], [0.5, -0.1, -0.1]]),
            &mut Dice::new(1),
        );
        for role in [Role::Sky, Role::Ground, Role::Subject, Role::Leaf, Role::Accent] {
            let steps: Vec<f32> = (0..=10_u8)
                .map(|step| pigments.colour(role, f32::from(step) / 10.0)[0])
                .collect();
            assert!(steps.is_sorted(), "{role:?}: {steps:?}");
        }
    }

    #[test]
    fn a_style_of_one_colour_still_has_lights_and_shadows_of_that_hue() {
        let pigments = Pigments::new(&palette(&[[0.6, 0.15, 0.05]]), &mut Dice::new(2));
        let (dark, light) = (pigments.colour(Role::Sky, 0.0), pigments.colour(Role::Sky, 1.0));
        assert!(light[0] - dark[0] > 0.45);
        assert!(dark[1] > 0.1 && light[1] > 0.1, "{dark:?} {light:?}");
    }
}
