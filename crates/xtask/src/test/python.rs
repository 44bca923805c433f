//! Creates the virtual environment of the example worker and the generated client.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workspace::Folders;
use crate::{install, log};

const REQUIREMENTS: [&str; 2] = [
    "deploy/examples/requirements.txt",
    "crates/server/tests/it/edge/clients/requirements.txt",
];

/// Creates the environment if the requirements have changed; returns the path of its Python.
pub fn prepare(folders: &Folders) -> Result<PathBuf> {
    let mut required = String::new();
    for name in REQUIREMENTS {
        let text = fs::read_to_string(folders.root.join(name));
        required += &text.with_context(|| format!("reading {name}"))?;
    }
    let environment = folders.state.join("venv");
    let python = environment.join("bin/python");
    // Written last, so that an interrupted installation is repeated.
    let stamp = environment.join("installed-requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == required) && python.is_file() {
        log(format_args!("Python: {}", python.display()));
        return Ok(python);
    }
    install::ensure_python()?;
    log(format_args!(
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
    fs::write(&stamp, required).with_context(|| format!("writing {}", stamp.display()))?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("running {command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}
