//! Unknown methods, paths and ids.

use reqwest::Method;

use super::{MISSING_ID, assert_envelope, assert_headers, call};
use crate::support::Platform;

#[tokio::test]
async fn an_unknown_method_is_405_with_the_allowed_methods() {
    let platform = Platform::start().await;
    let user = platform.user("visitor@example.com").await;
    let operations = platform.operations().await;
    let unknown = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::TRACE,
    ];
    for route in &operations {
        let path = &route.path;
        let known: Vec<&Method> = operations
            .iter()
            .filter(|o| &o.path == path)
            .map(|o| &o.method)
            .collect();
        for method in unknown.iter().filter(|method| !known.contains(method)) {
            let answer = user.send(user.request(method.clone(), &route.at(1))).await;
            let name = format!("{method} {path}");
            assert_eq!(answer.status.as_u16(), 405, "{name}: {}", answer.text);
            answer.error(405, "METHOD_NOT_ALLOWED");
            let mut allowed: Vec<Method> = answer
                .header("allow")
                .split(", ")
                .filter_map(|m| m.parse().ok())
                .collect();
            allowed.sort_by_key(ToString::to_string);
            let mut expected: Vec<Method> = known.iter().map(|method| (*method).clone()).collect();
            expected.extend(known.contains(&&Method::GET).then_some(Method::HEAD));
            expected.sort_by_key(ToString::to_string);
            assert_eq!(allowed, expected, "{name}");
            assert_headers(&name, &answer);
            assert_envelope(&name, &answer);
        }
    }
}

#[tokio::test]
async fn an_unknown_route_is_404() {
    let platform = Platform::start().await;
    let user = platform.user("visitor@example.com").await;
    let paths = [
        "/",
        "/api",
        "/api/",
        "/api/nothing",
        "/api/styles/1/nothing",
        "/api/styles/1/2/3",
        "/API/styles",
        "/api/styles%2F1",
        "/styles",
        "/admin",
        "/metrics",
        "/.env",
        "/api/.git/config",
        "/api/%00",
        "/api/%ff",
        "/api/webhooks",
        "/api/webhooks/other/complete",
        "/api/auth/google",
        "/docsx",
        "/api/users/me/nothing",
    ];
    for path in paths {
        for method in [Method::GET, Method::POST, Method::PATCH, Method::DELETE] {
            let answer = user.send(user.request(method.clone(), path)).await;
            assert_eq!(answer.status.as_u16(), 404, "{method} {path}: {}", answer.text);
            answer.error(404, "NOT_FOUND");
            assert_headers(path, &answer);
            assert_envelope(path, &answer);
        }
    }
}

#[tokio::test]
async fn a_trailing_slash_is_ignored() {
    let platform = Platform::start().await;
    let (_artist, style) = platform.trained_style(10).await;
    for route in platform.operations().await {
        // A new session per call, because some routes sign out.
        let mut answers = Vec::new();
        for slash in ["", "/", "//"] {
            let user = platform.user("visitor@example.com").await;
            let path = format!("{}{slash}?limit=3", route.at(style));
            let answer = user.send(call(&user, &route, &path)).await;
            let shown = if route.is_login() {
                String::new()
            } else {
                answer.text
            };
            answers.push((answer.status, shown));
            // A second follow is refused, so the follow is removed.
            if route.name() == "POST /api/users/{id}/follow" {
                user.delete(&route.at(style)).await;
            }
        }
        assert!(
            answers[0].0.as_u16() != 404 || route.has_path_parameter(),
            "{}: {:?}",
            route.name(),
            answers[0]
        );
        assert_eq!(answers[0], answers[1], "{}", route.name());
        assert_eq!(answers[0], answers[2], "{}", route.name());
    }
}

#[tokio::test]
async fn an_invalid_id_is_404() {
    let platform = Platform::start().await;
    let user = platform.user("visitor@example.com").await;
    let ids = [
        "0",
        "-1",
        "+1",
        "1.0",
        "1e3",
        "abc",
        "%00",
        "%31%00",
        "1%20",
        "%EF%BC%91",
        "9223372036854775808",
        "99999999999999999999999999",
        "1;DROP%20TABLE%20users",
        "..",
        "%2e%2e",
        "null",
        "%ff",
    ];
    for route in platform
        .operations()
        .await
        .iter()
        .filter(|route| route.has_path_parameter())
    {
        for id in ids
            .iter()
            .copied()
            .chain([MISSING_ID.to_string().as_str(), "9223372036854775807"])
        {
            let request = user
                .request(route.method.clone(), &route.at(id))
                .json(&serde_json::json!({"content": "A comment."}));
            let answer = user.send(request).await;
            let name = format!("{} with {id}", route.name());
            assert!(
                [404, 405].contains(&answer.status.as_u16()),
                "{name}: {} {}",
                answer.status,
                answer.text
            );
            assert_envelope(&name, &answer);
            assert_headers(&name, &answer);
        }
    }
}

#[tokio::test]
async fn head_is_answered_like_get_without_a_body() {
    let platform = Platform::start().await;
    let (artist, style) = platform.trained_style(10).await;
    let routes = platform
        .operations()
        .await
        .into_iter()
        .filter(|route| route.method == Method::GET);
    for route in routes.filter(|route| !route.get_has_effects()) {
        for id in [style, MISSING_ID] {
            let get = artist.get(&route.at(id)).await;
            let head = artist.send(artist.request(Method::HEAD, &route.at(id))).await;
            assert_eq!(head.status, get.status, "{}", route.name());
            assert_eq!(head.text, "", "{}", route.name());
            assert_eq!(
                head.header("content-type"),
                get.header("content-type"),
                "{}",
                route.name()
            );
            assert_headers(&route.name(), &head);
        }
    }
}
