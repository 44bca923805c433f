//! Malformed and oversized bodies.

use reqwest::{Method, RequestBuilder};
use testkit::client::Client;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::form::{StyleForm, artist};
use crate::support::Platform;

const FORM: &str = "multipart/form-data; boundary=b";

/// Body limit of an upload: a hundred images and the other fields.
const MAX_BODY_BYTES: u64 = 100 * 10 * 1024 * 1024 + 2 * 1024 * 1024;

fn raw(artist: &Client, content_type: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
    artist
        .request(Method::POST, "/api/styles")
        .header("Content-Type", content_type.to_owned())
        .body(body)
}

#[tokio::test]
async fn a_malformed_form_is_400() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let before = platform.snapshot().await;
    let part = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nBlue";
    let bodies = [
        (FORM, "no form at all"),
        (FORM, ""),
        (FORM, part),
        (
            FORM,
            "--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--\r\n",
        ),
        (
            FORM,
            "--b\r\nContent-Disposition: form-data; name=\"images\"; filename=\"a.png\"\r\n\r\nhalf a file",
        ),
        ("multipart/form-data", "--b--\r\n"),
        ("multipart/form-data; boundary=", "--b--\r\n"),
    ];
    for (content_type, body) in bodies {
        let answer = artist.send(raw(&artist, content_type, body)).await;
        assert_eq!(answer.status, 400, "{content_type} {body:?}: {}", answer.text);
        answer.error(400, "INVALID_REQUEST");
    }
    assert_eq!(platform.snapshot().await, before);
}

#[tokio::test]
async fn another_media_type_is_415() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    for content_type in [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/mixed",
    ] {
        artist
            .send(raw(&artist, content_type, "{}"))
            .await
            .error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
}

#[tokio::test]
async fn u2_a_content_encoded_body_is_415() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let before = platform.snapshot().await;
    for encoding in ["gzip", "br", "deflate", "zstd"] {
        let form = artist
            .request(Method::POST, "/api/styles")
            .multipart(StyleForm::valid().form());
        let answer = artist.send(form.header("Content-Encoding", encoding)).await;
        answer.error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    assert_eq!(platform.snapshot().await, before);
}

#[tokio::test]
async fn u1_a_declared_length_over_the_limit_is_413_at_once() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let before = platform.snapshot().await;
    // The body is never sent, because the declared length is refused.
    let answer = send_head(&platform, &artist, MAX_BODY_BYTES + 1).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains(r#""code":"PAYLOAD_TOO_LARGE""#), "{answer}");
    assert_eq!(platform.snapshot().await, before);
}

/// Sends the head of an upload without a body. Returns the answer.
async fn send_head(platform: &Platform, artist: &Client, length: u64) -> String {
    let address = platform.base.trim_start_matches("http://");
    let port = address.rsplit(':').next().expect("a port");
    let mut connection = TcpStream::connect(format!("127.0.0.1:{port}"))
        .await
        .expect("the server listens");
    let session = artist.cookie("sessionid").expect("a session");
    let csrf = artist.cookie("csrftoken").expect("a token");
    let head = format!(
        "POST /api/styles HTTP/1.1\r\nHost: {address}\r\nCookie: sessionid={session}; csrftoken={csrf}\r\n\
         X-CSRFToken: {csrf}\r\nContent-Type: {FORM}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    connection
        .write_all(head.as_bytes())
        .await
        .expect("the head is taken");
    let mut answer = Vec::new();
    let read = tokio::time::timeout(crate::support::TIMEOUT, connection.read_to_end(&mut answer)).await;
    read.expect("the server answers without the body")
        .expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}
