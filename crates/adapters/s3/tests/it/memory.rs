//! Memory use of a large upload.

use std::path::Path;

use domain::ObjectAddress;
use domain::object::ObjectStorage;
use stylelicense_s3::{S3Storage, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::support::file;

const MIB: u64 = 1024 * 1024;
/// Large compared to the memory of the other tests in this process.
const FILE_BYTES: u64 = 300 * MIB;

#[tokio::test]
async fn a_large_file_is_streamed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = Settings {
        endpoint: Some(format!("http://{}", listener.local_addr().unwrap())),
        region: "us-east-1".to_owned(),
        access_key: Some("id".into()),
        secret_key: Some("secret".into()),
        public_bucket: "media".to_owned(),
        private_bucket: "media-private".to_owned(),
        timeout: Settings::DEFAULT_TIMEOUT,
    };
    let storage = S3Storage::new(&settings).unwrap();
    let large = tempfile::NamedTempFile::new().unwrap();
    large.as_file().set_len(FILE_BYTES).unwrap();
    let at = ObjectAddress::new("media-private", "large");

    let before = resident_peak();
    let received = tokio::spawn(discard_request(listener));
    storage.put(&at, file(large.path()), "image/png").await.unwrap();
    assert_eq!(received.await.unwrap(), FILE_BYTES);
    let grown = resident_peak() - before;
    assert!(grown < FILE_BYTES / 2, "it took {} MiB", grown / MIB);
}

/// Reads one request without keeping it; returns the length of its body.
async fn discard_request(listener: TcpListener) -> u64 {
    let (client, _) = listener.accept().await.unwrap();
    let mut client = BufReader::new(client);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    let body = &mut (&mut client).take(FILE_BYTES);
    let length = tokio::io::copy(body, &mut tokio::io::sink()).await.unwrap();
    let response = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    client.get_mut().write_all(response).await.unwrap();
    length
}

/// Peak resident memory of this process, in bytes.
fn resident_peak() -> u64 {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}
