//! The edge with ports in memory, and answers that are easy to look at.

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

pub use fakes::{CountingIds, HandClock, MemorySessions, NoDatabase};

/// The front end's origin.
pub const FRONT: &str = "https://app.example.com";

/// The edge under test.
pub struct Api {
    pub sessions: Arc<MemorySessions>,
    pub clock: Arc<HandClock>,
    pub config: HttpConfig,
}

impl Api {
    pub fn new() -> Self {
        let sessions = MemorySessions::default();
        sessions.put_owner(7, domain::users::Role::User, true);
        Self {
            sessions: Arc::new(sessions),
            clock: Arc::default(),
            config: HttpConfig {
                production: false,
                allowed_origins: vec![FRONT.into()],
                allowed_hosts: Vec::new(),
                frontend_url: FRONT.parse().unwrap(),
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

    pub fn session_store_down(&self, is_down: bool) {
        self.sessions.is_down.store(is_down, Ordering::SeqCst);
    }

    /// Sends a request. An error that comes out of the app is what the server would make a response of.
    pub async fn send(&self, request: TestRequest) -> Answer {
        let service = init_service(app_with_routes(&self.deps(), |_| {}, routes::configure)).await;
        answer(try_call_service(&service, request.to_request()).await).await
    }

    /// Sends a request to the real routes, of which logins alone work.
    pub async fn send_to_routes(&self, request: TestRequest, provider: MockLoginProvider) -> Answer {
        let deps = self.deps();
        let login = LoginService {
            provider: Arc::new(provider),
            units: Arc::new(NoDatabase),
            clock: deps.clock.clone(),
            ids: deps.ids.clone(),
        };
        let services = |config: &mut ServiceConfig| _ = config.app_data(Data::new(login));
        let service = init_service(app(&deps, services)).await;
        answer(try_call_service(&service, request.to_request()).await).await
    }

    pub fn deps(&self) -> HttpDeps {
        HttpDeps {
            config: Arc::new(self.config.clone()),
            sessions: self.sessions.clone(),
            clock: self.clock.clone(),
            ids: Arc::new(CountingIds::default()),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path)).await
    }

    /// Signs user 7 in.
    pub async fn login(&self) -> Browser {
        let answer = self.get("/api/login").await;
        assert_eq!(answer.status, StatusCode::OK);
        Browser {
            session: answer.cookie("sessionid").unwrap(),
            csrf: answer.cookie("csrftoken").unwrap().value().to_owned(),
        }
    }
}

async fn answer(outcome: Result<ServiceResponse, Error>) -> Answer {
    let response = match outcome {
        Ok(response) => response.into_parts().1,
        Err(error) => error.error_response(),
    };
    let (head, body) = response.into_parts();
    Answer {
        status: head.status(),
        headers: head.headers().clone(),
        body: to_bytes(body).await.unwrap_or_default().to_vec(),
    }
}

/// What a signed-in browser holds.
#[derive(Clone)]
pub struct Browser {
    pub session: Cookie<'static>,
    pub csrf: String,
}

impl Browser {
    /// A request with the session, without proof that a page of ours made it.
    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        TestRequest::with_uri(path)
            .method(method)
            .cookie(self.session.clone())
    }

    /// A change made by a page of ours.
    pub fn change(&self, method: Method, path: &str) -> TestRequest {
        self.request(method, path)
            .insert_header(("X-CSRFToken", self.csrf.clone()))
            .insert_header(("Origin", FRONT))
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
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

    /// Asserts the error envelope and gives its `details`.
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
        self.assert_every_answer();
        body["error"]["details"].clone()
    }

    /// What every answer has.
    #[track_caller]
    pub fn assert_every_answer(&self) {
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
