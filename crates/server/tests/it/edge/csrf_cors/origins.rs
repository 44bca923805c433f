//! Allowed origins (C5) and preflights.

use reqwest::{Method, RequestBuilder, header::ORIGIN};
use testkit::client::Client;

use super::{CsrfFixture, FOREIGN_ORIGINS};
use crate::support::{FRONTEND, Platform};

#[tokio::test]
async fn c5_no_foreign_origin_is_reflected_with_credentials() {
    let fixture = CsrfFixture::start().await;
    for route in fixture.platform.operations().await {
        let path = route.at(fixture.picture);
        for origin in FOREIGN_ORIGINS {
            let request = fixture
                .artist
                .request(route.method.clone(), &path)
                .header(ORIGIN, origin);
            let preflight = preflight(
                &fixture.artist,
                &path,
                origin,
                route.method.as_str(),
                "content-type,x-csrftoken",
            );
            for request in [request, preflight] {
                let answer = fixture.artist.send(request).await;
                let allowed = answer.header("access-control-allow-origin");
                assert_eq!(allowed, "", "{} for {origin}: {:?}", route.name(), answer.headers);
            }
        }
    }
}

fn preflight(browser: &Client, path: &str, origin: &str, method: &str, headers: &str) -> RequestBuilder {
    let request = browser
        .request_without_csrf(Method::OPTIONS, path)
        .header(ORIGIN, origin);
    request
        .header("Access-Control-Request-Method", method)
        .header("Access-Control-Request-Headers", headers)
}

#[tokio::test]
async fn the_web_client_can_call_every_route_from_its_origin() {
    let platform = Platform::start().await;
    let browser = platform.user("visitor@example.com").await;
    let wanted = [
        "content-type",
        "x-csrftoken",
        "x-request-id",
        "idempotency-key",
        "last-event-id",
        "accept-language",
    ];
    for route in platform.operations().await {
        let request = preflight(
            &browser,
            &route.at(1),
            FRONTEND,
            route.method.as_str(),
            &wanted.join(","),
        );
        let answer = browser.send(request).await;
        assert!(
            answer.status.is_success(),
            "{}: {} {}",
            route.name(),
            answer.status,
            answer.text
        );
        assert_eq!(answer.header("access-control-allow-origin"), FRONTEND);
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert_eq!(answer.header("access-control-max-age"), "86400");
        assert!(
            answer
                .header("access-control-allow-methods")
                .contains(route.method.as_str())
        );
        let allowed = answer.header("access-control-allow-headers").to_lowercase();
        assert!(wanted.iter().all(|name| allowed.contains(name)), "{allowed}");

        let request = browser
            .request_without_csrf(route.method.clone(), &route.at(1))
            .header(ORIGIN, FRONTEND);
        let answer = browser.send(request).await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            FRONTEND,
            "{}",
            route.name()
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        let exposed = answer.header("access-control-expose-headers").to_lowercase();
        for name in [
            "x-trace-id",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "retry-after",
            "location",
        ] {
            assert!(exposed.contains(name), "{name}: {exposed}");
        }
        let vary: Vec<&str> = answer
            .headers
            .get_all("vary")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        assert!(
            vary.join(",").to_lowercase().contains("origin"),
            "caches must keep origins apart: {vary:?}"
        );
    }
}
