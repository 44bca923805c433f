//! Cross-site requests (promises C1 to C5).

mod origins;

use reqwest::{Method, RequestBuilder, header::ORIGIN};
use serde_json::json;
use testkit::client::Client;

use crate::support::{FRONTEND, Platform, TOKEN, document::Operation};

/// Foreign origins, some of them similar to the allowed one.
const FOREIGN_ORIGINS: [&str; 8] = [
    "https://evil.example.net",
    "null",
    "",
    "http://localhost:3001",
    "https://localhost:3000",
    "http://localhost:3000.evil.example.net",
    "http://localhost:3000/",
    "http://LOCALHOST:3000",
];

struct CsrfFixture {
    platform: Platform,
    artist: Client,
    style: i64,
    picture: i64,
}

impl CsrfFixture {
    async fn start() -> Self {
        let platform = Platform::start().await;
        let (artist, style) = platform.trained_style(10).await;
        let picture = platform.image(&artist, style).await;
        // After the earnings are added to balances, nothing changes in the background.
        platform
            .until_count("SELECT count(*) AS n FROM earning_deltas", 0)
            .await;
        Self {
            platform,
            artist,
            style,
            picture,
        }
    }

    /// Valid changes of the artist.
    fn changes(&self) -> Vec<RequestBuilder> {
        let picture = format!("/api/generations/{}", self.picture);
        let request_body = json!({"style_id": self.style, "prompt_tags": ["sea"], "aspect_ratio": "1:1"});
        vec![
            self.artist
                .request(Method::POST, "/api/generations")
                .json(&request_body),
            self.artist
                .request(Method::POST, "/api/generations/")
                .json(&request_body),
            self.artist
                .request(Method::PATCH, &picture)
                .json(&json!({"is_public": true})),
            self.artist.request(Method::POST, &format!("{picture}/cancel")),
            self.artist
                .request(Method::POST, "/api/users/me/upgrade-to-artist")
                .json(&json!({})),
            self.artist.request(
                Method::POST,
                &format!("/api/styles/{}/retry-training", self.style),
            ),
            self.artist.request(Method::POST, "/api/auth/logout"),
        ]
    }

    /// Asserts that every change sent by `send` is refused and changes nothing.
    async fn assert_refused(&self, name: &str, send: impl Fn(RequestBuilder) -> RequestBuilder) {
        let before = self.platform.snapshot().await;
        for change in self.changes() {
            let answer = self.artist.send(send(change)).await;
            assert_eq!(answer.status.as_u16(), 403, "{name}: {}", answer.text);
            answer.error(403, "CSRF_FAILED");
            assert_eq!(answer.header("set-cookie"), "", "{name}");
        }
        assert_eq!(self.platform.snapshot().await, before, "{name}");
        self.artist.me().await;
    }
}

#[tokio::test]
async fn c1_a_foreign_or_null_origin_is_refused_and_nothing_changes() {
    let fixture = CsrfFixture::start().await;
    for origin in FOREIGN_ORIGINS {
        fixture
            .assert_refused(origin, |change| change.header(ORIGIN, origin))
            .await;
    }
    fixture
        .assert_refused("two origins", |change| {
            change.header(ORIGIN, FRONTEND).header(ORIGIN, FOREIGN_ORIGINS[0])
        })
        .await;
    // The web client and the API's own pages are allowed.
    let request_body = json!({"style_id": fixture.style, "prompt_tags": ["sea"], "aspect_ratio": "1:1"});
    for origin in [FRONTEND, &fixture.platform.base] {
        let request = fixture
            .artist
            .request(Method::POST, "/api/generations")
            .json(&request_body)
            .header(ORIGIN, origin);
        fixture.artist.send(request).await.data(201);
    }
}

#[tokio::test]
async fn c1_a_missing_or_wrong_token_is_refused_and_nothing_changes() {
    let fixture = CsrfFixture::start().await;
    let own = fixture.artist.cookie("csrftoken").expect("a token");
    let other = fixture
        .platform
        .user("visitor@example.com")
        .await
        .cookie("csrftoken")
        .expect("a token");
    let wrong = [
        "",
        "null",
        &other,
        &own[1..],
        &own.to_uppercase(),
        &format!("{own} "),
        &format!("{own}{own}"),
    ];
    for token in wrong.into_iter().filter(|token| token.trim_end() != own) {
        fixture
            .assert_refused(token, |change| with_csrf_token(change, Some(token)))
            .await;
    }
    fixture
        .assert_refused("no token", |change| with_csrf_token(change, None))
        .await;
    // The cookie alone is not enough, because other pages of this host can set it.
    fixture.artist.add_cookie("csrftoken=planted; Path=/");
    fixture.assert_refused("a planted cookie", |change| change).await;
}

/// Replaces or removes the CSRF token.
fn with_csrf_token(change: RequestBuilder, token: Option<&str>) -> RequestBuilder {
    let (client, request) = change.build_split();
    let mut request = request.expect("a request");
    let headers = request.headers_mut();
    headers.remove("x-csrftoken");
    if let Some(token) = token {
        headers.insert("x-csrftoken", token.parse().expect("a header"));
    }
    RequestBuilder::from_parts(client, request)
}

#[tokio::test]
async fn c2_a_cross_site_change_is_refused() {
    let fixture = CsrfFixture::start().await;
    for value in ["cross-site", "Cross-Site"] {
        fixture
            .assert_refused(value, |change| change.header("Sec-Fetch-Site", value))
            .await;
        let both = |change: RequestBuilder| change.header("Sec-Fetch-Site", value).header(ORIGIN, FRONTEND);
        fixture.assert_refused(value, both).await;
    }
    let me = fixture
        .artist
        .request(Method::GET, "/api/auth/me")
        .header("Sec-Fetch-Site", "cross-site");
    fixture.artist.send(me).await.data(200);
    let logout = fixture
        .artist
        .request(Method::POST, "/api/auth/logout")
        .header("Sec-Fetch-Site", "same-site");
    assert_eq!(fixture.artist.send(logout).await.status.as_u16(), 200);
}

#[tokio::test]
async fn c3_a_form_or_text_body_on_a_json_route_is_415() {
    let fixture = CsrfFixture::start().await;
    let before = fixture.platform.snapshot().await;
    let operations = fixture.platform.operations().await;
    let routes: Vec<&Operation> = operations
        .iter()
        .filter(|operation| operation.takes("application/json"))
        .collect();
    assert!(routes.len() >= 9, "{} routes take JSON", routes.len());
    let body = format!(
        r#"{{"style_id":{},"prompt_tags":["sea"],"aspect_ratio":"1:1","is_public":true}}"#,
        fixture.style
    );
    for route in routes {
        for media in [
            None,
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("text/json"),
            Some("*/*"),
        ] {
            let request = fixture
                .artist
                .request(route.method.clone(), &route.at(fixture.picture));
            let request = request
                .bearer_auth(TOKEN)
                .header("X-Request-Source", route.source())
                .body(body.clone());
            let request = media
                .into_iter()
                .fold(request, |request, media| request.header("Content-Type", media));
            let answer = fixture.artist.send(request).await;
            assert_eq!(
                answer.status.as_u16(),
                415,
                "{} {media:?}: {}",
                route.name(),
                answer.text
            );
            answer.error(415, "UNSUPPORTED_MEDIA_TYPE");
        }
    }
    assert_eq!(fixture.platform.snapshot().await, before);
}

#[tokio::test]
async fn c4_no_get_changes_data() {
    let fixture = CsrfFixture::start().await;
    let stranger = fixture.platform.user("visitor@example.com").await;
    let visitor = fixture.platform.browser();
    let operations = fixture.platform.operations().await;
    let me = fixture.artist.get("/api/auth/me").await.id(200);
    let before = fixture.platform.snapshot().await;
    for route in operations
        .iter()
        .filter(|operation| operation.method == Method::GET && !operation.is_login())
    {
        for id in [fixture.style, fixture.picture, me, 999_999] {
            for browser in [&fixture.artist, &stranger, &visitor] {
                let answer = browser
                    .get(&format!(
                        "{}?sort=popular&limit=100&training_status=all",
                        route.at(id)
                    ))
                    .await;
                assert!(
                    !answer.status.is_server_error(),
                    "{}: {}",
                    route.name(),
                    answer.text
                );
            }
        }
        assert_eq!(fixture.platform.snapshot().await, before, "{}", route.name());
    }
    // Routes with other methods change nothing on GET.
    for route in operations
        .iter()
        .filter(|operation| operation.method != Method::GET)
    {
        fixture.artist.get(&route.at(fixture.picture)).await;
    }
    assert_eq!(fixture.platform.snapshot().await, before);
}
