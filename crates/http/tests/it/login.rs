//! Logins with invalid query strings.

use actix_web::test::TestRequest;
use domain::auth::{LoginChallenge, MockLoginProvider};

use crate::support::{Api, FRONTEND, TestResponse};

fn provider() -> MockLoginProvider {
    let mut provider = MockLoginProvider::new();
    provider.expect_begin().returning(|_| {
        Ok(LoginChallenge {
            url: "https://login.example.com/".into(),
            state: "state".into(),
            nonce: "nonce".into(),
            pkce_verifier: "verifier".into(),
        })
    });
    // No `finish`: a callback that calls it fails the test.
    provider
}

async fn get(api: &Api, path: &str, previous: Option<&TestResponse>) -> TestResponse {
    let request = TestRequest::get().uri(path);
    let request = match previous.and_then(|response| response.cookie("sessionid")) {
        Some(session) => request.cookie(session),
        None => request,
    };
    api.send_to_routes(request, provider()).await
}

#[actix_web::test]
async fn a_callback_with_repeated_parameters_redirects_to_the_login_page() {
    let api = Api::new();
    for query in [
        "code=1&code=2&state=state",
        "code=1&state=state&state=state",
        "error=access_denied&error=access_denied",
        "code=1&code=1&state=state&state=state&error=x&error=x",
        "code=%FF&state=%FF&state",
        "",
    ] {
        let start = get(&api, "/api/auth/google/login", None).await;
        assert_eq!(start.status, 302);
        let response = get(&api, &format!("/api/auth/google/callback?{query}"), Some(&start)).await;
        assert_eq!(
            (response.status.as_u16(), response.header("location")),
            (302, &*format!("{FRONTEND}/login?error=invalid_state")),
            "{query}"
        );
    }
}

#[actix_web::test]
async fn a_repeated_next_or_login_hint_is_ignored() {
    let api = Api::new();
    for query in [
        "next=/styles/7&next=/styles/8",
        "login_hint=a@example.com&login_hint=b@example.com",
        "next=%FF&next",
    ] {
        let response = get(&api, &format!("/api/auth/google/login?{query}"), None).await;
        assert_eq!(
            (response.status.as_u16(), response.header("location")),
            (302, "https://login.example.com/"),
            "{query}"
        );
        let rows = api.sessions.rows.lock().unwrap();
        assert!(
            !rows.is_empty()
                && rows
                    .values()
                    .all(|row| !format!("{:?}", row.data).contains("login_next"))
        );
    }
}
