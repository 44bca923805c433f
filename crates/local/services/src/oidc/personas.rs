//! The users of the sign-in page. Any other e-mail address works too.

use sha2::{Digest, Sha256};

const MAX_EMAIL_BYTES: usize = 254;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Persona {
    pub name: &'static str,
    /// Identifies the account.
    pub email: &'static str,
    /// One short line for the page.
    pub purpose: &'static str,
}

/// In the order of the page.
pub const PERSONAS: [Persona; 3] = [
    Persona {
        name: "Demo Artist",
        email: "artist@example.com",
        purpose: "teaches styles and earns with them",
    },
    Persona {
        name: "Demo Collector",
        email: "collector@example.com",
        purpose: "has images made in other people's styles",
    },
    Persona {
        name: "Demo Admin",
        email: "admin@example.com",
        purpose: "looks after the platform",
    },
];

/// A valid e-mail has two non-empty parts around one `@` and no white space.
pub(super) fn parse_email(text: &str) -> Option<String> {
    let email = text.trim();
    let (local, domain) = email.split_once('@')?;
    let printable = email.chars().all(|c| !c.is_whitespace() && !c.is_control());
    let complete = !local.is_empty() && !domain.is_empty() && !domain.contains('@');
    (printable && complete && email.len() <= MAX_EMAIL_BYTES).then(|| email.to_owned())
}

/// The stable subject id for an e-mail: 32 hex digits.
pub(super) fn subject_of(email: &str) -> String {
    let digest = Sha256::digest(email.to_lowercase());
    hex::encode(&digest[..16])
}

/// The name of the persona, or a name derived from the local part of the e-mail (`kim.lee@…` becomes `Kim Lee`).
pub(super) fn name_of(email: &str) -> String {
    let has_email = |persona: &&Persona| persona.email.eq_ignore_ascii_case(email);
    if let Some(persona) = PERSONAS.iter().find(has_email) {
        return persona.name.to_owned();
    }
    let local = email.split_once('@').map_or(email, |(local, _)| local);
    let words: Vec<String> = local
        .split(['.', '_', '-', '+'])
        .filter(|word| !word.is_empty())
        .map(capitalized)
        .collect();
    if words.is_empty() {
        local.to_owned()
    } else {
        words.join(" ")
    }
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{name_of, parse_email, subject_of};

    #[test]
    fn an_email_has_two_parts_and_no_white_space() {
        assert_eq!(
            parse_email(" artist@example.com ").as_deref(),
            Some("artist@example.com")
        );
        for text in [
            "",
            "artist",
            "@example.com",
            "artist@",
            "a b@example.com",
            "a@b@c",
            "a\n@example.com",
        ] {
            assert_eq!(parse_email(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_subject_is_stable_and_does_not_depend_on_case() {
        let subject = subject_of("artist@example.com");
        assert_eq!(subject.len(), 32);
        assert_eq!(subject, subject_of("Artist@Example.com"));
        assert_ne!(subject, subject_of("collector@example.com"));
    }

    #[test]
    fn names_come_from_the_persona_or_the_email() {
        assert_eq!(name_of("artist@example.com"), "Demo Artist");
        assert_eq!(name_of("new.buyer+2@example.com"), "New Buyer 2");
        assert_eq!(name_of("_@example.com"), "_");
    }
}
