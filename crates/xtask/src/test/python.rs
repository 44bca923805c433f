//! A virtual environment for the example worker and for the generated client, which tests run.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workspace::Folders;
use crate::{install, say};

const REQUIREMENTS: [&str; 2] = [
    "deploy/examples/requirements.txt",
    "crates/server/tests/it/edge/clients/requirements.txt",
];

/// The environment's Python. The environment is created again when the requirements have changed.
pub fn prepare(folders: &Folders) -> Result<PathBuf> {
    let mut wanted = String::new();
    for name in REQUIREMENTS {
        let text = fs::read_to_string(folders.root.join(name));
        wanted += &text.with_context(|| format!("reading {name}"))?;
    }
    let environment = folders.state.join("venv");
    let python = environment.join("bin/python");
    // Written last, so an interrupted installation starts again.
    let stamp = environment.join("installed-requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && python.is_file() {
        say(format_args!("Python: {}", python.display()));
        return Ok(python);
    }
    install::ensure_python()?;
    say(format_args!(
        "Python: installing {} into {}…",
        REQUIREMENTS.join(", "),
        environment.display()
    ));
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&environment))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    for name in REQUIREMENTS {
        pip.arg("-r").arg(folders.root.join(name));
    }
    run(&mut pip)?;
    fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("running {command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}
