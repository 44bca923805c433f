//! Scenes: light, dark and roles at every point of the picture, before any colour or brush.
//!
//! The prompt chooses the scene, by a known word or else by its hash, and the dice (prompt and seed together)
//! arrange it.

mod bloom;
mod eddies;
mod grove;
mod ridges;
mod sea;
mod sky;
mod town;

use super::noise::Dice;

/// The pigment of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Air and background.
    Sky,
    /// Earth, water, the large quiet areas.
    Ground,
    Subject,
    /// Second tone of the subject, and plants.
    Leaf,
    /// The few highlights.
    Accent,
}

/// One point of a scene.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// 0 (darkest) to 1 (lightest).
    pub tone: f32,
    pub role: Role,
    /// Direction of the brush, in radians.
    pub angle: f32,
    /// 0 for broad strokes, 1 for the finest.
    pub detail: f32,
}

impl Sample {
    fn new(tone: f32, role: Role, angle: f32, detail: f32) -> Self {
        Self {
            tone,
            role,
            angle,
            detail,
        }
    }
}

/// The picture's size; its shorter side is 1.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub width: f32,
    pub height: f32,
}

pub trait Scene {
    /// The sample at a point, measured in shorter sides from the upper left corner; also for points somewhat
    /// outside the frame.
    fn sample(&self, x: f32, y: f32) -> Sample;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ridges,
    Lake,
    Sea,
    Bloom,
    Grove,
    Town,
    Eddies,
}

const KINDS: [Kind; 7] = [
    Kind::Ridges,
    Kind::Lake,
    Kind::Sea,
    Kind::Bloom,
    Kind::Grove,
    Kind::Town,
    Kind::Eddies,
];

/// Words of a prompt that name a scene. They are searched in this order, within each tag.
const WORDS: [(Kind, &[&str]); 7] = [
    (Kind::Lake, &["lake", "river", "reflection"]),
    (
        Kind::Sea,
        &[
            "sea", "ocean", "wave", "beach", "boat", "ship", "harbour", "harbor",
        ],
    ),
    (
        Kind::Ridges,
        &["mountain", "hill", "valley", "landscape", "desert", "snow"],
    ),
    (
        Kind::Bloom,
        &[
            "flower",
            "garden",
            "bloom",
            "rose",
            "spring",
            "still life",
            "bouquet",
        ],
    ),
    (
        Kind::Grove,
        &["forest", "tree", "wood", "jungle", "autumn", "park"],
    ),
    (Kind::Town, &["city", "town", "street", "building", "skyline"]),
    (Kind::Eddies, &["abstract", "swirl", "space", "dream", "galaxy"]),
];

const NIGHT: [&str; 6] = ["night", "moon", "star", "dark", "midnight", "winter"];

/// Arranges a scene for the tags; `prompt_hash` decides if no tag names a scene.
pub fn compose(tags: &[String], prompt_hash: u64, dice: &mut Dice, frame: Frame) -> Box<dyn Scene> {
    let night = has_word(tags, &NIGHT) || (!has_word(tags, &["sun", "day", "morning"]) && dice.unit() < 0.2);
    let sky = sky::Sky::new(dice, frame, night);
    match kind(tags, prompt_hash) {
        Kind::Ridges => Box::new(ridges::Ridges::new(dice, frame, sky, false)),
        Kind::Lake => Box::new(ridges::Ridges::new(dice, frame, sky, true)),
        Kind::Sea => Box::new(sea::Sea::new(dice, frame, sky)),
        Kind::Bloom => Box::new(bloom::Bloom::new(dice, frame, night)),
        Kind::Grove => Box::new(grove::Grove::new(dice, frame, night)),
        Kind::Town => Box::new(town::Town::new(dice, frame, sky, night)),
        Kind::Eddies => Box::new(eddies::Eddies::new(dice, frame)),
    }
}

fn kind(tags: &[String], prompt_hash: u64) -> Kind {
    let named = tags.iter().find_map(|tag| {
        let tag = tag.to_lowercase();
        let known = WORDS
            .iter()
            .find(|(_, words)| words.iter().any(|word| names(&tag, word)));
        known.map(|(kind, _)| *kind)
    });
    named.unwrap_or(KINDS[(prompt_hash % KINDS.len() as u64) as usize])
}

fn has_word(tags: &[String], words: &[&str]) -> bool {
    tags.iter().any(|tag| {
        let tag = tag.to_lowercase();
        words.iter().any(|word| names(&tag, word))
    })
}

/// Whether a word of `tag` starts with `word`: "waves" names "wave", "research" does not name "sea".
fn names(tag: &str, word: &str) -> bool {
    tag.match_indices(word)
        .any(|(at, _)| !tag[..at].ends_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_known_word_chooses_the_scene_and_the_hash_decides_otherwise() {
        assert_eq!(kind(&tags(&["warm", "Mountains at dawn"]), 3), Kind::Ridges);
        assert_eq!(kind(&tags(&["research"]), 6), Kind::Eddies);
        assert_eq!(kind(&tags(&["고양이"]), 2), Kind::Sea);
        assert_eq!(kind(&[], 4), Kind::Grove);
    }

    #[test]
    fn every_scene_answers_with_sound_numbers_everywhere() {
        let frame = Frame {
            width: 1.0,
            height: 2.0,
        };
        for hash in 0..KINDS.len() as u64 {
            for seed in 0..4 {
                let scene = compose(&[], hash, &mut Dice::new(seed), frame);
                for step in 0..400_u16 {
                    let (x, y) = (
                        f32::from(step % 20) * 0.06 - 0.1,
                        f32::from(step / 20) * 0.11 - 0.1,
                    );
                    let sample = scene.sample(x, y);
                    assert!(sample.tone.is_finite() && sample.angle.is_finite() && sample.detail.is_finite());
                }
            }
        }
    }
}
