//! Installs the programs that tests and the local server need (with apt-get), or says what to install.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail, ensure};
use local_postgres::{Binaries, ClusterError};

use crate::log;

const APT_SCRIPT: &str = include_str!("install.sh");

/// Makes sure that `initdb` and `postgres` are installed.
pub fn ensure_postgres() -> Result<()> {
    match Binaries::find() {
        Ok(found) => log(format_args!("PostgreSQL: {}", found.folder().display())),
        Err(ClusterError::MissingBinaries { hint }) => {
            apt_install("PostgreSQL", &["postgresql"]).map_err(|error| anyhow!("{error:#}; {hint}"))?;
            Binaries::find()?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Makes sure that RabbitMQ is installed; returns the path of its `rabbitmq-server` script.
pub fn ensure_rabbitmq() -> Result<PathBuf> {
    if let Some(found) = rabbitmq_server() {
        log(format_args!("RabbitMQ: {}", found.display()));
        return Ok(found);
    }
    apt_install("RabbitMQ", &["rabbitmq-server"])
        .context("RabbitMQ is not installed: install rabbitmq-server, or set AMQP_URL to a running one")?;
    rabbitmq_server().context("rabbitmq-server was installed but not found")
}

/// Makes sure that `python3` can create virtual environments.
pub fn ensure_python() -> Result<()> {
    let works = || {
        let mut python = Command::new("python3");
        python
            .args(["-c", "import ensurepip, venv"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        python.status().is_ok_and(|status| status.success())
    };
    if works() {
        return Ok(());
    }
    apt_install("Python", &["python3", "python3-venv"])
        .context("python3 with venv is not installed: install python3 and python3-venv")?;
    ensure!(
        works(),
        "python3 was installed but `python3 -m venv` does not work"
    );
    Ok(())
}

/// Makes sure that `node` (18 or newer) and `npm` are installed.
pub fn ensure_node() -> Result<()> {
    let missing = || in_path("node").is_none() || in_path("npm").is_none();
    if missing() {
        apt_install("Node.js", &["nodejs", "npm"])
            .context("Node.js is not installed: install node 18 or newer, and npm")?;
        ensure!(!missing(), "nodejs and npm were installed but not found");
    }
    Ok(())
}

/// Makes sure that a browser and its driver are installed; returns the paths of `chromium` and `chromedriver`.
pub fn ensure_browser() -> Result<(PathBuf, PathBuf)> {
    let found = || Some((in_path("chromium")?, in_path("chromedriver")?));
    if let Some((browser, driver)) = found() {
        log(format_args!(
            "Chromium: {}, {}",
            browser.display(),
            driver.display()
        ));
        return Ok((browser, driver));
    }
    apt_install("Chromium", &["chromium", "chromium-driver"]).context(
        "Chromium is not installed: install chromium and chromium-driver, or set CHROMIUM and CHROMEDRIVER",
    )?;
    found().context("chromium was installed but not found")
}

/// Prefers the real script to Debian's wrapper in /usr/sbin, which changes to another account and its private folders.
fn rabbitmq_server() -> Option<PathBuf> {
    let script = PathBuf::from("/usr/lib/rabbitmq/bin/rabbitmq-server");
    if script.is_file() {
        Some(script)
    } else {
        in_path("rabbitmq-server")
    }
}

/// Looks for a program in the PATH and in the sbin folders, which are often not in the PATH of users.
pub fn in_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    folders.find_map(|folder| Some(folder.join(program)).filter(|file| file.is_file()))
}

fn apt_install(what: &str, packages: &[&str]) -> Result<()> {
    ensure!(
        Path::new("/usr/bin/apt-get").exists(),
        "{what} is missing and this system has no apt-get"
    );
    let mut shell =
        root_shell().with_context(|| format!("{what} is missing and installing it needs root"))?;
    log(format_args!(
        "{what}: not found, installing {} (apt-get)…",
        packages.join(" ")
    ));
    let mut child = shell
        .args(["-s", "--"])
        .args(packages)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting the installation")?;
    // The script fits into the buffer of the pipe, so this does not block.
    child
        .stdin
        .take()
        .context("the shell has no input")?
        .write_all(APT_SCRIPT.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        let text = [output.stdout, output.stderr].concat();
        bail!(
            "installing {} failed:\n{}",
            packages.join(" "),
            String::from_utf8_lossy(&text).trim_end()
        );
    }
    log(format_args!("{what}: installed"));
    Ok(())
}

fn root_shell() -> Option<Command> {
    if local_postgres::is_root() {
        return Some(Command::new("sh"));
    }
    let mut probe = Command::new("sudo");
    probe
        .args(["-n", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success()).then(|| {
        let mut shell = Command::new("sudo");
        shell.args(["-n", "sh"]);
        shell
    })
}
