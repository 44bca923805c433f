//! A proxy for PostgreSQL that records the statements of every round trip.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const MAX_MESSAGE_BYTES: u32 = 64 * 1024 * 1024;

/// Request codes that a client can send instead of the protocol version.
mod startup {
    pub const CANCEL: u32 = 80_877_102;
    pub const TLS: u32 = 80_877_103;
    pub const GSS: u32 = 80_877_104;
}

/// Records the round trips of all connections through it. Dropping it closes them.
#[derive(Debug)]
pub struct StatementRecorder {
    addr: SocketAddr,
    log: Log,
    listening: JoinHandle<()>,
}

type Log = Arc<Mutex<Vec<String>>>;

impl StatementRecorder {
    /// Listens on a free port of the loopback address and forwards to `target` (`host:port`).
    pub async fn start(target: impl Into<String>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let log = Log::default();
        let listening = tokio::spawn(accept(listener, target.into(), log.clone()));
        Ok(Self { addr, log, listening })
    }

    /// The listening address.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The statements of each round trip since the last call. Round trips without a statement, such as the pings of a
    /// pool, are left out.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for StatementRecorder {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn accept(listener: TcpListener, target: String, log: Log) {
    // Connections end with this task.
    let mut connections = tokio::task::JoinSet::new();
    loop {
        if let Ok((client, _)) = listener.accept().await {
            let (target, log) = (target.clone(), log.clone());
            connections.spawn(async move { connection(client, &target, &log).await.ok() });
        }
    }
}

async fn connection(mut client: TcpStream, target: &str, log: &Log) -> io::Result<()> {
    let mut server = TcpStream::connect(target).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_server, mut to_server) = server.split();
    let (mut from_client, mut to_client) = client.split();
    loop {
        let length = from_client.read_u32().await?;
        let body = body(&mut from_client, length).await?;
        let first = body.first_chunk().map_or(0, |word| u32::from_be_bytes(*word));
        if [startup::TLS, startup::GSS].contains(&first) {
            // Encryption is refused so that the proxy can read the messages.
            to_client.write_all(b"N").await?;
            continue;
        }
        to_server.write_all(&length.to_be_bytes()).await?;
        to_server.write_all(&body).await?;
        if first == startup::CANCEL {
            return Ok(());
        }
        break;
    }
    let requests = async {
        let mut statements = Statements::default();
        loop {
            let kind = from_client.read_u8().await?;
            let length = from_client.read_u32().await?;
            let body = body(&mut from_client, length).await?;
            if let Some(statement) = statements.read(kind, &body) {
                log.lock().unwrap_or_else(PoisonError::into_inner).push(statement);
            }
            let message = [&[kind][..], &length.to_be_bytes(), &body].concat();
            to_server.write_all(&message).await?;
        }
    };
    let responses = copy(&mut from_server, &mut to_client);
    tokio::select! {
        result = requests => result,
        result = responses => result.map(drop),
    }
}

/// The rest of a message; its length includes the length field.
async fn body(from: &mut (impl AsyncRead + Unpin), length: u32) -> io::Result<Vec<u8>> {
    if !(4..MAX_MESSAGE_BYTES).contains(&length) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = vec![0; length as usize - 4];
    from.read_exact(&mut body).await?;
    Ok(body)
}

/// The statements of a connection.
#[derive(Debug, Default)]
struct Statements {
    prepared: HashMap<Vec<u8>, String>,
    /// Statements of the current round trip.
    current: Vec<String>,
}

impl Statements {
    /// Reads a message; returns the statements when it ends a round trip.
    fn read(&mut self, kind: u8, body: &[u8]) -> Option<String> {
        let mut texts = body.split(|byte| *byte == 0);
        let mut text = || texts.next().unwrap_or_default();
        match kind {
            b'Q' => return Some(String::from_utf8_lossy(text()).into_owned()),
            b'P' => {
                let (name, sql) = (text().to_vec(), String::from_utf8_lossy(text()).into_owned());
                self.current.push(format!("(prepares) {sql}"));
                self.prepared.insert(name, sql);
            }
            b'B' => {
                let (_portal, name) = (text(), text());
                let sql = self.prepared.get(name).cloned();
                self.current.push(sql.unwrap_or_else(|| "(unknown)".to_owned()));
            }
            b'S' => {
                let statements = std::mem::take(&mut self.current).join("; ");
                return Some(statements).filter(|statements| !statements.is_empty());
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Statements;

    #[test]
    fn statements_are_grouped_by_round_trip() {
        let mut statements = Statements::default();
        assert_eq!(statements.read(b'P', b"s1\0SELECT 1\0\0\0"), None);
        assert_eq!(statements.read(b'D', b"Ss1\0"), None);
        assert_eq!(statements.read(b'S', b"").as_deref(), Some("(prepares) SELECT 1"));
        for _ in 0..2 {
            assert_eq!(statements.read(b'B', b"\0s1\0\0\0\0\0\0\0"), None);
            assert_eq!(statements.read(b'E', b"\0\0\0\0\0"), None);
            assert_eq!(statements.read(b'S', b"").as_deref(), Some("SELECT 1"));
        }
        assert_eq!(statements.read(b'S', b""), None);
        assert_eq!(statements.read(b'Q', b"BEGIN\0").as_deref(), Some("BEGIN"));
    }
}
