//! Scenes: functions from a point of the picture to tone, role, direction and detail.
//!
//! The prompt selects the scene by a keyword or else by its hash. Random numbers from prompt and seed determine the layout.

mod flowers;
mod forest;
mod mountains;
mod sea;
mod sky;
mod swirls;
mod town;

use super::noise::Rng;

/// The semantic role of a point, which determines its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Sky and background.
    Sky,
    /// Ground, water and other large areas.
    Ground,
    Subject,
    /// Plants and secondary parts of the subject.
    Leaf,
    /// Highlights.
    Accent,
}

/// A point of a scene.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// From 0 (darkest) to 1 (lightest).
    pub tone: f32,
    pub role: Role,
    /// Brush direction in radians.
    pub angle: f32,
    /// From 0 (broad strokes) to 1 (finest strokes).
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

/// Size of the picture in units of its shorter side.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub width: f32,
    pub height: f32,
}

pub trait Scene {
    /// `x` and `y` are in units of the shorter side, from the upper left corner. Points may be slightly outside the frame.
    fn sample(&self, x: f32, y: f32) -> Sample;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mountains,
    Lake,
    Sea,
    Flowers,
    Forest,
    Town,
    Swirls,
}

const KINDS: [Kind; 7] = [
    Kind::Mountains,
    Kind::Lake,
    Kind::Sea,
    Kind::Flowers,
    Kind::Forest,
    Kind::Town,
    Kind::Swirls,
];

/// Keywords of the scenes. For each tag, the first match in this order is used.
const KEYWORDS: [(Kind, &[&str]); 7] = [
    (Kind::Lake, &["lake", "river", "reflection"]),
    (
        Kind::Sea,
        &[
            "sea", "ocean", "wave", "beach", "boat", "ship", "harbour", "harbor",
        ],
    ),
    (
        Kind::Mountains,
        &["mountain", "hill", "valley", "landscape", "desert", "snow"],
    ),
    (
        Kind::Flowers,
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
        Kind::Forest,
        &["forest", "tree", "wood", "jungle", "autumn", "park"],
    ),
    (Kind::Town, &["city", "town", "street", "building", "skyline"]),
    (Kind::Swirls, &["abstract", "swirl", "space", "dream", "galaxy"]),
];

const NIGHT_KEYWORDS: [&str; 6] = ["night", "moon", "star", "dark", "midnight", "winter"];

/// Creates the scene for the tags. `prompt_hash` selects it if no tag contains a keyword.
pub fn compose(tags: &[String], prompt_hash: u64, rng: &mut Rng, frame: Frame) -> Box<dyn Scene> {
    let night = has_keyword(tags, &NIGHT_KEYWORDS)
        || (!has_keyword(tags, &["sun", "day", "morning"]) && rng.next_f32() < 0.2);
    let sky = sky::Sky::new(rng, frame, night);
    match kind(tags, prompt_hash) {
        Kind::Mountains => Box::new(mountains::Mountains::new(rng, frame, sky, false)),
        Kind::Lake => Box::new(mountains::Mountains::new(rng, frame, sky, true)),
        Kind::Sea => Box::new(sea::Sea::new(rng, frame, sky)),
        Kind::Flowers => Box::new(flowers::Flowers::new(rng, frame, night)),
        Kind::Forest => Box::new(forest::Forest::new(rng, frame, night)),
        Kind::Town => Box::new(town::Town::new(rng, frame, sky, night)),
        Kind::Swirls => Box::new(swirls::Swirls::new(rng, frame)),
    }
}

fn kind(tags: &[String], prompt_hash: u64) -> Kind {
    let named = tags.iter().find_map(|tag| {
        let tag = tag.to_lowercase();
        let known = KEYWORDS
            .iter()
            .find(|(_, keywords)| keywords.iter().any(|keyword| matches(&tag, keyword)));
        known.map(|(kind, _)| *kind)
    });
    named.unwrap_or(KINDS[(prompt_hash % KINDS.len() as u64) as usize])
}

fn has_keyword(tags: &[String], keywords: &[&str]) -> bool {
    tags.iter().any(|tag| {
        let tag = tag.to_lowercase();
        keywords.iter().any(|keyword| matches(&tag, keyword))
    })
}

/// Whether a word of `tag` starts with `keyword`: "waves" matches "wave", "research" does not match "sea".
fn matches(tag: &str, keyword: &str) -> bool {
    tag.match_indices(keyword)
        .any(|(at, _)| !tag[..at].ends_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn keywords_or_else_the_hash_select_the_scene() {
        assert_eq!(kind(&tags(&["warm", "Mountains at dawn"]), 3), Kind::Mountains);
        assert_eq!(kind(&tags(&["research"]), 6), Kind::Swirls);
        assert_eq!(kind(&tags(&["고양이"]), 2), Kind::Sea);
        assert_eq!(kind(&[], 4), Kind::Forest);
    }

    #[test]
    fn samples_are_finite_everywhere() {
        let frame = Frame {
            width: 1.0,
            height: 2.0,
        };
        for hash in 0..KINDS.len() as u64 {
            for seed in 0..4 {
                let scene = compose(&[], hash, &mut Rng::new(seed), frame);
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
