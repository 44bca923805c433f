//! The OpenAPI document as a list of routes, so that tests can walk all of them.

use reqwest::Method;
use serde_json::Value;

use super::Platform;

/// A route.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: Method,
    pub path: String,
    pub described: Value,
}

impl Platform {
    /// Every route of `/api/openapi.json`.
    pub async fn operations(&self) -> Vec<Operation> {
        let answer = self.browser().get("/api/openapi.json").await;
        let document = answer.json();
        let paths = document["paths"].as_object().expect("paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().expect("methods").iter();
            methods.map(move |(method, described)| Operation {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                described: described.clone(),
            })
        });
        let operations: Vec<Operation> = operations.collect();
        assert!(
            operations.len() >= 25,
            "the document has {} routes",
            operations.len()
        );
        operations
    }
}

impl Operation {
    /// `GET /api/styles`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The path with `id` for its parameter.
    pub fn at(&self, id: impl std::fmt::Display) -> String {
        let id = id.to_string();
        self.path.replace("{id}", &id).replace("{order_id}", &id)
    }

    /// Whether it is about one thing.
    pub fn is_about_one(&self) -> bool {
        self.path.contains('{')
    }

    /// Whether it is a list with pages.
    pub fn is_list(&self) -> bool {
        let parameters = self.described["parameters"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        parameters.iter().any(|parameter| parameter["name"] == "cursor")
    }

    /// Whether it can be called without a session or a token.
    pub fn is_open(&self) -> bool {
        let ways = self.described["security"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        ways.is_empty()
            || ways
                .iter()
                .any(|way| way.as_object().is_some_and(serde_json::Map::is_empty))
    }

    /// Whether it takes a body of this media type.
    pub fn takes(&self, media: &str) -> bool {
        self.described["requestBody"]["content"].get(media).is_some()
    }

    /// Whether workers call it.
    pub fn is_for_workers(&self) -> bool {
        self.path.starts_with("/api/webhooks/") && !self.is_payment_event()
    }

    /// Whether the payment provider calls it. Its body is a hint, so none is refused for what it says.
    pub fn is_payment_event(&self) -> bool {
        self.path == "/api/webhooks/toss/payment"
    }

    /// Whether only those who run the platform may call it.
    pub fn is_for_admins(&self) -> bool {
        self.path.starts_with("/api/admin/")
    }

    /// Whether it sends browsers elsewhere, and signs them in.
    pub fn is_login(&self) -> bool {
        self.path.starts_with("/api/auth/google/")
    }

    /// Whether a GET of it does something: browsers come back there from a login or a payment.
    pub fn is_return(&self) -> bool {
        self.is_login() || self.path.starts_with("/api/payments/")
    }

    /// What the workers that own it call themselves.
    pub fn source(&self) -> &'static str {
        if self.path.contains("/training/") {
            "training-server"
        } else {
            "inference-server"
        }
    }
}
