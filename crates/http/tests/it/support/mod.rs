//! The app with in-memory ports, and helpers for responses.

mod fakes;
pub mod routes;

use std::sync::{Arc, atomic::Ordering};

use actix_web::{
    Error,
    body::to_bytes,
    cookie::Cookie,
    dev::ServiceResponse,
    http::{
        Method, StatusCode,
        header::{HeaderMap, SET_COOKIE},
    },
    test::{TestRequest, init_service, try_call_service},
    web::{Data, ServiceConfig},
};
use application::auth::LoginService;
use domain::auth::MockLoginProvider;
use serde_json::Value;
use stylelicense_http::{HttpConfig, HttpDeps, app, app_with_routes};

pub use fakes::{ManualClock, MemorySessions, SequentialIds, UnusedDatabase};

/// Origin of the web client.
pub const FRONTEND: &str = "https://app.example.com";

pub struct Api {
    pub sessions: Arc<MemorySessions>,
    pub clock: Arc<ManualClock>,
    pub config: HttpConfig,
}

impl Api {
    pub fn new() -> Self {
        let sessions = MemorySessions::default();
        sessions.set_owner(7, domain::users::Role::User, true);
        Self {
            sessions: Arc::new(sessions),
            clock: Arc::default(),
            config: HttpConfig {
                production: false,
                allowed_origins: vec![FRONTEND.into()],
                allowed_hosts: Vec::new(),
                frontend_url: FRONTEND.parse().unwrap(),
                login_redirect_path: "/".into(),
                api_base_url: "https://api.example.com".parse().unwrap(),
                secret_key: "a secret key of at least thirty-two letters".to_owned().into(),
            },
        }
    }

    pub fn production(mut self) -> Self {
        self.config.production = true;
        self
    }

    pub fn set_session_store_down(&self, is_down: bool) {
        self.sessions.is_down.store(is_down, Ordering::SeqCst);
    }

    /// Converts an error of the app to a response, as the server does.
    pub async fn send(&self, request: TestRequest) -> TestResponse {
        let service = init_service(app_with_routes(&self.deps(), |_| {}, routes::configure)).await;
        TestResponse::read(try_call_service(&service, request.to_request()).await).await
    }

    /// Sends a request to the real routes. Only logins work.
    pub async fn send_to_routes(&self, request: TestRequest, provider: MockLoginProvider) -> TestResponse {
        let deps = self.deps();
        let login = LoginService {
            provider: Arc::new(provider),
            units: Arc::new(UnusedDatabase),
            clock: deps.clock.clone(),
            ids: deps.ids.clone(),
        };
        let services = |config: &mut ServiceConfig| _ = config.app_data(Data::new(login));
        let service = init_service(app(&deps, services)).await;
        TestResponse::read(try_call_service(&service, request.to_request()).await).await
    }

    pub fn deps(&self) -> HttpDeps {
        HttpDeps {
            config: Arc::new(self.config.clone()),
            sessions: self.sessions.clone(),
            clock: self.clock.clone(),
            ids: Arc::new(SequentialIds::default()),
        }
    }

    pub async fn get(&self, path: &str) -> TestResponse {
        self.send(TestRequest::get().uri(path)).await
    }

    /// Signs in user 7.
    pub async fn login(&self) -> Browser {
        let response = self.get("/api/login").await;
        assert_eq!(response.status, StatusCode::OK);
        Browser {
            session: response.cookie("sessionid").unwrap(),
            csrf: response.cookie("csrftoken").unwrap().value().to_owned(),
        }
    }
}

/// The cookies of a signed-in browser.
#[derive(Clone)]
pub struct Browser {
    pub session: Cookie<'static>,
    pub csrf: String,
}

impl Browser {
    /// A request with the session and without CSRF token.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        TestRequest::with_uri(path)
            .method(method)
            .cookie(self.session.clone())
    }

    /// A request with the session and CSRF token, from the origin of the web client.
    pub fn change(&self, method: Method, path: &str) -> TestRequest {
        self.request(method, path)
            .insert_header(("X-CSRFToken", self.csrf.clone()))
            .insert_header(("Origin", FRONTEND))
    }
}

#[derive(Debug)]
pub struct TestResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl TestResponse {
    async fn read(outcome: Result<ServiceResponse, Error>) -> Self {
        let response = match outcome {
            Ok(response) => response.into_parts().1,
            Err(error) => error.error_response(),
        };
        let (head, body) = response.into_parts();
        Self {
            status: head.status(),
            headers: head.headers().clone(),
            body: to_bytes(body).await.unwrap_or_default().to_vec(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        assert!(
            self.header("content-type").starts_with("application/json"),
            "{self:?}"
        );
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Asserts the error envelope and returns its `details`.
    #[track_caller]
    pub fn assert_error(&self, status: u16, code: &str) -> Value {
        let body = self.json();
        assert_eq!(
            (self.status.as_u16(), &body["error"]["code"]),
            (status, &code.into()),
            "{body}"
        );
        assert_eq!(body["success"], false);
        assert_eq!(body.as_object().unwrap().len(), 2);
        assert_eq!(body["error"].as_object().unwrap().len(), 3);
        assert!(!body["error"]["message"].as_str().unwrap().is_empty());
        self.assert_common_headers();
        body["error"]["details"].clone()
    }

    #[track_caller]
    pub fn assert_common_headers(&self) {
        assert_eq!(self.header("x-trace-id").len(), 36, "{:?}", self.headers);
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert_eq!(self.header("x-frame-options"), "DENY");
        assert!(!self.header("referrer-policy").is_empty());
        assert!(
            self.header("content-security-policy")
                .starts_with("default-src 'none'")
        );
    }

    pub fn cookie(&self, name: &str) -> Option<Cookie<'static>> {
        self.headers
            .get_all(SET_COOKIE)
            .filter_map(|value| Cookie::parse_encoded(value.to_str().unwrap().to_owned()).ok())
            .find(|cookie| cookie.name() == name)
    }
}
