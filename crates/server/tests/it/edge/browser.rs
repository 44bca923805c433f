//! A real browser with pages of other origins: one that may call the API and one that may not.

use serde_json::{Value, json};
use testkit::{browser::Browser, client::Client};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use uuid::Uuid;

use crate::support::{NO_BROKER, Platform};

const PAGE: &str = include_str!("browser/page.html");

/// A server of the same page at every path, on a port of its own and so an origin of its own.
struct Pages {
    origin: String,
    listener: Option<TcpListener>,
    serving: Option<JoinHandle<()>>,
}

impl Pages {
    /// Takes the port; answers nobody yet.
    async fn reserve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        Self {
            origin: format!("http://localhost:{port}"),
            listener: Some(listener),
            serving: None,
        }
    }

    /// Serves the page with the API's address in it.
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
                tokio::spawn(answered(connection, answer.clone()));
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

/// Reads the head of a request and answers it.
async fn answered(mut connection: TcpStream, answer: String) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = connection.read_u8().await?;
        head.push(byte);
    }
    connection.write_all(answer.as_bytes()).await?;
    connection.shutdown().await
}

/// An artist to follow, a page that may call the API, one that may not, and a browser.
struct Scene {
    platform: Platform,
    ours: Pages,
    theirs: Pages,
    browser: Browser,
    follow: String,
}

impl Scene {
    async fn set() -> Self {
        let (mut ours, mut theirs) = (Pages::reserve().await, Pages::reserve().await);
        let settings = [
            ("AMQP_URL", NO_BROKER),
            ("CORS_ALLOWED_ORIGINS", ours.origin.as_str()),
            ("FRONTEND_URL", ours.origin.as_str()),
        ];
        let platform = Platform::with(&settings).await;
        ours.serve(&platform.base);
        theirs.serve(&platform.base);
        let artist = Client::signed_in(&platform.base, "artist@example.com").await;
        artist.become_artist("Test Artist").await;
        let id = artist.get("/api/auth/me").await.data(200)["id"].clone();
        Self {
            platform,
            ours,
            theirs,
            browser: Browser::start().await.expect("a browser"),
            follow: format!("/api/users/{id}/follow"),
        }
    }

    /// Signs in as people do: clicks the page's link, says who they are at the provider, comes back.
    async fn sign_in(&self, email: &str) {
        let browser = &self.browser;
        browser.go(&self.ours.origin).await.expect("our page");
        browser.click("#login").await.expect("the page's link");
        browser.write("#email", email).await.expect("the provider's form");
        browser.click("form button").await.expect("its button");
        let back = format!("{}/studio", self.ours.origin);
        browser.until_at(&back).await.expect("the web client again");
    }

    /// A call of the page that is shown.
    async fn call(&self, method: &str, path: &str, body: Value, with_token: bool) -> Value {
        let input = json!({"method": method, "path": path, "body": body, "withToken": with_token});
        let script = "return await call(input.method, input.path, input.body ?? undefined, input.withToken);";
        self.browser.run(script, &input).await.expect("the page runs it")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_the_allowed_origin_signs_in_reads_and_changes() {
    let scene = Scene::set().await;
    scene.sign_in("fan@example.com").await;

    let me = scene.call("GET", "/api/auth/me", Value::Null, true).await;
    assert_eq!(
        (&me["status"], &me["body"]["data"]["username"]),
        (&json!(200), &json!("fan")),
        "{me}"
    );
    let trace = me["trace"].as_str().expect("the trace id is exposed");
    assert!(Uuid::parse_str(trace).is_ok(), "{trace}");
    assert_eq!(me["hidden"], Value::Null, "what is not exposed is hidden");
    let script = "return document.cookie;";
    let cookies = scene.browser.run(script, &json!({})).await.expect("a page");
    let cookies = cookies.as_str().expect("text");
    assert!(
        cookies.contains("csrftoken=") && !cookies.contains("sessionid"),
        "{cookies}"
    );

    let followed = scene.call("POST", &scene.follow, Value::Null, true).await;
    let data = json!({"following": true, "follower_count": 1});
    assert_eq!(
        followed["body"],
        json!({"success": true, "data": data}),
        "{followed}"
    );
    let unfollowed = scene.call("DELETE", &scene.follow, Value::Null, true).await;
    assert_eq!(unfollowed["status"], 204, "{unfollowed}");
    let edit = json!({"bio": "From another origin."});
    let edited = scene.call("PATCH", "/api/users/me", edit, true).await;
    assert_eq!(edited["body"]["data"]["bio"], "From another origin.", "{edited}");
    // The page reads refusals too.
    let refused = scene.call("POST", &scene.follow, Value::Null, false).await;
    assert_eq!(refused["body"]["error"]["code"], "CSRF_FAILED", "{refused}");
    let left = scene.call("POST", "/api/auth/logout", Value::Null, true).await;
    assert_eq!(left["status"], 200, "{left}");
    let nobody = scene.call("GET", "/api/auth/me", Value::Null, true).await;
    assert_eq!(nobody["status"], 401, "{nobody}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_another_origin_reads_nothing_and_changes_nothing() {
    let scene = Scene::set().await;
    scene.sign_in("fan@example.com").await;
    scene.browser.go(&scene.theirs.origin).await.expect("their page");
    let before = scene.platform.snapshot().await;

    // The browser holds the session and, as ports share cookies, even the token.
    let script = "return document.cookie.includes('csrftoken=');";
    let holds = scene.browser.run(script, &json!({})).await.expect("a page");
    assert_eq!(holds, true);
    let edit = json!({"bio": "Not mine."});
    for (method, path, body) in [
        ("GET", "/api/auth/me", Value::Null),
        ("GET", "/api/tokens/balance", Value::Null),
        ("POST", scene.follow.as_str(), Value::Null),
        ("PATCH", "/api/users/me", edit),
        ("DELETE", "/api/users/me", Value::Null),
        ("POST", "/api/auth/logout", Value::Null),
    ] {
        let answer = scene.call(method, path, body, true).await;
        assert_eq!(
            answer["thrown"], "TypeError: Failed to fetch",
            "{method} {path}: {answer}"
        );
    }
    // What goes out without asking first is refused when it arrives.
    for path in [scene.follow.as_str(), "/api/auth/logout"] {
        let script =
            "const answer = await fetch(input, {method: 'POST', mode: 'no-cors', credentials: 'include'});
                      return answer.type;";
        let address = json!(format!("{}{path}", scene.platform.base));
        let sent = scene.browser.run(script, &address).await.expect("a page");
        assert_eq!(sent, "opaque", "{path}");
    }
    assert_eq!(scene.platform.snapshot().await, before);

    // And the session is still good, for our own page.
    scene.browser.go(&scene.ours.origin).await.expect("our page");
    let me = scene.call("GET", "/api/auth/me", Value::Null, true).await;
    assert_eq!(me["body"]["data"]["bio"], Value::Null, "{me}");
}
