//! What a large file costs while it is sent.

use std::path::Path;

use domain::ObjectAddress;
use domain::object::ObjectStorage;
use stylelicense_s3::{S3Storage, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::support::file;

const MIB: u64 = 1024 * 1024;
/// So large that what the other tests of this process hold meanwhile makes no difference.
const FILE_BYTES: u64 = 300 * MIB;

#[tokio::test]
async fn a_large_file_is_never_in_memory_as_a_whole() {
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
    let swallowing = tokio::spawn(swallow(listener));
    storage.put(&at, file(large.path()), "image/png").await.unwrap();
    assert_eq!(swallowing.await.unwrap(), FILE_BYTES);
    let grown = resident_peak() - before;
    assert!(grown < FILE_BYTES / 2, "it took {} MiB", grown / MIB);
}

/// Takes one request, keeps nothing of it and says how long its body was.
async fn swallow(listener: TcpListener) -> u64 {
    let (client, _) = listener.accept().await.unwrap();
    let mut client = BufReader::new(client);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    let body = &mut (&mut client).take(FILE_BYTES);
    let length = tokio::io::copy(body, &mut tokio::io::sink()).await.unwrap();
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    client.get_mut().write_all(answer).await.unwrap();
    length
}

/// The most memory this process had at once, in bytes.
fn resident_peak() -> u64 {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}
