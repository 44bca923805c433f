//! Queries of logins that nobody sends in earnest.

use actix_web::test::TestRequest;
use domain::auth::{LoginChallenge, MockLoginProvider};

use crate::support::{Answer, Api, FRONT};

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
    // No `finish`: a callback that got so far would fail the test.
    provider
}

async fn get(api: &Api, path: &str, earlier: Option<&Answer>) -> Answer {
    let request = TestRequest::get().uri(path);
    let request = match earlier.and_then(|answer| answer.cookie("sessionid")) {
        Some(session) => request.cookie(session),
        None => request,
    };
    api.send_to_routes(request, provider()).await
}

#[actix_web::test]
async fn a_callback_with_doubled_parameters_ends_on_the_login_page() {
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
        let answer = get(&api, &format!("/api/auth/google/callback?{query}"), Some(&start)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (302, &*format!("{FRONT}/login?error=invalid_state")),
            "{query}"
        );
    }
}

#[actix_web::test]
async fn a_doubled_next_or_hint_is_ignored() {
    let api = Api::new();
    for query in [
        "next=/styles/7&next=/styles/8",
        "login_hint=a@example.com&login_hint=b@example.com",
        "next=%FF&next",
    ] {
        let answer = get(&api, &format!("/api/auth/google/login?{query}"), None).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
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
