//! A TCP proxy that simulates network faults.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Open,
    /// Forwards requests and holds back responses.
    HoldResponses,
    Frozen,
    Cut,
}

#[derive(Debug, Clone, Copy)]
struct State {
    mode: Mode,
    /// Number of cuts. A connection ends when the number changes.
    cuts: u64,
    /// Number of [`FaultyProxy::hang_connections`] calls. A connection that started before the last call forwards
    /// nothing.
    hangs: u64,
}

/// Dropping it closes all connections.
#[derive(Debug)]
pub struct FaultyProxy {
    addr: SocketAddr,
    state: watch::Sender<State>,
    listening: JoinHandle<()>,
}

impl FaultyProxy {
    /// Listens on a free port of the loopback address and forwards to `target` (`host:port`).
    pub async fn start(target: impl Into<String>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let addr = listener.local_addr()?;
        let (state, watched) = watch::channel(State {
            mode: Mode::Open,
            cuts: 0,
            hangs: 0,
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

    /// Forwards requests and holds back responses.
    pub fn hold_responses(&self) {
        self.state.send_modify(|state| state.mode = Mode::HoldResponses);
    }

    /// Makes all current connections hang without closing them, as after the loss of the remote host. New connections
    /// work.
    pub fn hang_connections(&self) {
        self.state.send_modify(|state| state.hangs += 1);
    }

    /// Forwards again, held-back bytes first. Closed connections stay closed.
    pub fn restore(&self) {
        self.state.send_modify(|state| state.mode = Mode::Open);
    }
}

impl Drop for FaultyProxy {
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
        let initial = *state.borrow();
        if initial.mode != Mode::Cut {
            tokio::spawn(connection(client, target.clone(), state.clone(), initial));
        }
    }
}

/// Forwards one connection until it is closed or cut.
async fn connection(client: TcpStream, target: String, state: watch::Receiver<State>, initial: State) {
    let mut watched = state.clone();
    let forwarding = async {
        let server = TcpStream::connect(target).await?;
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::try_join!(
            forward(from_client, to_server, state.clone(), |now| {
                now.mode != Mode::Frozen && now.hangs == initial.hangs
            }),
            forward(from_server, to_client, state.clone(), |now| {
                now.mode == Mode::Open && now.hangs == initial.hangs
            }),
        )
    };
    tokio::select! {
        _ = forwarding => {}
        _ = watched.wait_for(|state| state.cuts != initial.cuts) => {}
    }
}

/// Forwards bytes in one direction while `open` is true.
async fn forward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<State>,
    is_open: impl Fn(&State) -> bool,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await?;
        let opened = state.wait_for(&is_open).await;
        opened.map_err(|_| io::Error::from(io::ErrorKind::ConnectionAborted))?;
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(&buffer[..read]).await?;
    }
}
