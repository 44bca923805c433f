//! A store that fails as it is told, and passes everything else on to a real one.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What one request meets.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// It is answered with this status and S3 error code after it was read.
    Answer(u16, &'static str),
    /// The connection is closed after this many bytes of the body.
    CutAfter(usize),
    /// It is read and never answered.
    Hang,
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Seen {
    pub head: String,
    /// What was read of the body.
    pub body: Vec<u8>,
}

impl Seen {
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
    seen: Mutex<Vec<Seen>>,
}

/// One request per connection; faults are taken from the script in order.
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
            seen: Mutex::default(),
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

    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
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
            // An error means that one of the ends is gone, which is the point.
            let _ = answer(client, &shared).await;
        });
    }
}

async fn answer(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let head = read_head(&mut client).await?;
    let fault = shared.script.lock().unwrap().pop_front();
    let mut seen = Seen {
        head,
        body: Vec::new(),
    };
    let length = seen
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let wanted = match fault {
        Some(Fault::CutAfter(bytes)) => bytes.min(length),
        _ => length,
    };
    seen.body = vec![0; wanted];
    client.read_exact(&mut seen.body).await?;
    shared.seen.lock().unwrap().push(seen.clone());
    match fault {
        None => pass(client, shared.target, &seen).await,
        Some(Fault::CutAfter(_)) => Ok(()),
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Answer(status, code)) => {
            let xml = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
            let xml = if seen.method() == "HEAD" { "" } else { &xml };
            let head = format!(
                "HTTP/1.1 {status} Told\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
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

/// What was signed stays as it is; the connection is not signed.
async fn pass(mut client: TcpStream, target: SocketAddr, seen: &Seen) -> io::Result<()> {
    let mut server = TcpStream::connect(target).await?;
    let head = seen.head.trim_end();
    server
        .write_all(format!("{head}\r\nconnection: close\r\n\r\n").as_bytes())
        .await?;
    server.write_all(&seen.body).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    client.write_all(&answer).await?;
    client.shutdown().await
}
