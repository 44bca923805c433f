//! The storage under test and its clients.

use std::time::Duration;

use reqwest::{Client, Method, Response};
use s3::creds::Credentials;
use s3::error::S3Error;
use s3::{Bucket, Region};
use stylelicense_local_services::s3::{LocalS3, LocalS3Options};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub const PUBLIC: &str = "media";
pub const PRIVATE: &str = "media-private";
pub const ACCESS_KEY: &str = "local-access";
pub const SECRET_KEY: &str = "a secret of this test";
pub const FRONT_END: &str = "http://localhost:3000";
pub const SECRET_TEXT: &str = "the private object";

pub struct Storage {
    pub server: LocalS3,
    pub http: Client,
    pub folder: TempDir,
}

pub fn options(folder: &TempDir, port: u16) -> LocalS3Options {
    LocalS3Options {
        root: folder.path().join("objects"),
        port,
        public_bucket: PUBLIC.to_owned(),
        private_bucket: PRIVATE.to_owned(),
        access_key: ACCESS_KEY.to_owned(),
        secret_key: SECRET_KEY.to_owned().into(),
        allowed_origins: vec![FRONT_END.to_owned()],
    }
}

impl Storage {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            server: LocalS3::start(options(&folder, 0)).unwrap(),
            http: Client::new(),
            folder,
        }
    }

    pub fn bucket_signed_with(&self, name: &str, secret: &str) -> Box<Bucket> {
        let region = Region::Custom {
            region: "us-east-1".to_owned(),
            endpoint: self.server.endpoint(),
        };
        let credentials = Credentials::new(Some(ACCESS_KEY), Some(secret), None, None, None).unwrap();
        Bucket::new(name, region, credentials)
            .unwrap()
            .with_path_style()
            .with_request_timeout(Duration::from_secs(20))
            .unwrap()
    }

    pub fn bucket(&self, name: &str) -> Box<Bucket> {
        self.bucket_signed_with(name, SECRET_KEY)
    }

    /// Sends a request without a signature.
    pub async fn anonymous(&self, method: Method, path: &str) -> Response {
        let address = format!("{}{path}", self.server.endpoint());
        self.http.request(method, address).send().await.unwrap()
    }

    /// Sends the path unchanged; client libraries would normalize it.
    pub async fn raw_get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.server.address()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await.unwrap();
        String::from_utf8_lossy(&response).into_owned()
    }
}

#[track_caller]
pub fn status_of<T>(result: Result<T, S3Error>) -> u16 {
    match result {
        Err(S3Error::HttpFailWithBody(status, _)) => status,
        Err(other) => panic!("expected a refused request, got {other}"),
        Ok(_) => panic!("expected a refused request, got success"),
    }
}
