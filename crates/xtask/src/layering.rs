//! `cargo xtask layering`: checks that dependencies between the crates point inward.
//!
//! `domain ← application ← http`. Adapters depend on `domain` only. `local/*` may depend on adapters, and `server` on
//! all crates except `testkit` and `xtask`. `testkit` is for tests only.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{log, workspace};

/// Libraries that the domain must not depend on.
const BANNED_IN_DOMAIN: [&str; 6] = ["sea-orm", "actix-web", "amqprs", "rust-s3", "utoipa", "tokio"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Domain,
    Application,
    Adapter,
    /// Stands in for an external service, so it may use adapters.
    Local,
    Http,
    Server,
    Migrations,
    Testkit,
    Xtask,
}

impl Layer {
    /// Decides by the folder, so that new adapters need no entry here.
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

    /// Whether normal and build dependencies on `other` are allowed.
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

    /// Whether dev-dependencies on `other` are allowed. The testkit provides the schema and test doubles.
    fn may_test_with(self, other: Self) -> bool {
        self.may_use(other)
            || match self {
                Self::Domain | Self::Xtask => false,
                _ => matches!(other, Self::Testkit | Self::Migrations),
            }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Violation {
    /// The folder of the package belongs to no layer.
    UnknownLayer { package: String, folder: String },
    /// A dependency between crates of the workspace that is not allowed.
    ForbiddenDependency {
        from: String,
        to: String,
        tests_only: bool,
    },
    /// The domain depends on a banned library.
    BannedLibrary { library: String },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownLayer { package, folder } => {
                write!(f, "{package}: no layer is known for the folder {folder}")
            }
            Self::ForbiddenDependency {
                from,
                to,
                tests_only: false,
            } => write!(f, "{from} must not depend on {to}"),
            Self::ForbiddenDependency {
                from,
                to,
                tests_only: true,
            } => {
                write!(f, "{from} must not depend on {to}, not even in its tests")
            }
            Self::BannedLibrary { library } => write!(f, "the domain must not depend on {library}"),
        }
    }
}

/// Checks the workspace and prints all violations.
pub fn run() -> Result<ExitCode> {
    let metadata = workspace::metadata()?;
    let violations = violations(&metadata)?;
    for violation in &violations {
        log(violation);
    }
    if violations.is_empty() {
        log("layering: all dependencies point inward");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// The violations in the output of `cargo metadata --no-deps`.
fn violations(metadata: &Value) -> Result<Vec<Violation>> {
    let root = metadata["workspace_root"].as_str().context("no workspace_root")?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let mut violations = Vec::new();
    let mut layers = BTreeMap::new();
    for package in packages {
        let name = text(package, "name")?;
        let folder = Path::new(text(package, "manifest_path")?)
            .parent()
            .unwrap_or(Path::new(""));
        let folder = folder.strip_prefix(root).unwrap_or(folder).display().to_string();
        match Layer::of(&folder) {
            Some(layer) => drop(layers.insert(name, layer)),
            None => violations.push(Violation::UnknownLayer {
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
            // Null for a normal dependency. Build dependencies are treated like normal ones.
            let tests_only = dependency["kind"].as_str() == Some("dev");
            violations.extend(check(from, layer, to, layers.get(to).copied(), tests_only));
        }
    }
    Ok(violations)
}

fn check(from: &str, layer: Layer, to: &str, target: Option<Layer>, tests_only: bool) -> Option<Violation> {
    let Some(target) = target else {
        let banned = layer == Layer::Domain && !tests_only && BANNED_IN_DOMAIN.contains(&to);
        return banned.then(|| Violation::BannedLibrary {
            library: to.to_owned(),
        });
    };
    // Tests may depend on their own crate to enable its features.
    let allowed = if tests_only {
        from == to || layer.may_test_with(target)
    } else {
        layer.may_use(target)
    };
    (!allowed).then(|| Violation::ForbiddenDependency {
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
