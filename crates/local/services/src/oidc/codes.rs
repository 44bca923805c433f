//! Authorization codes: each can be redeemed once, within one minute.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::secrets::random_token;

const CODE_LIFETIME: Duration = Duration::from_mins(1);

/// The data that belongs to an authorization code.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Grant {
    pub(super) email: String,
    /// The exchange must send the same URI.
    pub(super) redirect_uri: String,
    /// The PKCE challenge (S256).
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
}

impl Grant {
    pub(super) fn matches_verifier(&self, verifier: &str) -> bool {
        URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == self.challenge
    }
}

/// The codes that are not redeemed yet.
#[derive(Default)]
pub(super) struct Codes {
    open: HashMap<String, (Instant, Grant)>,
}

impl Codes {
    pub(super) fn issue(&mut self, grant: Grant, now: Instant) -> String {
        self.open
            .retain(|_, (issued, _)| now.saturating_duration_since(*issued) < CODE_LIFETIME);
        let code = random_token();
        self.open.insert(code.clone(), (now, grant));
        code
    }

    /// Removes the code, even if the exchange fails later.
    pub(super) fn redeem(&mut self, code: &str, now: Instant) -> Option<Grant> {
        let (issued, grant) = self.open.remove(code)?;
        (now.saturating_duration_since(issued) < CODE_LIFETIME).then_some(grant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> Grant {
        Grant {
            email: "artist@example.com".to_owned(),
            redirect_uri: "http://localhost/callback".to_owned(),
            challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
            nonce: None,
        }
    }

    #[test]
    fn a_code_can_be_redeemed_once() {
        let (mut codes, now) = (Codes::default(), Instant::now());
        let code = codes.issue(grant(), now);
        assert_eq!(codes.redeem(&code, now), Some(grant()));
        assert_eq!(codes.redeem(&code, now), None);
    }

    #[test]
    fn a_code_expires_after_one_minute() {
        let (mut codes, now) = (Codes::default(), Instant::now());
        let late = codes.issue(grant(), now);
        let in_time = codes.issue(grant(), now);
        assert_eq!(
            codes.redeem(&in_time, now + Duration::from_secs(59)),
            Some(grant())
        );
        assert_eq!(codes.redeem(&late, now + CODE_LIFETIME), None);
    }

    #[test]
    fn the_challenge_matches_the_example_of_rfc_7636() {
        assert!(grant().matches_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!grant().matches_verifier("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
    }
}
