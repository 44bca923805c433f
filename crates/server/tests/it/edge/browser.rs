//! A real browser on pages of an allowed and of a foreign origin.

use serde_json::{Value, json};
use testkit::{
    browser::{Browser, Locator, STEP_TIMEOUT},
    client::Client,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use uuid::Uuid;

use crate::support::{NO_BROKER, Platform};

const PAGE: &str = include_str!("browser/page.html");

/// Serves the same page at every path. Every port is a different origin.
struct Pages {
    origin: String,
    listener: Option<TcpListener>,
    serving: Option<JoinHandle<()>>,
}

impl Pages {
    /// Binds the port without serving.
    async fn reserve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        Self {
            origin: format!("http://localhost:{port}"),
            listener: Some(listener),
            serving: None,
        }
    }

    /// Serves the page with the URL of the API.
    fn serve(&mut self, api: &str) {
        let page = PAGE.replace("@API@", api);
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{page}",
            page.len()
        );
        let listener = self.listener.take().expect("a port");
        self.serving = Some(tokio::spawn(async move {
            loop {
                let Ok((connection, _)) = listener.accept().await else {
                    continue;
                };
                tokio::spawn(respond(connection, answer.clone()));
            }
        }));
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        if let Some(serving) = &self.serving {
            serving.abort();
        }
    }
}

/// Reads the head of a request and sends the answer.
async fn respond(mut connection: TcpStream, answer: String) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = connection.read_u8().await?;
        head.push(byte);
    }
    connection.write_all(answer.as_bytes()).await?;
    connection.shutdown().await
}

/// An artist, pages of an allowed and of a foreign origin, and a browser.
struct BrowserFixture {
    platform: Platform,
    allowed: Pages,
    foreign: Pages,
    browser: Browser,
    follow: String,
}

impl BrowserFixture {
    async fn start() -> Self {
        let (mut allowed, mut foreign) = (Pages::reserve().await, Pages::reserve().await);
        let settings = [
            ("AMQP_URL", NO_BROKER),
            ("CORS_ALLOWED_ORIGINS", allowed.origin.as_str()),
            ("FRONTEND_URL", allowed.origin.as_str()),
        ];
        let platform = Platform::with(&settings).await;
        allowed.serve(&platform.base);
        foreign.serve(&platform.base);
        let artist = Client::signed_in(&platform.base, "artist@example.com").await;
        artist.become_artist("Test Artist").await;
        let id = artist.me().await["id"].clone();
        Self {
            platform,
            allowed,
            foreign,
            browser: Browser::start().await.expect("a browser"),
            follow: format!("/api/users/{id}/follow"),
        }
    }

    /// Signs in through the page's link and the provider's form.
    async fn sign_in(&self, email: &str) {
        let browser = &self.browser;
        browser
            .goto(&self.allowed.origin)
            .await
            .expect("the allowed page");
        let find = async |selector| browser.find(Locator::Css(selector)).await.expect("an element");
        find("#login")
            .await
            .click()
            .await
            .expect("a link to the provider");
        find("#email").await.send_keys(email).await.expect("a form");
        find("form button").await.click().await.expect("the form is sent");
        let back = format!("{}/studio", self.allowed.origin)
            .parse()
            .expect("an address");
        let wait = browser.wait().at_most(STEP_TIMEOUT);
        wait.for_url(&back).await.expect("the redirect to the web client");
    }

    /// Calls the API from the current page.
    async fn call(&self, method: &str, path: &str, body: Value, with_token: bool) -> Value {
        let input = json!({"method": method, "path": path, "body": body, "withToken": with_token});
        let script = "return await call(input.method, input.path, input.body ?? undefined, input.withToken);";
        self.browser.run(script, input).await.expect("the page runs it")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_an_allowed_origin_can_sign_in_read_and_change() {
    let fixture = BrowserFixture::start().await;
    fixture.sign_in("fan@example.com").await;

    let me = fixture.call("GET", "/api/auth/me", Value::Null, true).await;
    assert_eq!(
        (&me["status"], &me["body"]["data"]["username"]),
        (&json!(200), &json!("fan")),
        "{me}"
    );
    let trace = me["trace"].as_str().expect("the trace id is exposed");
    assert!(Uuid::parse_str(trace).is_ok(), "{trace}");
    assert_eq!(me["hidden"], Value::Null, "other headers are not exposed");
    let script = "return document.cookie;";
    let cookies = fixture.browser.run(script, Value::Null).await.expect("a page");
    let cookies = cookies.as_str().expect("text");
    assert!(
        cookies.contains("csrftoken=") && !cookies.contains("sessionid"),
        "{cookies}"
    );

    let followed = fixture.call("POST", &fixture.follow, Value::Null, true).await;
    let data = json!({"following": true, "follower_count": 1});
    assert_eq!(
        followed["body"],
        json!({"success": true, "data": data}),
        "{followed}"
    );
    let unfollowed = fixture.call("DELETE", &fixture.follow, Value::Null, true).await;
    assert_eq!(unfollowed["status"], 204, "{unfollowed}");
    let edit = json!({"bio": "From another origin."});
    let edited = fixture.call("PATCH", "/api/users/me", edit, true).await;
    assert_eq!(edited["body"]["data"]["bio"], "From another origin.", "{edited}");
    // The page can read errors.
    let refused = fixture.call("POST", &fixture.follow, Value::Null, false).await;
    assert_eq!(refused["body"]["error"]["code"], "CSRF_FAILED", "{refused}");
    let logout = fixture.call("POST", "/api/auth/logout", Value::Null, true).await;
    assert_eq!(logout["status"], 200, "{logout}");
    let nobody = fixture.call("GET", "/api/auth/me", Value::Null, true).await;
    assert_eq!(nobody["status"], 401, "{nobody}");
    fixture.browser.close().await.expect("the browser closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_a_foreign_origin_can_neither_read_nor_change() {
    let fixture = BrowserFixture::start().await;
    fixture.sign_in("fan@example.com").await;
    fixture
        .browser
        .goto(&fixture.foreign.origin)
        .await
        .expect("the foreign page");
    let before = fixture.platform.snapshot().await;

    // The browser has the session and, because cookies ignore ports, the CSRF token.
    let script = "return document.cookie.includes('csrftoken=');";
    let has_token = fixture.browser.run(script, Value::Null).await.expect("a page");
    assert_eq!(has_token, true);
    let edit = json!({"bio": "Not mine."});
    for (method, path, body) in [
        ("GET", "/api/auth/me", Value::Null),
        ("GET", "/api/tokens/balance", Value::Null),
        ("POST", fixture.follow.as_str(), Value::Null),
        ("PATCH", "/api/users/me", edit),
        ("DELETE", "/api/users/me", Value::Null),
        ("POST", "/api/auth/logout", Value::Null),
    ] {
        let answer = fixture.call(method, path, body, true).await;
        assert_eq!(
            answer["thrown"], "TypeError: Failed to fetch",
            "{method} {path}: {answer}"
        );
    }
    // Requests without a preflight are refused by the server.
    for path in [fixture.follow.as_str(), "/api/auth/logout"] {
        let script =
            "const answer = await fetch(input, {method: 'POST', mode: 'no-cors', credentials: 'include'});
                      return answer.type;";
        let address = json!(format!("{}{path}", fixture.platform.base));
        let sent = fixture.browser.run(script, address).await.expect("a page");
        assert_eq!(sent, "opaque", "{path}");
    }
    assert_eq!(fixture.platform.snapshot().await, before);

    // The session still works for the allowed page.
    fixture
        .browser
        .goto(&fixture.allowed.origin)
        .await
        .expect("the allowed page");
    let me = fixture.call("GET", "/api/auth/me", Value::Null, true).await;
    assert_eq!(me["body"]["data"]["bio"], Value::Null, "{me}");
    fixture.browser.close().await.expect("the browser closes");
}
