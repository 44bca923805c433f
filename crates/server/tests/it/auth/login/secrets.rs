//! Secrets of a login do not appear in answers and logs (O9).

use testkit::client::Answer;
use testkit::login::Fault;

use super::{callback_url, parameter};
use crate::support::{Platform, TOKEN};

#[derive(Default)]
struct Secrets(Vec<(String, String)>);

impl Secrets {
    fn add(&mut self, name: &str, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 16, "{name} is too short to search for");
        self.0.push((name.to_owned(), secret));
    }

    fn assert_absent(&self, place: &str, text: &str) {
        for (name, secret) in &self.0 {
            let at = text.find(secret.as_str());
            let around = at.map(|at| text[..at].lines().last().unwrap_or_default());
            assert_eq!(around, None, "{place} shows {name}");
        }
    }
}

#[tokio::test]
async fn o9_no_token_or_code_in_answers_and_logs() {
    let mut platform = Platform::with_log(&[]).await;
    let mut secrets = Secrets::default();
    let mut answers: Vec<Answer> = Vec::new();
    for fault in [
        Fault::None,
        Fault::WrongNonce,
        Fault::InvalidSignature,
        Fault::NoEmail,
    ] {
        platform.login.set_fault(fault);
        let browser = platform.browser();
        let callback = callback_url(&browser, "visitor@example.com").await;
        secrets.add("a code", parameter(&callback, "code"));
        answers.push(browser.get(callback.as_str()).await);
        secrets.add(
            "an ID token",
            platform.login.last_id_token().expect("an ID token"),
        );
        for path in ["/api/auth/me", "/api/tokens/transactions", "/api/generations/me"] {
            answers.push(browser.get(path).await);
        }
        // A repeated callback, and one with a forged code.
        answers.push(browser.get(callback.as_str()).await);
        let next = callback_url(&browser, "visitor@example.com").await;
        secrets.add("an unused code", parameter(&next, "code"));
        let forged = super::with_parameter(&next, "code", Some("forged-code-0123456789"));
        secrets.add("a forged code", "forged-code-0123456789");
        answers.push(browser.get(&forged).await);
    }
    secrets.add("the client's secret", platform.login.client_secret());
    secrets.add("the workers' token", TOKEN);
    secrets.add("the server's secret", "test-secret-key-0123456789abcdef0123");
    secrets.add("the store's secret", platform.storage.secret_key.clone());
    for answer in &answers {
        let shown = format!("{:?}\n{}", answer.headers, answer.text);
        secrets.assert_absent("an answer", &shown);
    }
    platform.login.set_fault(Fault::None);
    let browser = platform.user("visitor@example.com").await;
    secrets.add(
        "a session cookie",
        browser.cookie("sessionid").expect("a session"),
    );
    secrets.add("a CSRF token", browser.cookie("csrftoken").expect("a token"));
    browser.me().await;
    let authorization = platform.login.last_authorization().expect("an authorization");
    for name in ["state", "nonce"] {
        secrets.add(name, authorization[name].clone());
    }
    let worker = platform
        .worker()
        .report("training/complete", &serde_json::json!({"style_id": 1}))
        .await;
    assert!(worker.status.is_client_error());

    let log = platform.stop_and_read_log().await;
    assert!(
        log.contains("a login failed") && log.contains("request answered"),
        "the log is there:\n{log}"
    );
    assert!(log.contains("\"level\":\"DEBUG\""), "the log is verbose");
    secrets.assert_absent("the log", &log);
}
