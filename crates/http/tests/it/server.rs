//! Tests over a real connection.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use actix_web::{HttpServer, rt};
use stylelicense_http::app_with_routes;

use crate::support::{Api, routes};

/// The sorted lines of the head, and the body of the response.
fn exchange(address: SocketAddr, method: &str, path: &str) -> (Vec<String>, String) {
    let mut connection = TcpStream::connect(address).unwrap();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    connection.write_all(head.as_bytes()).unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let varies = |line: &str| line.starts_with("date:") || line.starts_with("x-trace-id:");
    let mut lines: Vec<String> = head
        .lines()
        .map(str::to_lowercase)
        .filter(|line| !varies(line))
        .collect();
    lines.sort();
    (lines, body.to_owned())
}

#[actix_web::test]
async fn head_has_the_headers_of_get_including_the_length() {
    let deps = Api::new().deps();
    let server = HttpServer::new(move || app_with_routes(&deps, |_| {}, routes::configure))
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
    let address = server.addrs()[0];
    let running = server.run();
    let handle = running.handle();
    rt::spawn(running);
    for path in ["/api/public", "/api/endless", "/docs/", "/api/nothing", "/api/me"] {
        // The infinite body cannot be read.
        let get = if path.ends_with("endless") {
            None
        } else {
            Some(
                rt::task::spawn_blocking(move || exchange(address, "GET", path))
                    .await
                    .unwrap(),
            )
        };
        let (head, body) = rt::task::spawn_blocking(move || exchange(address, "HEAD", path))
            .await
            .unwrap();
        assert_eq!(body, "", "{path}");
        match get {
            Some((expected, _)) => assert_eq!(head, expected, "{path}"),
            None => assert!(head.contains(&"http/1.1 200 ok".to_owned()), "{head:?}"),
        }
    }
    handle.stop(false).await;
}
