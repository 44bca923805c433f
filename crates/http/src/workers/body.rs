//! Extractor of JSON bodies of workers. Workers do not retry, so the body limit is higher, and the non-standard JSON of
//! Python is accepted: `NaN`, `Infinity` and lone surrogates. `serde_json` rejects these, so they are replaced first.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::edge::{
    body::read_body,
    error::ApiError,
    fields::{Fields, Request},
};

/// An error message may contain a whole log.
const MAX_BYTES: usize = 1024 * 1024;

/// Non-finite numbers as Python serializes them.
const NON_FINITE: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];

/// A `T` in a JSON object of at most 1 MiB.
#[derive(Debug)]
pub struct WorkerBody<T>(pub T);

impl<T: Request + 'static> FromRequest for WorkerBody<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = read_body(&request, payload, MAX_BYTES).await?;
            let fields = Fields::parse(&body).or_else(|_| Fields::parse(&repair(&body)))?;
            fields.read().map(Self)
        })
    }
}

/// Replaces lone surrogates by U+FFFD and non-finite numbers by null.
fn repair(body: &[u8]) -> Vec<u8> {
    let mut repaired = Vec::with_capacity(body.len());
    let mut in_string = false;
    let mut rest = body;
    while let Some(first) = rest.first() {
        let (length, replacement) = if in_string {
            string_token(rest)
        } else {
            other_token(rest)
        };
        in_string ^= *first == b'"';
        let (taken, left) = rest.split_at(length);
        repaired.extend_from_slice(replacement.unwrap_or(taken));
        rest = left;
    }
    repaired
}

/// The length of the first token of `rest` inside a string, and its replacement.
fn string_token(rest: &[u8]) -> (usize, Option<&'static [u8]>) {
    let replacement = Some(br"\ufffd".as_slice());
    match (rest, utf16_unit(rest)) {
        (_, Some(0xd800..=0xdbff)) => match utf16_unit(&rest[6..]) {
            Some(0xdc00..=0xdfff) => (12, None),
            _ => (6, replacement),
        },
        (_, Some(0xdc00..=0xdfff)) => (6, replacement),
        (_, Some(_)) => (6, None),
        // The quote of `\"` does not end the string.
        ([b'\\', _, ..], None) => (2, None),
        _ => (1, None),
    }
}

/// Like [`string_token`], outside strings.
fn other_token(rest: &[u8]) -> (usize, Option<&'static [u8]>) {
    let found = NON_FINITE.iter().find(|word| rest.starts_with(word));
    found.map_or((1, None), |word| (word.len(), Some(b"null")))
}

/// The UTF-16 code unit of an escape `\uXXXX` at the start of `text`.
fn utf16_unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(br"\u")?.get(..4)?;
    let digits = std::str::from_utf8(digits).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use serde_json::{Value, json};

    use super::*;
    use crate::{request, workers::requests::WorkerJson};

    request! {
        struct Sent {
            a: WorkerJson,
            b: Option<WorkerJson>,
        }
    }

    async fn sent(body: impl Into<Vec<u8>>) -> Result<Value, u16> {
        let request = TestRequest::post()
            .insert_header(("Content-Type", "application/json"))
            .set_payload(body.into());
        let (request, mut payload) = request.to_http_parts();
        match WorkerBody::<Sent>::from_request(&request, &mut payload).await {
            Ok(WorkerBody(Sent { a, b })) => Ok(json!([a.0, b.map(|b| b.0)])),
            Err(error) => Err(actix_web::ResponseError::status_code(&error).as_u16()),
        }
    }

    #[actix_web::test]
    async fn the_body_limit_is_one_mebibyte() {
        let body = |length: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(length - 8));
        assert!(sent(body(65 * 1024)).await.is_ok());
        assert!(sent(body(MAX_BYTES)).await.is_ok());
        assert_eq!(sent(body(MAX_BYTES + 1)).await, Err(413));
    }

    #[actix_web::test]
    async fn lone_surrogates_become_replacement_characters() {
        for (text, read) in [
            (r"\ud800", "\u{fffd}"),
            (r"\udfff.", "\u{fffd}."),
            (r"a\uD83Db", "a\u{fffd}b"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}😀"),
            (r"\ud83d\n\ude00", "\u{fffd}\n\u{fffd}"),
            (r"\\ud800 \ud800", "\\ud800 \u{fffd}"),
            (r#"\" NaN \ud800"#, "\" NaN \u{fffd}"),
            (r"수 \ud800", "수 \u{fffd}"),
        ] {
            let got = sent(format!(r#"{{"a":"{text}","b":1}}"#)).await;
            assert_eq!(got, Ok(json!([read, 1])), "{text}");
        }
        assert_eq!(sent(r#"{"\ud800":1,"a":2}"#).await, Ok(json!([2, null])));
    }

    #[actix_web::test]
    async fn non_finite_numbers_become_null() {
        let got = sent(r#"{"a":{"loss":NaN,"max":[Infinity, -Infinity],"why":"NaN"},"b":-Infinity}"#).await;
        assert_eq!(
            got,
            Ok(json!([{"loss": null, "max": [null, null], "why": "NaN"}, null]))
        );
    }

    #[actix_web::test]
    async fn other_invalid_json_is_rejected() {
        for body in [
            "",
            "{",
            "[NaN]",
            "NaN",
            r#"{"a":nan}"#,
            r#"{"a":NaNNaN}"#,
            r#"{"a":1NaN}"#,
            r#"{"a":-NaN}"#,
            r#"{"a":"\ud800}"#,
            r#"{"a":"\ud80"}"#,
            r#"{"a":"\u+800"}"#,
            r#"{"a":"\"#,
            r#"{"a":"\u"#,
            r#"{"a":"\ud800\"}"#,
        ] {
            assert_eq!(sent(body).await, Err(400), "{body}");
        }
        assert_eq!(sent(b"{\"a\":\"\xff\"}".to_vec()).await, Err(400));
        assert_eq!(sent("{}").await, Err(422));
    }
}
