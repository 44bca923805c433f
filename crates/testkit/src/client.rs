//! A client as a browser is one: keeps cookies, shows the CSRF token, follows redirects only when told.

use std::{sync::Arc, time::Duration};

use reqwest::{
    Method, RequestBuilder, StatusCode,
    cookie::{CookieStore, Jar},
    header::{HeaderMap, LOCATION},
    multipart::{Form, Part},
    redirect::Policy,
};
use serde_json::{Value, json};
use url::Url;

use crate::images;

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked for.
    pub method: Method,
    /// Path of what was asked for, without the query.
    pub path: String,
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as text.
    pub text: String,
}

impl Answer {
    async fn read(method: Method, response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self {
            method,
            path: response.url().path().to_owned(),
            status,
            headers,
            text: response.text().await.expect("a body"),
        }
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("{} with a body that is no JSON: {}", self.status, self.text))
    }

    /// `data` of a success with the status expected.
    #[track_caller]
    pub fn data(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let body = self.json();
        assert_eq!(body["success"], true, "{body}");
        body["data"].clone()
    }

    /// Asserts an error with this status and code, in the envelope; returns its details.
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

    /// The code of an error in the envelope.
    pub fn error_code(&self) -> Option<String> {
        let body: Value = serde_json::from_str(&self.text).ok()?;
        body["error"]["code"].as_str().map(str::to_owned)
    }

    /// A header's text, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }
}

/// One browser.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    jar: Arc<Jar>,
    base: String,
}

impl Client {
    /// A browser without cookies. `base` is the API's address without a trailing slash.
    pub fn new(base: &str) -> Self {
        let jar = Arc::new(Jar::default());
        let http = reqwest::Client::builder()
            .cookie_provider(jar.clone())
            .redirect(Policy::none())
            .no_proxy()
            .timeout(Duration::from_mins(2))
            .build()
            .expect("a client");
        Self {
            http,
            jar,
            base: base.to_owned(),
        }
    }

    /// A browser that is signed in as `email`.
    pub async fn signed_in(base: &str, email: &str) -> Self {
        let client = Self::new(base);
        client.login(email).await;
        client
    }

    /// The API's address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Value of a cookie the browser would send to the API.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let header = self.jar.cookies(&self.url("/"))?;
        let pairs = header
            .to_str()
            .ok()?
            .split("; ")
            .map(str::to_owned)
            .collect::<Vec<_>>();
        pairs
            .iter()
            .find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned))
    }

    /// Plants a cookie (`name=value`).
    pub fn plant_cookie(&self, cookie: &str) {
        self.jar.add_cookie_str(cookie, &self.url("/"));
    }

    /// A request with the browser's cookies and its CSRF token. `path` may also be a whole address.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.bare_request(method, path);
        match self.cookie("csrftoken") {
            Some(token) => request.header("X-CSRFToken", token),
            None => request,
        }
    }

    /// A request with the browser's cookies alone.
    pub fn bare_request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let (client, request) = request.build_split();
        let request = request.expect("a request");
        let method = request.method().clone();
        Answer::read(method, client.execute(request).await.expect("an answer")).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// POST of a form.
    pub async fn post_form(&self, path: &str, form: Form) -> Answer {
        self.send(self.request(Method::POST, path).multipart(form)).await
    }

    /// Signs in through the login provider, as a browser would with `login_hint`; returns the account.
    pub async fn login(&self, email: &str) -> Value {
        let done = self.login_redirect(email, "").await;
        assert!(!done.location().contains("error="), "{}", done.location());
        self.get("/api/auth/me").await.data(200)
    }

    /// The callback's answer to a login started with `query` (`&next=…`).
    pub async fn login_redirect(&self, email: &str, query: &str) -> Answer {
        let start = self
            .get(&format!("/api/auth/google/login?login_hint={email}{query}"))
            .await;
        assert_eq!(start.status, StatusCode::FOUND, "{}", start.text);
        let consent = self.get(start.location()).await;
        assert_eq!(consent.status, StatusCode::FOUND, "{}", consent.text);
        self.get(consent.location()).await
    }

    /// Becomes an artist; returns the new artist.
    pub async fn become_artist(&self, name: &str) -> Value {
        let form = Form::new()
            .text("artist_name", name.to_owned())
            .text("verified_email", "studio@example.com")
            .part("signature_image", file(images::png(120, 40, 3), "signature.png"));
        self.post_form("/api/users/me/upgrade-to-artist", form)
            .await
            .data(200)
    }

    /// Uploads a style with ten pictures at `cost` tokens; returns its id.
    pub async fn upload_style(&self, name: &str, cost: i64) -> i64 {
        let answer = self.post_form("/api/styles", style_form(name, cost, 10)).await;
        answer.data(201)["id"].as_i64().expect("an id")
    }

    /// Asks for an image; returns the answer.
    pub async fn generate(&self, style: i64, aspect_ratio: &str) -> Answer {
        let body = json!({"style_id": style, "prompt_tags": ["sea", "boat"], "aspect_ratio": aspect_ratio, "seed": 7});
        self.post("/api/generations", &body).await
    }

    /// Asks every 50 ms until `path`'s data satisfies `done`; panics after `patience`.
    pub async fn poll(&self, path: &str, patience: Duration, done: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let data = self.get(path).await.data(200);
            if done(&data) {
                return data;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{path} did not get there in {patience:?}: {data}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn url(&self, path: &str) -> Url {
        let whole = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        whole.parse().unwrap_or_else(|_| panic!("{whole} is no address"))
    }
}

/// A form with a style of `images` pictures.
pub fn style_form(name: &str, cost: i64, images: u8) -> Form {
    let mut form = Form::new()
        .text("name", name.to_owned())
        .text("description", "Bands of colour.")
        .text("generation_cost_tokens", cost.to_string())
        .text("tags", "bands");
    for seed in 0..images {
        form = form.part("images", file(images::png(512, 512, seed), "picture.png"));
    }
    form
}

/// A file part.
pub fn file(bytes: Vec<u8>, name: &str) -> Part {
    Part::bytes(bytes)
        .file_name(name.to_owned())
        .mime_str("image/png")
        .expect("a media type")
}

/// Calls the webhooks as a worker does.
#[derive(Clone)]
pub struct WorkerCalls {
    client: Client,
    token: String,
}

impl WorkerCalls {
    /// A worker that shows `token`.
    pub fn new(base: &str, token: &str) -> Self {
        Self {
            client: Client::new(base),
            token: token.to_owned(),
        }
    }

    /// Calls `path` (`training/complete`); progress is a PATCH, the rest POST.
    pub async fn report(&self, path: &str, body: &Value) -> Answer {
        let method = if path.ends_with("progress") {
            Method::PATCH
        } else {
            Method::POST
        };
        let source = if path.starts_with("training") {
            "training-server"
        } else {
            "inference-server"
        };
        let request = self
            .client
            .bare_request(method, &format!("/api/webhooks/{path}"))
            .bearer_auth(&self.token)
            .header("X-Request-Source", source)
            .json(body);
        self.client.send(request).await
    }

    /// The same, for a report that is taken; returns `data`.
    pub async fn accepted(&self, path: &str, body: &Value) -> Value {
        self.report(path, body).await.data(200)
    }
}
