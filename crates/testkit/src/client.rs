//! A client that behaves like a browser: it keeps cookies and sends the CSRF token. It does not follow redirects.

mod answer;

use std::{sync::Arc, time::Duration};

use reqwest::{
    Method, RequestBuilder, StatusCode,
    cookie::{CookieStore, Jar},
    multipart::{Form, Part},
    redirect::Policy,
};
use serde_json::{Value, json};
use url::Url;

use crate::images;

pub use answer::Answer;

/// A browser with its cookies.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    jar: Arc<Jar>,
    base: String,
}

impl Client {
    /// `base` is the API's URL without a trailing slash.
    pub fn new(base: &str) -> Self {
        let jar = Arc::new(Jar::default());
        let http = reqwest::Client::builder()
            .cookie_provider(jar.clone())
            .redirect(Policy::none())
            .no_proxy()
            .timeout(Duration::from_mins(2))
            .build()
            .expect("building the HTTP client");
        Self {
            http,
            jar,
            base: base.to_owned(),
        }
    }

    /// A browser signed in as `email`.
    pub async fn signed_in(base: &str, email: &str) -> Self {
        let client = Self::new(base);
        client.login(email).await;
        client
    }

    pub fn base(&self) -> &str {
        &self.base
    }

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

    /// `cookie` has the form `name=value`.
    pub fn add_cookie(&self, cookie: &str) {
        self.jar.add_cookie_str(cookie, &self.url("/"));
    }

    /// A request with cookies and CSRF token. `path` may also be an absolute URL.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.request_without_csrf(method, path);
        match self.cookie("csrftoken") {
            Some(token) => request.header("X-CSRFToken", token),
            None => request,
        }
    }

    /// A request with cookies and without CSRF token.
    pub fn request_without_csrf(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let (client, request) = request.build_split();
        let request = request.expect("building the request");
        let method = request.method().clone();
        Answer::read(
            method,
            client.execute(request).await.expect("sending the request"),
        )
        .await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// POST with a multipart form.
    pub async fn post_form(&self, path: &str, form: Form) -> Answer {
        self.send(self.request(Method::POST, path).multipart(form)).await
    }

    /// Signs in through the login provider with `login_hint`; returns the account.
    pub async fn login(&self, email: &str) -> Value {
        let done = self.login_redirect(email, "").await;
        assert!(!done.location().contains("error="), "{}", done.location());
        self.me().await
    }

    /// Starts a login with a further `query` (`&next=…`); returns the response of the callback.
    pub async fn login_redirect(&self, email: &str, query: &str) -> Answer {
        let start = self
            .get(&format!("/api/auth/google/login?login_hint={email}{query}"))
            .await;
        assert_eq!(start.status, StatusCode::FOUND, "{}", start.text);
        let consent = self.get(start.location()).await;
        assert_eq!(consent.status, StatusCode::FOUND, "{}", consent.text);
        self.get(consent.location()).await
    }

    /// The signed-in account.
    pub async fn me(&self) -> Value {
        self.get("/api/auth/me").await.data(200)
    }

    /// Upgrades the account to an artist; returns `data`.
    pub async fn become_artist(&self, name: &str) -> Value {
        let form = Form::new()
            .text("artist_name", name.to_owned())
            .text("verified_email", "studio@example.com")
            .part("signature_image", file(images::png(120, 40, 3), "signature.png"));
        self.post_form("/api/users/me/upgrade-to-artist", form)
            .await
            .data(200)
    }

    /// Uploads a style with ten pictures that costs `cost` tokens; returns its id.
    pub async fn upload_style(&self, name: &str, cost: i64) -> i64 {
        let answer = self.post_form("/api/styles", style_form(name, cost, 10)).await;
        answer.id(201)
    }

    /// Requests a generation; returns the response.
    pub async fn generate(&self, style: i64, aspect_ratio: &str) -> Answer {
        let body = json!({"style_id": style, "prompt_tags": ["sea", "boat"], "aspect_ratio": aspect_ratio, "seed": 7});
        self.post("/api/generations", &body).await
    }

    /// Repeats a GET every 50 ms until its data satisfies `done`; panics after `limit`.
    pub async fn poll(&self, path: &str, limit: Duration, done: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            let data = self.get(path).await.data(200);
            if done(&data) {
                return data;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "timeout after {limit:?} for {path}: {data}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn url(&self, path: &str) -> Url {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        url.parse().unwrap_or_else(|_| panic!("{url} is not a URL"))
    }
}

/// An upload form with `images` pictures.
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

pub fn file(bytes: Vec<u8>, name: &str) -> Part {
    Part::bytes(bytes)
        .file_name(name.to_owned())
        .mime_str("image/png")
        .expect("the media type is valid")
}

/// A client for the webhooks of workers.
#[derive(Clone)]
pub struct WorkerClient {
    client: Client,
    token: String,
}

impl WorkerClient {
    pub fn new(base: &str, token: &str) -> Self {
        Self {
            client: Client::new(base),
            token: token.to_owned(),
        }
    }

    /// Sends a report to `path` (`training/complete`): PATCH for progress, POST for the others.
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
            .request_without_csrf(method, &format!("/api/webhooks/{path}"))
            .bearer_auth(&self.token)
            .header("X-Request-Source", source)
            .json(body);
        self.client.send(request).await
    }

    /// Sends a report that must be accepted; returns `data`.
    pub async fn accepted(&self, path: &str, body: &Value) -> Value {
        self.report(path, body).await.data(200)
    }
}
