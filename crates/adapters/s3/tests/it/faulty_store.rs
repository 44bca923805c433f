//! A proxy in front of the local store that injects faults.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The fault of one request.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// Responds with this status and S3 error code after the request was read.
    Respond(u16, &'static str),
    /// Closes the connection after this many bytes of the body.
    CloseAfter(usize),
    /// Reads the request and never responds.
    Hang,
}

#[derive(Debug, Clone)]
pub struct ReceivedRequest {
    /// Request line and headers.
    pub head: String,
    /// The part of the body that was read.
    pub body: Vec<u8>,
}

impl ReceivedRequest {
    pub fn method(&self) -> &str {
        self.head.split(' ').next().unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

struct Shared {
    target: SocketAddr,
    script: Mutex<VecDeque<Fault>>,
    requests: Mutex<Vec<ReceivedRequest>>,
}

/// Handles one request per connection. Request n gets fault n of the script; later requests get none.
pub struct FaultyStore {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

impl FaultyStore {
    pub async fn start(target: SocketAddr, script: &[Fault]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            target,
            script: Mutex::new(script.iter().copied().collect()),
            requests: Mutex::default(),
        });
        let listening = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            listening,
        }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.shared.requests.lock().unwrap().clone()
    }
}

impl Drop for FaultyStore {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // An error means that one end closed the connection, which tests cause on purpose.
            let _ = handle(client, &shared).await;
        });
    }
}

async fn handle(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let head = read_head(&mut client).await?;
    let fault = shared.script.lock().unwrap().pop_front();
    let mut request = ReceivedRequest {
        head,
        body: Vec::new(),
    };
    let length = request
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let read_length = match fault {
        Some(Fault::CloseAfter(bytes)) => bytes.min(length),
        _ => length,
    };
    request.body = vec![0; read_length];
    client.read_exact(&mut request.body).await?;
    shared.requests.lock().unwrap().push(request.clone());
    match fault {
        None => forward(client, shared.target, &request).await,
        Some(Fault::CloseAfter(_)) => Ok(()),
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Respond(status, code)) => {
            let xml = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
            let xml = if request.method() == "HEAD" { "" } else { &xml };
            let head = format!(
                "HTTP/1.1 {status} Fault\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                xml.len()
            );
            client.write_all((head + xml).as_bytes()).await
        }
    }
}

async fn read_head(client: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    Ok(String::from_utf8(head).unwrap())
}

/// Leaves the signed headers unchanged; `connection` is not signed.
async fn forward(mut client: TcpStream, target: SocketAddr, request: &ReceivedRequest) -> io::Result<()> {
    let mut server = TcpStream::connect(target).await?;
    let head = request.head.trim_end();
    server
        .write_all(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes())
        .await?;
    server.write_all(&request.body).await?;
    let mut response = Vec::new();
    server.read_to_end(&mut response).await?;
    client.write_all(&response).await?;
    client.shutdown().await
}
