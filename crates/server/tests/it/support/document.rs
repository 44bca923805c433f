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

/// Whether `asked` (`GET /api/styles/7`) is a call of `route` (`GET /api/styles/{id}`).
pub fn fits(route: &str, asked: &str) -> bool {
    let (mut own, mut given) = (route.split('/'), asked.split('/'));
    loop {
        match (own.next(), given.next()) {
            (None, None) => return true,
            (Some(own), Some(given)) if own == given || own.starts_with('{') => {}
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

    /// Every answer of the document: `201`, and each code of an error, `404 STYLE_NOT_FOUND`. An error without a code
    /// is `404 ?`.
    pub fn answers(&self) -> Vec<String> {
        let responses = self.described["responses"].as_object().expect("answers");
        let named = responses.iter().flat_map(|(status, response)| {
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
        named.collect()
    }

    /// The path with `id` as its parameter.
    pub fn at(&self, id: impl std::fmt::Display) -> String {
        let id = id.to_string();
        self.path.replace("{id}", &id).replace("{order_id}", &id)
    }

    /// The required query with the document's examples: `?q=harbour`, or nothing.
    pub fn needed_query(&self) -> String {
        let parameters = self.described["parameters"].as_array();
        let needed = parameters
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
        let pairs = needed.map(|parameter| {
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
    pub fn is_about_one(&self) -> bool {
        self.path.contains('{')
    }

    /// Whether it takes a cursor.
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

    pub fn takes(&self, media: &str) -> bool {
        self.described["requestBody"]["content"].get(media).is_some()
    }

    pub fn is_for_workers(&self) -> bool {
        self.path.starts_with("/api/webhooks/") && !self.is_payment_event()
    }

    /// Whether the payment provider calls it. Its body is only a hint, so no content is refused.
    pub fn is_payment_event(&self) -> bool {
        self.path == "/api/webhooks/toss/payment"
    }

    /// Whether only admins may call it.
    pub fn is_for_admins(&self) -> bool {
        self.path.starts_with("/api/admin/")
    }

    /// Whether it is a step of the login, which redirects.
    pub fn is_login(&self) -> bool {
        self.path.starts_with("/api/auth/google/")
    }

    /// Whether its GET has effects: the login and the returns from a payment.
    pub fn is_return(&self) -> bool {
        self.is_login() || self.path.starts_with("/api/payments/")
    }

    /// `X-Request-Source` of its workers.
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
    use super::fits;

    #[test]
    fn a_path_is_its_route_with_something_for_each_parameter() {
        for (route, asked, expected) in [
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
            assert_eq!(fits(route, asked), expected, "{route} {asked}");
        }
    }
}
