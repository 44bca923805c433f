//! A virtual environment with what the example worker needs, for the tests that run it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workspace::Folders;
use crate::{install, say};

const REQUIREMENTS: &str = "deploy/examples/requirements.txt";

/// The environment's Python, made anew when the requirements changed; `None` when there is no example worker.
pub fn prepare(folders: &Folders) -> Result<Option<PathBuf>> {
    let requirements = folders.root.join(REQUIREMENTS);
    let Ok(wanted) = fs::read_to_string(&requirements) else {
        say(format_args!(
            "Python: no {REQUIREMENTS}, PYTHON_WORKER is not set"
        ));
        return Ok(None);
    };
    let environment = folders.state.join("venv");
    let python = environment.join("bin/python");
    // Written last, so an interrupted installation is begun anew.
    let stamp = environment.join("installed-requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && python.is_file() {
        say(format_args!("Python: {}", python.display()));
        return Ok(Some(python));
    }
    install::ensure_python()?;
    say(format_args!(
        "Python: installing {REQUIREMENTS} into {}…",
        environment.display()
    ));
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&environment))?;
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
    ])
    .arg(&requirements);
    run(&mut pip)?;
    fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))?;
    Ok(Some(python))
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("running {command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}
