//! The role's credentials against a fake metadata service.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::object::ObjectError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const CREDENTIALS: &str = r#"{"Code":"Success","LastUpdated":"2026-01-01T00:00:00Z","Type":"AWS-HMAC",
    "AccessKeyId":"role-id","SecretAccessKey":"role-secret","Token":"role-token","Expiration":"2026-01-01T06:00:00Z"}"#;

/// A metadata service of an instance with or without a role. Returns its address and the number of times that
/// credentials were requested.
async fn metadata_service(role: Option<&'static str>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(respond(stream, role, Arc::clone(&counter)));
        }
    });
    (address, requests)
}

async fn respond(mut stream: TcpStream, role: Option<&str>, requests: Arc<AtomicUsize>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.unwrap());
    }
    let request = String::from_utf8(request).unwrap().to_lowercase();
    let list = "/latest/meta-data/iam/security-credentials/";
    let with_token = request.contains("x-aws-ec2-metadata-token: the-token\r\n");
    let (status, body) = match (request.split(' ').nth(1).unwrap(), role) {
        ("/latest/api/token", _) if request.starts_with("put ") => ("200 OK", "the-token"),
        _ if !with_token => ("401 Unauthorized", ""),
        (path, Some(role)) if path == list => ("200 OK", role),
        (path, Some(role)) if path == format!("{list}{role}") => {
            requests.fetch_add(1, Ordering::SeqCst);
            ("200 OK", CREDENTIALS)
        }
        _ => ("404 Not Found", ""),
    };
    let response = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(response.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn credentials_are_fetched_once_and_shared() {
    let (address, requests) = metadata_service(Some("media-writer")).await;
    let role = InstanceRole::with_service(&address).unwrap();
    let (first, second) = tokio::join!(role.credentials(), role.credentials());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.access_key.as_deref(), Some("role-id"));
    assert_eq!(first.secret_key.as_deref(), Some("role-secret"));
    assert_eq!(first.security_token.as_deref(), Some("role-token"));
    assert!(first.expiration.is_none());
    assert_eq!(first, second);
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn expired_credentials_are_refreshed_and_kept_when_the_refresh_fails() {
    let (address, requests) = metadata_service(Some("media-writer")).await;
    let mut role = InstanceRole::with_service(&address).unwrap();
    let expire = async |role: &InstanceRole| {
        role.cached.lock().await.as_mut().unwrap().refresh_at = Instant::now();
    };
    role.credentials().await.unwrap();
    expire(&role).await;
    role.credentials().await.unwrap();
    assert_eq!(requests.load(Ordering::SeqCst), 2);

    "http://127.0.0.1:1".clone_into(&mut role.service);
    expire(&role).await;
    let kept = role.credentials().await.unwrap();
    assert_eq!(kept.access_key.as_deref(), Some("role-id"));
}

#[tokio::test]
async fn an_instance_without_a_role_is_refused_and_a_missing_service_is_unavailable() {
    let (address, _) = metadata_service(None).await;
    let without = InstanceRole::with_service(&address).unwrap();
    let error = without.credentials().await.unwrap_err().into_error();
    assert!(matches!(error, ObjectError::Refused(_)), "{error}");

    let nowhere = InstanceRole::with_service("http://127.0.0.1:1").unwrap();
    let error = nowhere.credentials().await.unwrap_err().into_error();
    assert!(matches!(error, ObjectError::Unavailable(_)), "{error}");
}
