//! The role's credentials against a metadata service of our own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::object::ObjectError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const CREDENTIALS: &str = r#"{"Code":"Success","LastUpdated":"2026-01-01T00:00:00Z","Type":"AWS-HMAC",
    "AccessKeyId":"role-id","SecretAccessKey":"role-secret","Token":"role-token","Expiration":"2026-01-01T06:00:00Z"}"#;

/// Answers as an instance does that has this role; without one as an instance without. Returns its address, and how
/// often credentials were handed out.
async fn metadata_service(role: Option<&'static str>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let handed_out = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&handed_out);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, role, Arc::clone(&counter)));
        }
    });
    (address, handed_out)
}

async fn converse(mut stream: TcpStream, role: Option<&str>, handed_out: Arc<AtomicUsize>) {
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        asked.push(stream.read_u8().await.unwrap());
    }
    let asked = String::from_utf8(asked).unwrap().to_lowercase();
    let list = "/latest/meta-data/iam/security-credentials/";
    let with_token = asked.contains("x-aws-ec2-metadata-token: the-token\r\n");
    let (status, body) = match (asked.split(' ').nth(1).unwrap(), role) {
        ("/latest/api/token", _) if asked.starts_with("put ") => ("200 OK", "the-token"),
        _ if !with_token => ("401 Unauthorized", ""),
        (path, Some(role)) if path == list => ("200 OK", role),
        (path, Some(role)) if path == format!("{list}{role}") => {
            handed_out.fetch_add(1, Ordering::SeqCst);
            ("200 OK", CREDENTIALS)
        }
        _ => ("404 Not Found", ""),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn the_credentials_are_read_once_and_shared() {
    let (address, handed_out) = metadata_service(Some("media-writer")).await;
    let role = InstanceRole::told_by(&address).unwrap();
    let (first, second) = tokio::join!(role.credentials(), role.credentials());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.access_key.as_deref(), Some("role-id"));
    assert_eq!(first.secret_key.as_deref(), Some("role-secret"));
    assert_eq!(first.security_token.as_deref(), Some("role-token"));
    assert!(first.expiration.is_none());
    assert_eq!(first, second);
    assert_eq!(handed_out.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn credentials_that_are_due_are_read_again_and_kept_when_that_fails() {
    let (address, handed_out) = metadata_service(Some("media-writer")).await;
    let mut role = InstanceRole::told_by(&address).unwrap();
    let make_due = async |role: &InstanceRole| {
        role.cached.lock().await.as_mut().unwrap().due = Instant::now();
    };
    role.credentials().await.unwrap();
    make_due(&role).await;
    role.credentials().await.unwrap();
    assert_eq!(handed_out.load(Ordering::SeqCst), 2);

    "http://127.0.0.1:1".clone_into(&mut role.service);
    make_due(&role).await;
    let kept = role.credentials().await.unwrap();
    assert_eq!(kept.access_key.as_deref(), Some("role-id"));
}

#[tokio::test]
async fn an_instance_without_a_role_is_refused_and_no_instance_is_unavailable() {
    let (address, _) = metadata_service(None).await;
    let without = InstanceRole::told_by(&address).unwrap();
    let error = without.credentials().await.unwrap_err().into_error();
    assert!(matches!(error, ObjectError::Refused(_)), "{error}");

    let nowhere = InstanceRole::told_by("http://127.0.0.1:1").unwrap();
    let error = nowhere.credentials().await.unwrap_err().into_error();
    assert!(matches!(error, ObjectError::Unavailable(_)), "{error}");
}
