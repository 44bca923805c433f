//! A headless Chromium, driven over WebDriver.

use std::ops::Deref;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

pub use fantoccini::Locator;

/// Timeout of every step.
pub const STEP_TIMEOUT: Duration = Duration::from_mins(1);

/// A browser with an empty profile. It derefs to fantoccini's [`Client`].
#[derive(Debug)]
pub struct Browser {
    client: Client,
    // The browser ends when the pipe to its driver closes, also when a test panics. Fields are dropped in this order.
    _driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts Chromium (`CHROMIUM`) and chromedriver (`CHROMEDRIVER`), or those of Debian's packages.
    pub async fn start() -> Result<Self> {
        let chromium = program("CHROMIUM", "/usr/bin/chromium")?;
        let mut driver = Command::new(program("CHROMEDRIVER", "/usr/bin/chromedriver")?)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("starting chromedriver")?;
        let port = timeout(STEP_TIMEOUT, read_port(&mut driver))
            .await
            .context("chromedriver did not report its port")??;
        let profile = TempDir::new()?;
        let user_data = format!("--user-data-dir={}", profile.path().display());
        let mut arguments = vec![
            "--headless",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--no-proxy-server",
            "--remote-debugging-pipe",
            &user_data,
        ];
        if local_postgres::is_root() {
            // Chromium's sandbox does not work for root. The browser opens only pages of tests.
            arguments.push("--no-sandbox");
        }
        let options = json!({"binary": chromium, "args": arguments});
        let limit = STEP_TIMEOUT.as_secs() * 1000;
        let capabilities = json!({"browserName": "chrome", "goog:chromeOptions": options,
            "timeouts": {"script": limit, "pageLoad": limit}});
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(serde_json::from_value(capabilities)?)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await?;
        Ok(Self {
            client,
            _driver: driver,
            _profile: profile,
        })
    }

    /// Closes the browser before its profile is removed.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.clone().close().await?)
    }

    /// Runs the body of an asynchronous function with the argument `input` in the page; returns its result. An
    /// exception is returned as `{"thrown": "TypeError: …"}`.
    pub async fn run(&self, body: &str, input: Value) -> Result<Value> {
        let script = format!(
            "const [input, done] = arguments;
             (async () => {{ {body} }})().then(done, error => done({{thrown: String(error)}}));"
        );
        Ok(self.client.execute_async(&script, vec![input]).await?)
    }
}

impl Deref for Browser {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// The program of an environment variable, or the one of Debian's package.
fn program(variable: &str, debian: &str) -> Result<PathBuf> {
    let given = std::env::var_os(variable).filter(|path| !path.is_empty());
    let path = given.map_or_else(|| PathBuf::from(debian), PathBuf::from);
    ensure!(
        path.is_file(),
        "{} does not exist: set {variable} (Debian: apt-get install chromium chromium-driver); \
         `cargo xtask test` installs and sets it",
        path.display()
    );
    Ok(path)
}

/// Reads the port from the driver's output.
async fn read_port(driver: &mut Child) -> Result<u16> {
    let output = driver.stdout.take().context("chromedriver has no output")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        let Some((_, rest)) = line.split_once("started successfully on port ") else {
            continue;
        };
        // The rest of the output is not read; it is too short to fill the pipe.
        return Ok(rest.trim_end_matches('.').parse()?);
    }
    bail!("chromedriver exited before it was ready")
}
