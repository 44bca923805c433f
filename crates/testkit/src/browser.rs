//! A real browser, headless: Chromium, told what to do by the WebDriver protocol (<https://www.w3.org/TR/webdriver2/>).

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// How long the browser may take for anything.
const PATIENCE: Duration = Duration::from_mins(1);

/// The key under which the protocol names elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A window of a browser of one's own, with nothing in it from before. It ends when this value is dropped.
#[derive(Debug)]
pub struct Browser {
    http: reqwest::Client,
    /// Address of the session, below the driver's.
    session: String,
    driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts Chromium (`CHROMIUM`) and its driver (`CHROMEDRIVER`), or those of Debian's packages.
    ///
    /// # Errors
    /// One of them is missing or does not start: a test must fail then.
    pub async fn start() -> Result<Self> {
        let chromium = program("CHROMIUM", "/usr/bin/chromium")?;
        let mut driver = Command::new(program("CHROMEDRIVER", "/usr/bin/chromedriver")?)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("chromedriver must start")?;
        let port = timeout(PATIENCE, port_of(&mut driver))
            .await
            .context("chromedriver must say its port in time")??;
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(2 * PATIENCE)
            .build()?;
        let profile = TempDir::new()?;
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--no-first-run".to_owned(),
            "--no-proxy-server".to_owned(),
            // The browser ends with its driver, however that ends.
            "--remote-debugging-pipe".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        if local_postgres::is_root() {
            // Chromium has no sandbox for root; it sees the pages of tests alone.
            arguments.push("--no-sandbox".to_owned());
        }
        let options = json!({"binary": chromium, "args": arguments});
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options,
            "timeouts": {"script": 60_000, "pageLoad": 60_000}}}});
        let base = format!("http://127.0.0.1:{port}/session");
        let answer = command(&http, Method::POST, &base, Some(&wanted)).await?;
        let id = answer["sessionId"].as_str().context("a session has an id")?;
        Ok(Self {
            session: format!("{base}/{id}"),
            http,
            driver,
            _profile: profile,
        })
    }

    /// Goes to an address and waits until its page is loaded.
    ///
    /// # Errors
    /// The page cannot be reached.
    pub async fn go(&self, address: &str) -> Result<()> {
        self.tell("url", &json!({"url": address})).await?;
        Ok(())
    }

    /// The address of the page shown.
    ///
    /// # Errors
    /// The browser does not answer.
    pub async fn address(&self) -> Result<String> {
        let url = format!("{}/url", self.session);
        let address = command(&self.http, Method::GET, &url, None).await?;
        Ok(address.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page shown has this address.
    ///
    /// # Errors
    /// It does not come in time; the one shown is named.
    pub async fn until_at(&self, address: &str) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shown = self.address().await?;
            if shown == address {
                return Ok(());
            }
            ensure!(
                Instant::now() < deadline,
                "the browser is at {shown} and not at {address}"
            );
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Clicks the first element that fits a CSS selector.
    ///
    /// # Errors
    /// There is none.
    pub async fn click(&self, selector: &str) -> Result<()> {
        let element = self.find(selector).await?;
        self.tell(&format!("element/{element}/click"), &json!({})).await?;
        Ok(())
    }

    /// Types into the first element that fits a CSS selector.
    ///
    /// # Errors
    /// There is none.
    pub async fn write(&self, selector: &str, text: &str) -> Result<()> {
        let element = self.find(selector).await?;
        self.tell(&format!("element/{element}/value"), &json!({"text": text}))
            .await?;
        Ok(())
    }

    /// Runs the body of an asynchronous function in the page and returns what it returns; `input` is its argument of
    /// that name. What it throws is returned as `{"thrown": "TypeError: …"}`.
    ///
    /// # Errors
    /// The browser does not run it.
    pub async fn run(&self, body: &str, input: &Value) -> Result<Value> {
        let script = format!(
            "const [input, done] = arguments;
             (async () => {{ {body} }})().then(done, error => done({{thrown: String(error)}}));"
        );
        self.tell("execute/async", &json!({"script": script, "args": [input]}))
            .await
    }

    async fn find(&self, selector: &str) -> Result<String> {
        let found = self
            .tell("element", &json!({"using": "css selector", "value": selector}))
            .await?;
        let id = found[ELEMENT].as_str().context("an element has an id")?;
        Ok(id.to_owned())
    }

    async fn tell(&self, what: &str, how: &Value) -> Result<Value> {
        let url = format!("{}/{what}", self.session);
        command(&self.http, Method::POST, &url, Some(how)).await
    }
}

impl Drop for Browser {
    /// On a thread and a runtime of its own: the test's may be gone, or busy failing. A browser that does not end when
    /// asked ends with the pipe to its driver.
    fn drop(&mut self) {
        let session = self.session.clone();
        let ended = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let http = reqwest::Client::builder()
                    .no_proxy()
                    .timeout(Duration::from_secs(10))
                    .build()?;
                command(&http, Method::DELETE, &session, None).await
            })
        });
        drop(ended.join());
        drop(self.driver.start_kill());
    }
}

/// The program that a variable names, or the one where Debian puts it.
fn program(variable: &str, debian: &str) -> Result<PathBuf> {
    let given = std::env::var_os(variable).filter(|path| !path.is_empty());
    let path = given.map_or_else(|| PathBuf::from(debian), PathBuf::from);
    ensure!(
        Path::new(&path).is_file(),
        "there is no {}: {variable} must name it (Debian: apt-get install chromium chromium-driver); \
         `cargo xtask test` installs and sets it",
        path.display()
    );
    Ok(path)
}

/// The port on which the driver says it listens.
async fn port_of(driver: &mut Child) -> Result<u16> {
    let output = driver.stdout.take().context("chromedriver has no output")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        let Some((_, rest)) = line.split_once("started successfully on port ") else {
            continue;
        };
        // What it says later is not read; it says nothing that would fill the pipe.
        return Ok(rest.trim_end_matches('.').parse()?);
    }
    bail!("chromedriver ended before it listened")
}

/// One command of the protocol; returns its value.
async fn command(http: &reqwest::Client, method: Method, url: &str, body: Option<&Value>) -> Result<Value> {
    let mut request = http.request(method, url);
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await.context("chromedriver must answer")?;
    let status = answer.status();
    let mut answer: Value = answer.json().await?;
    let value = answer["value"].take();
    ensure!(status.is_success(), "{}: {}", value["error"], value["message"]);
    Ok(value)
}
