//! What went wrong with one attempt, in words that hold no secret, and whether the next one may go better.

use std::error::Error;

use domain::object::ObjectError;
use s3::error::S3Error;

/// The longest error code that is repeated in our own words.
const MAX_CODE_BYTES: usize = 64;

/// The failure of one attempt.
#[derive(Debug)]
pub(crate) enum Failure {
    /// May pass: the network, or a store that is overloaded or fails.
    Passing(String),
    /// Would be the same next time.
    Final(ObjectError),
}

impl Failure {
    /// The call is refused for good.
    pub(crate) fn refused(reason: impl Into<String>) -> Self {
        Self::Final(ObjectError::Refused(reason.into()))
    }

    /// An answer that is not a success. Of its body only the code is used: the rest may repeat what was signed.
    pub(crate) fn answer(status: u16, body: &str) -> Self {
        let code = code_of(body);
        let reason = match code {
            Some(code) => format!("it answered {status} {code}"),
            None => format!("it answered {status}"),
        };
        match (status, code) {
            (_, Some("NoSuchBucket")) | (501, _) => Self::refused(reason),
            (404, _) => Self::Final(ObjectError::NotFound),
            // S3 reports a failure during a copy, and a body that came too slowly, with unfitting numbers.
            (200..=299 | 408 | 429 | 500.., _) | (400, Some("RequestTimeout")) => Self::Passing(reason),
            _ => Self::refused(reason),
        }
    }

    /// What is left when it was the last attempt.
    pub(crate) fn into_error(self) -> ObjectError {
        match self {
            Self::Passing(reason) => ObjectError::Unavailable(reason),
            Self::Final(error) => error,
        }
    }
}

impl From<S3Error> for Failure {
    fn from(error: S3Error) -> Self {
        match error {
            S3Error::HttpFailWithBody(status, body) => Self::answer(status, &body),
            S3Error::Reqwest(error) => error.into(),
            S3Error::SerdeXml(_) | S3Error::Utf8(_) => {
                Self::Passing("its answer cannot be understood".to_owned())
            }
            // What is left is about forming and signing the request; its details are not for others to read.
            _ => Self::refused("the request cannot be formed"),
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        if error.is_builder() || error.is_redirect() {
            return Self::refused("the request cannot be sent");
        }
        let what = if error.is_timeout() {
            return Self::Passing("it did not answer in time".to_owned());
        } else if error.is_connect() {
            "it cannot be reached"
        } else {
            "the connection broke"
        };
        // The outer errors name the address with its signature; the innermost one is the system's.
        let error = error.without_url();
        match innermost(&error) {
            Some(cause) => Self::Passing(format!("{what}: {cause}")),
            None => Self::Passing(what.to_owned()),
        }
    }
}

fn innermost(error: &reqwest::Error) -> Option<&(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source()).last()
}

/// The error code in S3's XML, when it looks like one.
fn code_of(body: &str) -> Option<&str> {
    let (_, rest) = body.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let plain = code.len() <= MAX_CODE_BYTES && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (plain && !code.is_empty()).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(code: &str) -> String {
        format!("<Error><Code>{code}</Code><StringToSign>secret</StringToSign></Error>")
    }

    #[test]
    fn failures_of_the_store_may_pass_and_refusals_do_not() {
        for status in [408, 429, 500, 502, 503, 504] {
            let failure = Failure::answer(status, "");
            assert!(matches!(failure, Failure::Passing(_)), "{status}");
        }
        for status in [301, 400, 401, 403, 405, 409, 412, 413, 501] {
            let failure = Failure::answer(status, "");
            assert!(
                matches!(failure, Failure::Final(ObjectError::Refused(_))),
                "{status}"
            );
        }
        assert!(matches!(
            Failure::answer(400, &body("RequestTimeout")),
            Failure::Passing(_)
        ));
        assert!(matches!(
            Failure::answer(200, &body("InternalError")),
            Failure::Passing(_)
        ));
    }

    #[test]
    fn a_missing_object_is_told_from_a_missing_bucket() {
        assert!(matches!(
            Failure::answer(404, ""),
            Failure::Final(ObjectError::NotFound)
        ));
        assert!(matches!(
            Failure::answer(404, &body("NoSuchKey")),
            Failure::Final(ObjectError::NotFound)
        ));
        assert!(matches!(
            Failure::answer(404, &body("NoSuchBucket")),
            Failure::Final(ObjectError::Refused(_))
        ));
    }

    #[test]
    fn only_the_code_of_an_answer_is_repeated() {
        let text = Failure::answer(403, &body("SignatureDoesNotMatch"))
            .into_error()
            .to_string();
        assert_eq!(
            text,
            "the object store refused the call: it answered 403 SignatureDoesNotMatch"
        );
        let text = Failure::answer(403, &body("a secret?")).into_error().to_string();
        assert_eq!(text, "the object store refused the call: it answered 403");
    }
}
