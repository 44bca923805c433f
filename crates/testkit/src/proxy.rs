//! A TCP proxy that can be cut, so that a test sees its server go away and come back.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How the proxy handles traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Open,
    /// Forwards to the server and holds its answers back.
    Mute,
    Frozen,
    Cut,
}

#[derive(Debug, Clone, Copy)]
struct State {
    mode: Mode,
    /// Number of cuts. A connection ends when the number changes.
    cuts: u64,
    /// How often connections were stranded: a connection passes nothing once this exceeds its value at the start.
    strands: u64,
}

/// A TCP proxy that can be interrupted. Dropping it closes all connections.
#[derive(Debug)]
pub struct CuttableProxy {
    addr: SocketAddr,
    state: watch::Sender<State>,
    listening: JoinHandle<()>,
}

impl CuttableProxy {
    /// Listens on a free port of the loopback address and forwards to `target` (`host:port`).
    pub async fn start(target: impl Into<String>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let (state, watched) = watch::channel(State {
            mode: Mode::Open,
            cuts: 0,
            strands: 0,
        });
        let listening = tokio::spawn(accept(listener, target.into(), watched));
        Ok(Self {
            addr,
            state,
            listening,
        })
    }

    /// The listening address.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Closes all connections; new ones are closed at once. The port stays bound, so that [`Self::restore`] cannot
    /// fail.
    pub fn cut(&self) {
        self.state.send_modify(|state| {
            state.mode = Mode::Cut;
            state.cuts += 1;
        });
    }

    /// Keeps connections open and accepts new ones, but forwards nothing.
    pub fn freeze(&self) {
        self.state.send_modify(|state| state.mode = Mode::Frozen);
    }

    /// Forwards to the server, but holds its answers back.
    pub fn mute(&self) {
        self.state.send_modify(|state| state.mode = Mode::Mute);
    }

    /// Makes all current connections hang without closing them, as when the other host is gone. New connections work.
    pub fn strand(&self) {
        self.state.send_modify(|state| state.strands += 1);
    }

    /// Forwards again, held bytes first. Cut connections stay closed.
    pub fn restore(&self) {
        self.state.send_modify(|state| state.mode = Mode::Open);
    }
}

impl Drop for CuttableProxy {
    fn drop(&mut self) {
        self.listening.abort();
        self.cut();
    }
}

async fn accept(listener: TcpListener, target: String, state: watch::Receiver<State>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        let begun = *state.borrow();
        if begun.mode != Mode::Cut {
            tokio::spawn(connection(client, target.clone(), state.clone(), begun));
        }
    }
}

/// Forwards one connection until it is closed or cut.
async fn connection(client: TcpStream, target: String, state: watch::Receiver<State>, begun: State) {
    let mut watched = state.clone();
    let passed = async {
        let server = TcpStream::connect(target).await?;
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::try_join!(
            pass(from_client, to_server, state.clone(), |now| {
                now.mode != Mode::Frozen && now.strands == begun.strands
            }),
            pass(from_server, to_client, state.clone(), |now| {
                now.mode == Mode::Open && now.strands == begun.strands
            }),
        )
    };
    tokio::select! {
        _ = passed => {}
        _ = watched.wait_for(|state| state.cuts != begun.cuts) => {}
    }
}

/// Forwards bytes in one direction while `open` is true.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<State>,
    open: impl Fn(&State) -> bool,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        let opened = state.wait_for(&open).await;
        opened.map_err(|_| io::Error::from(io::ErrorKind::ConnectionAborted))?;
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(&buffer[..read]).await?;
    }
}
