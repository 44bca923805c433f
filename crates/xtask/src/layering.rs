//! `cargo xtask layering`: dependencies between our crates point inwards only.
//!
//! `domain ← application ← http`; adapters see the domain only; `local/*` may use adapters; the server sees all; the testkit is for tests only.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{say, workspace};

/// What the pure heart must not know of.
const BANNED_IN_DOMAIN: [&str; 6] = ["sea-orm", "actix-web", "amqprs", "rust-s3", "utoipa", "tokio"];

/// A crate's place in the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Domain,
    Application,
    Adapter,
    /// Plays another party, so it may use adapters.
    Local,
    Http,
    Server,
    Migrations,
    Testkit,
    Xtask,
}

impl Layer {
    /// By the folder, so that a new adapter is an adapter without being listed here.
    fn of(folder: &str) -> Option<Self> {
        Some(match folder {
            "crates/domain" => Self::Domain,
            "crates/application" => Self::Application,
            "crates/http" => Self::Http,
            "crates/server" => Self::Server,
            "crates/testkit" => Self::Testkit,
            "crates/xtask" => Self::Xtask,
            "migrations" => Self::Migrations,
            _ if folder.starts_with("crates/adapters/") => Self::Adapter,
            _ if folder.starts_with("crates/local/") => Self::Local,
            _ => return None,
        })
    }

    /// Whether the compiled crate may depend on a crate of `other`.
    fn may_use(self, other: Self) -> bool {
        match self {
            Self::Domain | Self::Migrations => false,
            Self::Application | Self::Adapter => other == Self::Domain,
            Self::Local => matches!(other, Self::Domain | Self::Adapter),
            Self::Http => matches!(other, Self::Domain | Self::Application),
            Self::Server => !matches!(other, Self::Server | Self::Testkit | Self::Xtask),
            Self::Testkit => !matches!(other, Self::Testkit | Self::Server | Self::Xtask),
            Self::Xtask => other == Self::Local,
        }
    }

    /// Whether its tests may besides; the testkit brings the schema and the doubles of everything outside.
    fn may_test_with(self, other: Self) -> bool {
        self.may_use(other)
            || match self {
                Self::Domain | Self::Xtask => false,
                _ => matches!(other, Self::Testkit | Self::Migrations),
            }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Fault {
    /// A package whose folder has no place in the house.
    Homeless { package: String, folder: String },
    /// A dependency on one of ours that points the wrong way.
    WrongArrow {
        from: String,
        to: String,
        tests_only: bool,
    },
    /// The domain depends on a library of the outside.
    OutsideInDomain { library: String },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Homeless { package, folder } => {
                write!(f, "{package}: no layer is known for the folder {folder}")
            }
            Self::WrongArrow {
                from,
                to,
                tests_only: false,
            } => write!(f, "{from} must not depend on {to}"),
            Self::WrongArrow {
                from,
                to,
                tests_only: true,
            } => {
                write!(f, "{from} must not depend on {to}, not even in its tests")
            }
            Self::OutsideInDomain { library } => write!(f, "the domain must not depend on {library}"),
        }
    }
}

/// Checks the workspace and prints every fault.
pub fn run() -> Result<ExitCode> {
    let metadata = workspace::metadata()?;
    let faults = faults(&metadata)?;
    for fault in &faults {
        say(fault);
    }
    if faults.is_empty() {
        say("layering: every dependency points inwards");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// Every arrow in the answer of `cargo metadata --no-deps` that architecture forbids.
fn faults(metadata: &Value) -> Result<Vec<Fault>> {
    let root = metadata["workspace_root"].as_str().context("no workspace_root")?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let mut faults = Vec::new();
    let mut layers = BTreeMap::new();
    for package in packages {
        let name = text(package, "name")?;
        let folder = Path::new(text(package, "manifest_path")?)
            .parent()
            .unwrap_or(Path::new(""));
        let folder = folder.strip_prefix(root).unwrap_or(folder).display().to_string();
        match Layer::of(&folder) {
            Some(layer) => drop(layers.insert(name, layer)),
            None => faults.push(Fault::Homeless {
                package: name.to_owned(),
                folder,
            }),
        }
    }
    for package in packages {
        let from = text(package, "name")?;
        let Some(&layer) = layers.get(from) else { continue };
        for dependency in package["dependencies"].as_array().context("no dependencies")? {
            let to = text(dependency, "name")?;
            // Null for a normal dependency; a build dependency is one as far as layers go.
            let tests_only = dependency["kind"].as_str() == Some("dev");
            faults.extend(fault(from, layer, to, layers.get(to).copied(), tests_only));
        }
    }
    Ok(faults)
}

fn fault(from: &str, layer: Layer, to: &str, target: Option<Layer>, tests_only: bool) -> Option<Fault> {
    let Some(target) = target else {
        let banned = layer == Layer::Domain && !tests_only && BANNED_IN_DOMAIN.contains(&to);
        return banned.then(|| Fault::OutsideInDomain {
            library: to.to_owned(),
        });
    };
    // A crate's tests may ask for its own features.
    let allowed = if tests_only {
        from == to || layer.may_test_with(target)
    } else {
        layer.may_use(target)
    };
    (!allowed).then(|| Fault::WrongArrow {
        from: from.to_owned(),
        to: to.to_owned(),
        tests_only,
    })
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key]
        .as_str()
        .with_context(|| format!("a package or dependency without {key}"))
}

#[cfg(test)]
#[path = "layering_tests.rs"]
mod tests;
