//! Responses and assertions about them.

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// A response with its body, and the request that it belongs to.
#[derive(Debug, Clone)]
pub struct Answer {
    pub method: Method,
    pub path: String,
    /// The query of the request.
    pub query: Option<String>,
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    pub(super) async fn read(method: Method, response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self {
            method,
            path: response.url().path().to_owned(),
            query: response.url().query().map(str::to_owned),
            status,
            headers,
            text: response.text().await.expect("reading the response body"),
        }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("{} with a body that is not JSON: {}", self.status, self.text))
    }

    /// Asserts a success with this status; returns `data`.
    #[track_caller]
    pub fn data(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let body = self.json();
        assert_eq!(body["success"], true, "{body}");
        body["data"].clone()
    }

    /// Asserts a success with this status; returns `data.id`.
    #[track_caller]
    pub fn id(&self, status: u16) -> i64 {
        self.data(status)["id"].as_i64().expect("the id must be a number")
    }

    /// Asserts an error with this status and code; returns its details.
    #[track_caller]
    pub fn error(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let body = self.json();
        assert_eq!(body["success"], false, "{body}");
        assert_eq!(body["error"]["code"], code, "{body}");
        assert!(
            body["error"]["message"].as_str().is_some_and(|m| !m.is_empty()),
            "{body}"
        );
        body["error"]["details"].clone()
    }

    /// `None` when the body is not an error.
    pub fn error_code(&self) -> Option<String> {
        let body: Value = serde_json::from_str(&self.text).ok()?;
        body["error"]["code"].as_str().map(str::to_owned)
    }

    /// The value of a header; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }
}
