//! Calls of the web client, recorded with their answers.

use std::collections::BTreeSet;

use reqwest::{Method, RequestBuilder, multipart::Form};
use serde_json::Value;
use testkit::client::{Answer, Client};

use super::json::Json;
use crate::support::{FRONTEND, Platform, TOKEN, masks::Masks};

/// A browser and its name on the page.
pub struct Person {
    pub client: Client,
    pub name: &'static str,
}

pub enum Body {
    None,
    Json(Value),
    /// A form and its text on the page.
    Form(Form, &'static str),
}

pub enum Entry {
    Chapter {
        title: &'static str,
        text: &'static str,
    },
    Step {
        why: &'static str,
        who: &'static str,
        request: String,
        answer: String,
    },
}

pub struct Tour {
    pub platform: Platform,
    masks: Masks,
    pub entries: Vec<Entry>,
    pub visited: BTreeSet<String>,
    /// One preflight and one change with all headers.
    pub whole: Option<String>,
}

impl Tour {
    pub fn new(platform: Platform) -> Self {
        Self {
            masks: Masks::of(&platform),
            platform,
            entries: Vec::new(),
            visited: BTreeSet::new(),
            whole: None,
        }
    }

    pub fn person(&self, name: &'static str) -> Person {
        Person {
            client: self.platform.browser(),
            name,
        }
    }

    pub fn chapter(&mut self, title: &'static str, text: &'static str) {
        self.entries.push(Entry::Chapter { title, text });
    }

    pub async fn get(&mut self, who: &Person, why: &'static str, path: &str) -> Answer {
        self.call(who, why, Method::GET, path, Body::None, 200).await
    }

    /// Sends the preflight that a browser would send, then the call. Both must be readable by a page of the web client.
    pub async fn call(
        &mut self,
        who: &Person,
        why: &'static str,
        method: Method,
        path: &str,
        body: Body,
        status: u16,
    ) -> Answer {
        let token = who.client.cookie("csrftoken").filter(|_| method != Method::GET);
        let mut unsafe_headers = Vec::new();
        if matches!(body, Body::Json(_)) {
            unsafe_headers.push("content-type");
        }
        if token.is_some() {
            unsafe_headers.push("x-csrftoken");
        }
        let is_simple = unsafe_headers.is_empty() && [Method::GET, Method::POST].contains(&method);
        let preflight = if is_simple {
            None
        } else {
            Some(preflight(&who.client, &method, path, &unsafe_headers.join(",")).await)
        };
        let mut head = format!("{method} {path}\nOrigin: {FRONTEND}\nCookie: sessionid=…; csrftoken=…\n");
        let mut request = who
            .client
            .request_without_csrf(method.clone(), path)
            .header("Origin", FRONTEND)
            .header("Sec-Fetch-Site", "same-site");
        if let Some(token) = token {
            request = request.header("X-CSRFToken", token);
            head.push_str("X-CSRFToken: …\n");
        }
        let (request, shown) = attach(request, body);
        let answer = who.client.send(request).await;
        assert_readable(&answer);
        self.note(why, who.name, &format!("{method} {path}{shown}"), &answer, status);
        if let (Some(preflight), None) = (preflight, &self.whole) {
            let names = [
                "access-control-allow-origin",
                "access-control-allow-credentials",
                "access-control-expose-headers",
                "x-trace-id",
            ];
            let answered = self.headers(&answer, &names);
            self.whole = Some(format!(
                "{preflight}\n\n{head}{}\n\n{answered}",
                shown.trim_start()
            ));
        }
        answer
    }

    pub async fn korean(&mut self, who: &Person, why: &'static str, path: &str, status: u16) {
        let language = "ko-KR,ko;q=0.9,en;q=0.8";
        let request = who
            .client
            .request_without_csrf(Method::GET, path)
            .header("Origin", FRONTEND)
            .header("Accept-Language", language);
        let answer = who.client.send(request).await;
        assert_readable(&answer);
        let request = format!("GET {path}\nAccept-Language: {language}");
        self.note(why, who.name, &request, &answer, status);
    }

    /// A navigation of the browser. Returns the URL of the redirect.
    pub async fn follow(&mut self, who: &Person, why: &'static str, path: &str) -> String {
        let answer = who.client.get(path).await;
        self.note(why, who.name, &format!("GET {path}"), &answer, 302);
        answer.location().to_owned()
    }

    pub async fn report(&mut self, why: &'static str, path: &str, body: &Value) -> Answer {
        let answer = self.platform.worker().report(path, body).await;
        let source = if path.starts_with("training") {
            "training-server"
        } else {
            "inference-server"
        };
        assert!(!answer.text.contains(TOKEN));
        let request = format!(
            "{} /api/webhooks/{path}\nAuthorization: Bearer <INTERNAL_API_TOKEN>\nX-Request-Source: {source}\n\n{}",
            answer.method,
            Json::read(&body.to_string()).brief()
        );
        self.note(why, "the GPU worker", &request, &answer, 200);
        answer
    }

    pub async fn payment_event(&mut self, why: &'static str, event: &Value) {
        let browser = self.platform.browser();
        let answer = browser.post("/api/webhooks/toss/payment", event).await;
        let request = format!(
            "{} {}\nContent-Type: application/json\n\n{}",
            answer.method,
            answer.path,
            Json::read(&event.to_string()).brief()
        );
        self.note(why, "the payment provider", &request, &answer, 200);
    }

    fn note(&mut self, why: &'static str, who: &'static str, request: &str, answer: &Answer, status: u16) {
        assert_eq!(answer.status.as_u16(), status, "{request}: {}", answer.text);
        self.visited.insert(format!("{} {}", answer.method, answer.path));
        let mut shown = self.headers(answer, &["location"]);
        if !answer.text.is_empty() {
            let body = Json::read(&answer.text).masked("", &|name, text| self.masked(name, text));
            shown = format!("{shown}\n\n{}", body.shown());
        }
        self.entries.push(Entry::Step {
            why,
            who,
            request: self.address(request),
            answer: shown,
        });
    }

    /// Masks a text in the field or header `name`.
    fn masked(&self, name: &str, text: &str) -> String {
        match name {
            "next_cursor" => "…".to_owned(),
            "x-trace-id" => "0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(),
            _ if chrono::DateTime::parse_from_rfc3339(text).is_ok() && !text.starts_with("2999") => {
                "2026-01-02T03:04:05.678901Z".to_owned()
            }
            _ => self.address(text),
        }
    }

    fn address(&self, text: &str) -> String {
        self.masks
            .mask(text, |_| "0f8fad5bd9cb469fa16570867728950e".to_owned())
    }

    fn headers(&self, answer: &Answer, names: &[&str]) -> String {
        let mut lines = vec![answer.status.to_string()];
        for name in names {
            let mut words: Vec<&str> = answer.header(name).split(", ").collect();
            words.sort_unstable();
            let value = words.join(", ");
            if !value.is_empty() {
                lines.push(format!("{name}: {}", self.masked(name, &value)));
            }
        }
        lines.join("\n")
    }
}

/// Adds the body to the request. Returns the text of the body for the page.
fn attach(request: RequestBuilder, body: Body) -> (RequestBuilder, String) {
    match body {
        Body::None => (request, String::new()),
        Body::Json(body) => {
            let shown = Json::read(&body.to_string()).brief();
            (
                request.json(&body),
                format!("\nContent-Type: application/json\n\n{shown}"),
            )
        }
        Body::Form(form, shown) => (
            request.multipart(form),
            format!("\nContent-Type: multipart/form-data\n\n{shown}"),
        ),
    }
}

/// Asserts that a preflight is allowed. Returns its request and answer as text.
async fn preflight(client: &Client, method: &Method, path: &str, headers: &str) -> String {
    let without_cookies = Client::new(client.base());
    let mut request = without_cookies
        .request_without_csrf(Method::OPTIONS, path)
        .header("Origin", FRONTEND)
        .header("Access-Control-Request-Method", method.as_str());
    if !headers.is_empty() {
        request = request.header("Access-Control-Request-Headers", headers);
    }
    let answer = without_cookies.send(request).await;
    let allows = |name: &str, values: &str| {
        let allowed = answer.header(name).to_ascii_lowercase();
        values
            .split(',')
            .filter(|word| !word.is_empty())
            .all(|word| allowed.split(", ").any(|known| known == word))
    };
    assert!(
        answer.status.is_success()
            && answer.header("access-control-allow-origin") == FRONTEND
            && answer.header("access-control-allow-credentials") == "true"
            && answer.header("access-control-max-age") == "86400"
            && allows(
                "access-control-allow-methods",
                &method.as_str().to_ascii_lowercase()
            )
            && allows("access-control-allow-headers", headers),
        "a browser would not send {method} {path} with {headers}: {} {:?}",
        answer.status,
        answer.headers
    );
    format!(
        "OPTIONS {path}\nOrigin: {FRONTEND}\nAccess-Control-Request-Method: {method}\n\
         Access-Control-Request-Headers: {headers}\n\n{}\naccess-control-allow-origin: {FRONTEND}\n\
         access-control-allow-credentials: true\naccess-control-max-age: 86400\n…",
        answer.status
    )
}

/// Asserts that CORS allows a page to read the answer and its trace id.
fn assert_readable(answer: &Answer) {
    let exposed = answer
        .header("access-control-expose-headers")
        .to_ascii_lowercase();
    assert!(
        answer.header("access-control-allow-origin") == FRONTEND
            && answer.header("access-control-allow-credentials") == "true"
            && ["x-trace-id", "location"]
                .iter()
                .all(|name| exposed.contains(name))
            && !answer.header("x-trace-id").is_empty(),
        "a browser would not show the page {} {}: {:?}",
        answer.method,
        answer.path,
        answer.headers
    );
}
