//! Requests that other people's pages make somebody's browser send (C1 to C5 of the promises).

mod origins;

use reqwest::{Method, RequestBuilder, header::ORIGIN};
use serde_json::json;
use testkit::client::Client;

use crate::support::{FRONTEND, Platform, TOKEN, document::Operation};

/// Origins of other people, and some that look like ours.
const FOREIGN: [&str; 8] = [
    "https://evil.example.net",
    "null",
    "",
    "http://localhost:3001",
    "https://localhost:3000",
    "http://localhost:3000.evil.example.net",
    "http://localhost:3000/",
    "http://LOCALHOST:3000",
];

/// An artist with a trained style, a picture and something to lose.
struct Site {
    platform: Platform,
    artist: Client,
    style: i64,
    picture: i64,
}

impl Site {
    async fn open() -> Self {
        let platform = Platform::start().await;
        let (artist, style) = platform.trained_style(10).await;
        let picture = artist.generate(style, "1:1").await.data(201)["id"]
            .as_i64()
            .expect("an id");
        let report = platform.completion(picture);
        platform.worker().accepted("inference/complete", &report).await;
        // From here on nothing changes by itself: the earnings are in the artist's account.
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

    /// Changes that the artist could make with one click: each with everything it needs.
    fn changes(&self) -> Vec<RequestBuilder> {
        let picture = format!("/api/generations/{}", self.picture);
        let wish = json!({"style_id": self.style, "prompt_tags": ["sea"], "aspect_ratio": "1:1"});
        vec![
            self.artist.request(Method::POST, "/api/generations").json(&wish),
            self.artist.request(Method::POST, "/api/generations/").json(&wish),
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

    /// Asserts that every change is refused when it is sent in this way, and that nothing has changed.
    async fn assert_refused(&self, way: &str, send: impl Fn(RequestBuilder) -> RequestBuilder) {
        let before = self.platform.snapshot().await;
        for change in self.changes() {
            let answer = self.artist.send(send(change)).await;
            assert_eq!(answer.status.as_u16(), 403, "{way}: {}", answer.text);
            answer.error(403, "CSRF_FAILED");
            assert_eq!(answer.header("set-cookie"), "", "{way}");
        }
        assert_eq!(self.platform.snapshot().await, before, "{way}");
        self.artist.get("/api/auth/me").await.data(200);
    }
}

#[tokio::test]
async fn c1_a_foreign_or_null_origin_is_refused_and_nothing_changed() {
    let site = Site::open().await;
    for origin in FOREIGN {
        site.assert_refused(origin, |change| change.header(ORIGIN, origin))
            .await;
    }
    site.assert_refused("two origins", |change| {
        change.header(ORIGIN, FRONTEND).header(ORIGIN, FOREIGN[0])
    })
    .await;
    // The front end's own page and the API's own pages may.
    let wish = json!({"style_id": site.style, "prompt_tags": ["sea"], "aspect_ratio": "1:1"});
    for origin in [FRONTEND, &site.platform.base] {
        let request = site
            .artist
            .request(Method::POST, "/api/generations")
            .json(&wish)
            .header(ORIGIN, origin);
        site.artist.send(request).await.data(201);
    }
}

#[tokio::test]
async fn c1_a_missing_or_wrong_token_is_refused_and_nothing_changed() {
    let site = Site::open().await;
    let own = site.artist.cookie("csrftoken").expect("a token");
    let other = site
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
        site.assert_refused(token, |change| retokened(change, Some(token)))
            .await;
    }
    site.assert_refused("no token", |change| retokened(change, None))
        .await;
    // A cookie proves nothing: other pages of this host could have planted it.
    site.artist.plant_cookie("csrftoken=planted; Path=/");
    site.assert_refused("a planted cookie", |change| change).await;
}

/// The change with another token, or with none.
fn retokened(change: RequestBuilder, token: Option<&str>) -> RequestBuilder {
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
    let site = Site::open().await;
    for value in ["cross-site", "Cross-Site"] {
        site.assert_refused(value, |change| change.header("Sec-Fetch-Site", value))
            .await;
        let both = |change: RequestBuilder| change.header("Sec-Fetch-Site", value).header(ORIGIN, FRONTEND);
        site.assert_refused(value, both).await;
    }
    let me = site
        .artist
        .request(Method::GET, "/api/auth/me")
        .header("Sec-Fetch-Site", "cross-site");
    site.artist.send(me).await.data(200);
    let logout = site
        .artist
        .request(Method::POST, "/api/auth/logout")
        .header("Sec-Fetch-Site", "same-site");
    assert_eq!(site.artist.send(logout).await.status.as_u16(), 200);
}

#[tokio::test]
async fn c3_a_form_or_text_body_on_a_json_route_is_415() {
    let site = Site::open().await;
    let before = site.platform.snapshot().await;
    let operations = site.platform.operations().await;
    let routes: Vec<&Operation> = operations
        .iter()
        .filter(|operation| operation.takes("application/json"))
        .collect();
    assert!(routes.len() >= 9, "{} routes take JSON", routes.len());
    let body = format!(
        r#"{{"style_id":{},"prompt_tags":["sea"],"aspect_ratio":"1:1","is_public":true}}"#,
        site.style
    );
    for route in routes {
        for media in [
            None,
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("text/json"),
            Some("*/*"),
        ] {
            let request = site.artist.request(route.method.clone(), &route.at(site.picture));
            let request = request
                .bearer_auth(TOKEN)
                .header("X-Request-Source", route.source())
                .body(body.clone());
            let request = media
                .into_iter()
                .fold(request, |request, media| request.header("Content-Type", media));
            let answer = site.artist.send(request).await;
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
    assert_eq!(site.platform.snapshot().await, before);
}

#[tokio::test]
async fn c4_no_get_changes_data() {
    let site = Site::open().await;
    let stranger = site.platform.user("visitor@example.com").await;
    let anybody = site.platform.browser();
    let operations = site.platform.operations().await;
    let me = site.artist.get("/api/auth/me").await.data(200)["id"]
        .as_i64()
        .expect("an id");
    let before = site.platform.snapshot().await;
    for route in operations
        .iter()
        .filter(|operation| operation.method == Method::GET && !operation.is_login())
    {
        for id in [site.style, site.picture, me, 999_999] {
            for browser in [&site.artist, &stranger, &anybody] {
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
        assert_eq!(site.platform.snapshot().await, before, "{}", route.name());
    }
    // What changes something cannot be had by a GET.
    for route in operations
        .iter()
        .filter(|operation| operation.method != Method::GET)
    {
        site.artist.get(&route.at(site.picture)).await;
    }
    assert_eq!(site.platform.snapshot().await, before);
}
