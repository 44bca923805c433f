//! Classifies the failure of one attempt: transient or final. The texts contain no secrets.

use std::error::Error;

use domain::object::ObjectError;
use s3::error::S3Error;

/// Longer error codes are left out.
const MAX_CODE_BYTES: usize = 64;

#[derive(Debug)]
pub(crate) enum Failure {
    /// A retry may succeed: a network error, or an overloaded or failing store.
    Transient(String),
    /// A retry would fail in the same way.
    Final(ObjectError),
}

impl Failure {
    pub(crate) fn refused(reason: impl Into<String>) -> Self {
        Self::Final(ObjectError::Refused(reason.into()))
    }

    /// Only the error code of the body is used: the rest may contain the signed request.
    pub(crate) fn from_response(status: u16, body: &str) -> Self {
        let code = error_code(body);
        let reason = match code {
            Some(code) => format!("it answered {status} {code}"),
            None => format!("it answered {status}"),
        };
        match (status, code) {
            (_, Some("NoSuchBucket")) | (501, _) => Self::refused(reason),
            (404, _) => Self::Final(ObjectError::NotFound),
            // S3 reports a failed copy with 200 and a body that arrived too slowly with 400.
            (200..=299 | 408 | 429 | 500.., _) | (400, Some("RequestTimeout")) => Self::Transient(reason),
            _ => Self::refused(reason),
        }
    }

    /// The error after the last attempt.
    pub(crate) fn into_error(self) -> ObjectError {
        match self {
            Self::Transient(reason) => ObjectError::Unavailable(reason),
            Self::Final(error) => error,
        }
    }
}

impl From<S3Error> for Failure {
    fn from(error: S3Error) -> Self {
        match error {
            S3Error::HttpFailWithBody(status, body) => Self::from_response(status, &body),
            S3Error::Reqwest(error) => error.into(),
            S3Error::SerdeXml(_) | S3Error::Utf8(_) => {
                Self::Transient("the response cannot be parsed".to_owned())
            }
            // The other errors are about building and signing the request; their details may contain secrets.
            _ => Self::refused("the request cannot be built"),
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        if error.is_builder() || error.is_redirect() {
            return Self::refused("the request cannot be sent");
        }
        let problem = if error.is_timeout() {
            return Self::Transient("it did not answer in time".to_owned());
        } else if error.is_connect() {
            "it cannot be reached"
        } else {
            "the connection was lost"
        };
        // The outer errors contain the URL with its signature; the innermost one comes from the operating system.
        let error = error.without_url();
        match innermost(&error) {
            Some(cause) => Self::Transient(format!("{problem}: {cause}")),
            None => Self::Transient(problem.to_owned()),
        }
    }
}

fn innermost(error: &reqwest::Error) -> Option<&(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source()).last()
}

/// The error code in S3's XML, when it is a plain word.
fn error_code(body: &str) -> Option<&str> {
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
    fn server_errors_are_transient_and_refusals_are_final() {
        for status in [408, 429, 500, 502, 503, 504] {
            let failure = Failure::from_response(status, "");
            assert!(matches!(failure, Failure::Transient(_)), "{status}");
        }
        for status in [301, 400, 401, 403, 405, 409, 412, 413, 501] {
            let failure = Failure::from_response(status, "");
            assert!(
                matches!(failure, Failure::Final(ObjectError::Refused(_))),
                "{status}"
            );
        }
        assert!(matches!(
            Failure::from_response(400, &body("RequestTimeout")),
            Failure::Transient(_)
        ));
        assert!(matches!(
            Failure::from_response(200, &body("InternalError")),
            Failure::Transient(_)
        ));
    }

    #[test]
    fn a_missing_object_differs_from_a_missing_bucket() {
        assert!(matches!(
            Failure::from_response(404, ""),
            Failure::Final(ObjectError::NotFound)
        ));
        assert!(matches!(
            Failure::from_response(404, &body("NoSuchKey")),
            Failure::Final(ObjectError::NotFound)
        ));
        assert!(matches!(
            Failure::from_response(404, &body("NoSuchBucket")),
            Failure::Final(ObjectError::Refused(_))
        ));
    }

    #[test]
    fn only_the_error_code_of_a_response_is_used() {
        let text = Failure::from_response(403, &body("SignatureDoesNotMatch"))
            .into_error()
            .to_string();
        assert_eq!(
            text,
            "the object store refused the call: it answered 403 SignatureDoesNotMatch"
        );
        let text = Failure::from_response(403, &body("a secret?"))
            .into_error()
            .to_string();
        assert_eq!(text, "the object store refused the call: it answered 403");
    }
}
