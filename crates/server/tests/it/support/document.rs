//! The routes of the OpenAPI document.

use reqwest::Method;
use serde_json::Value;

use super::Platform;

/// A route of the OpenAPI document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: Method,
    pub path: String,
    pub described: Value,
}

impl Platform {
    /// All routes of `/api/openapi.json`.
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

/// Whether `call` (`GET /api/styles/7`) is a call of `route` (`GET /api/styles/{id}`).
pub fn matches_route(route: &str, call: &str) -> bool {
    let (mut expected, mut actual) = (route.split('/'), call.split('/'));
    loop {
        match (expected.next(), actual.next()) {
            (None, None) => return true,
            (Some(expected), Some(actual)) if expected == actual || expected.starts_with('{') => {}
            _ => return false,
        }
    }
}

fn is_code(word: &str) -> bool {
    word.len() > 2 && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

impl Operation {
    /// `GET /api/styles`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// All documented answers: `201`, and one per error code, such as `404 STYLE_NOT_FOUND`. An error without a code is
    /// `404 ?`.
    pub fn answers(&self) -> Vec<String> {
        let responses = self.described["responses"].as_object().expect("answers");
        let answers = responses.iter().flat_map(|(status, response)| {
            if !status.starts_with(['4', '5']) {
                return vec![status.clone()];
            }
            let text = response["description"].as_str().unwrap_or_default();
            let codes = text.split('`').skip(1).step_by(2).filter(|word| is_code(word));
            let codes: Vec<String> = codes.map(|code| format!("{status} {code}")).collect();
            if codes.is_empty() {
                vec![format!("{status} ?")]
            } else {
                codes
            }
        });
        answers.collect()
    }

    /// The path with `id` as its parameter.
    pub fn at(&self, id: impl std::fmt::Display) -> String {
        let id = id.to_string();
        self.path.replace("{id}", &id).replace("{order_id}", &id)
    }

    /// The required query parameters with the examples of the document: `?q=harbour`, or nothing.
    pub fn required_query(&self) -> String {
        let parameters = self.described["parameters"].as_array();
        let required = parameters
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
        let pairs = required.map(|parameter| {
            let name = parameter["name"].as_str().expect("a name");
            let example = &parameter["example"];
            format!("{name}={}", example.as_str().unwrap_or(&example.to_string()))
        });
        let query = pairs.collect::<Vec<_>>().join("&");
        if query.is_empty() {
            query
        } else {
            format!("?{query}")
        }
    }

    /// Whether the path has a parameter.
    pub fn has_path_parameter(&self) -> bool {
        self.path.contains('{')
    }

    /// Whether it has a cursor.
    pub fn is_list(&self) -> bool {
        let parameters = self.described["parameters"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        parameters.iter().any(|parameter| parameter["name"] == "cursor")
    }

    /// Whether it can be called without credentials.
    pub fn is_anonymous(&self) -> bool {
        let schemes = self.described["security"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        schemes.is_empty()
            || schemes
                .iter()
                .any(|scheme| scheme.as_object().is_some_and(serde_json::Map::is_empty))
    }

    pub fn takes(&self, media: &str) -> bool {
        self.described["requestBody"]["content"].get(media).is_some()
    }

    pub fn is_for_workers(&self) -> bool {
        self.path.starts_with("/api/webhooks/") && !self.is_payment_event()
    }

    /// Whether it is the payment webhook, which accepts any body.
    pub fn is_payment_event(&self) -> bool {
        self.path == "/api/webhooks/toss/payment"
    }

    pub fn is_for_admins(&self) -> bool {
        self.path.starts_with("/api/admin/")
    }

    /// Whether it is a step of the login, which redirects.
    pub fn is_login(&self) -> bool {
        self.path.starts_with("/api/auth/google/")
    }

    /// Whether GET has effects: the login and the returns from a payment.
    pub fn get_has_effects(&self) -> bool {
        self.is_login() || self.path.starts_with("/api/payments/")
    }

    /// `X-Request-Source` of the workers that call it.
    pub fn source(&self) -> &'static str {
        if self.path.contains("/training/") {
            "training-server"
        } else {
            "inference-server"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches_route;

    #[test]
    fn a_path_parameter_matches_any_segment() {
        for (route, call, expected) in [
            ("GET /api/styles/{id}", "GET /api/styles/7", true),
            ("GET /api/styles/{id}", "POST /api/styles/7", false),
            ("GET /api/styles/{id}", "GET /api/styles", false),
            (
                "POST /api/styles/{id}/retry-training",
                "POST /api/styles/7/retry-training",
                true,
            ),
            ("GET /api/styles", "GET /api/styles", true),
        ] {
            assert_eq!(matches_route(route, call), expected, "{route} {call}");
        }
    }
}
