//! Processes of the binary.

use std::{
    net::TcpListener,
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

const BINARY: &str = env!("CARGO_BIN_EXE_stylelicense");

/// A running server. Dropping it kills the process.
pub struct Server {
    child: Child,
    log: Option<JoinHandle<String>>,
}

impl Server {
    /// Starts `stylelicense serve` and waits until it answers.
    pub async fn start(environment: &[(String, String)], base: &str) -> Self {
        Self::start_as("serve", environment, base).await
    }

    /// Starts `stylelicense <command>` and waits until it answers.
    pub async fn start_as(command: &str, environment: &[(String, String)], base: &str) -> Self {
        Self::launch(binary(environment).arg(command), base).await
    }

    /// As [`Self::start`], but keeps the log for [`Self::stop_and_read_log`].
    pub async fn start_with_log(environment: &[(String, String)], base: &str) -> Self {
        let mut server = Self::launch(binary(environment).arg("serve").stderr(Stdio::piped()), base).await;
        let mut stderr = server.child.stderr.take().expect("the log");
        server.log = Some(tokio::spawn(async move {
            let mut log = Vec::new();
            stderr.read_to_end(&mut log).await.expect("the log is readable");
            String::from_utf8_lossy(&log).into_owned()
        }));
        server
    }

    /// Stops the server with SIGTERM and returns its log.
    pub async fn stop_and_read_log(mut self) -> String {
        self.signal("TERM").await;
        self.wait(Duration::from_secs(40)).await;
        self.log
            .take()
            .expect("the log was kept")
            .await
            .expect("the log is complete")
    }

    async fn launch(command: &mut Command, base: &str) -> Self {
        let mut child = command.kill_on_drop(true).spawn().expect("the server starts");
        let deadline = Instant::now() + Duration::from_mins(1);
        let live = format!("{base}/api/health/live");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        loop {
            if http
                .get(&live)
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                return Self { child, log: None };
            }
            if let Ok(Some(status)) = child.try_wait() {
                panic!("the server did not start: {status}");
            }
            assert!(Instant::now() < deadline, "the server was not ready in time");
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id().expect("the server runs")
    }

    /// Kills the server (SIGKILL).
    pub async fn kill(mut self) {
        self.child.kill().await.expect("the server is killed");
    }

    /// Sends a signal by name (`TERM`).
    pub async fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let status = Command::new("kill")
            .args([&format!("-{name}"), &pid])
            .status()
            .await
            .expect("kill runs");
        assert!(status.success());
    }

    /// Stops the server and blocks the thread until it has ended. For `drop`.
    pub fn stop_blocking(&self) {
        let Some(pid) = self.child.id() else { return };
        let _ = std::process::Command::new("kill")
            .args(["-TERM", &pid.to_string()])
            .status();
        let running =
            || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z"));
        for _ in 0..200 {
            if !running() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until the server has ended. Returns the exit code.
    pub async fn wait(&mut self, limit: Duration) -> Option<i32> {
        timeout(limit, self.child.wait())
            .await
            .expect("the server ends in time")
            .expect("a status")
            .code()
    }
}

/// Runs a command. Returns (success, standard output).
pub async fn command(environment: &[(String, String)], arguments: &[&str]) -> (bool, String) {
    let output = binary(environment)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .output()
        .await
        .expect("the command runs");
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

/// Below the ephemeral range (from 32768 on Linux), so that no outgoing connection takes a port between the check and
/// its use.
const PORTS: std::ops::Range<u16> = 10_000..30_000;

/// A free port, unique in this process.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let (first, count) = (u32::from(PORTS.start), u32::from(PORTS.end - PORTS.start));
    // Concurrent test processes start at different ports.
    let start = std::process::id().wrapping_mul(617);
    for _ in 0..count {
        let number = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(first + number % count).expect("a port");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port");
}

/// The binary with only these settings, in a folder without a `.env` file.
pub fn binary(environment: &[(String, String)]) -> Command {
    let mut command = Command::new(BINARY);
    command
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir(std::env::temp_dir());
    for name in ["PATH", "HOME", "RUST_LOG", "RUST_BACKTRACE"] {
        let is_set = environment.iter().any(|(known, _)| known == name);
        let default = (name == "RUST_LOG").then(|| "warn".into());
        if let Some(value) = std::env::var_os(name).or(default).filter(|_| !is_set) {
            command.env(name, value);
        }
    }
    command.stdin(Stdio::null());
    command
}
