//! The sign-in page.

use reqwest::Response;
use reqwest::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use stylelicense_local_services::oidc::PERSONAS;
use url::Url;

use super::client::{CALLBACK, Login, callback_parameters};

/// The text between `start` and the next double quote, with `&amp;` decoded.
fn quoted_after(page: &str, start: &str) -> String {
    let (_, rest) = page
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start} in {page}"));
    let (text, _) = rest.split_once('"').unwrap();
    text.replace("&amp;", "&")
}

async fn post(login: &Login, changes: &[(&str, &str)]) -> Response {
    let form = login.parameters(changes);
    login
        .http
        .post(login.address("/sign-in"))
        .form(&form)
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn the_page_has_a_warning_and_every_persona() {
    let login = Login::start();
    let page = login.authorize(&[("login_hint", "")]).await;
    assert_eq!(page.status(), 200);
    assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(page.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(page.headers()[X_FRAME_OPTIONS], "DENY");
    assert_eq!(page.headers()[REFERRER_POLICY], "no-referrer");
    let policy = page.headers()[CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'nonce-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");

    let page = page.text().await.unwrap();
    assert!(page.contains("This is not a real login"));
    for persona in PERSONAS {
        assert!(page.contains(persona.name) && page.contains(persona.email));
    }
    assert!(!page.contains("{{") && !page.contains("<script"));

    let chosen = quoted_after(&page, "<li><a href=\"");
    let response = login.http.get(login.address(&chosen)).send().await.unwrap();
    let back = callback_parameters(&response);
    assert_eq!(back["state"], "the-state");
    let token = login.exchange(&back["code"], &[]).await;
    assert_eq!(token.status(), 200);
}

#[tokio::test]
async fn the_form_redirects_to_the_client_with_a_code() {
    let login = Login::start();
    let page = post(&login, &[("login_hint", ""), ("email", "somebody@example.com")]).await;
    assert_eq!(page.status(), 200);
    let next = quoted_after(&page.text().await.unwrap(), "content=\"0;url=");
    assert!(next.starts_with(CALLBACK), "{next}");
    let next = Url::parse(&next).unwrap();
    let (_, code) = next.query_pairs().find(|(name, _)| name == "code").unwrap();
    let token: serde_json::Value = login.exchange(&code, &[]).await.json().await.unwrap();
    let claims = login.verified(token["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!(claims.email().unwrap().as_str(), "somebody@example.com");
}

#[tokio::test]
async fn the_form_checks_the_email_and_the_client() {
    let login = Login::start();
    let again = post(&login, &[("login_hint", ""), ("email", "not an e-mail")])
        .await
        .text()
        .await
        .unwrap();
    assert!(again.contains("That is not an e-mail address."));
    let evil = post(
        &login,
        &[
            ("redirect_uri", "http://evil.example/"),
            ("email", "a@example.com"),
        ],
    )
    .await;
    assert_eq!(evil.status(), 400);
    assert!(!evil.headers().contains_key(LOCATION));
    assert!(!evil.text().await.unwrap().contains("evil.example"));
}

#[tokio::test]
async fn all_parameters_are_escaped() {
    let login = Login::start();
    let attack = "\"><script>alert('1')</script>";
    for name in ["state", "login_hint", attack] {
        let page = login.authorize(&[("login_hint", ""), (name, attack)]).await;
        assert_eq!(page.status(), 200, "{name}");
        let page = page.text().await.unwrap();
        assert!(!page.contains("<script"), "{name}: {page}");
        assert!(page.contains("&lt;script&gt;"), "{name}: {page}");
    }
}
