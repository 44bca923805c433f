//! Allowed and forbidden dependencies.

use serde_json::{Value, json};

use super::*;

const FOLDERS: [(&str, &str); 11] = [
    ("domain", "crates/domain"),
    ("application", "crates/application"),
    ("postgres", "crates/adapters/postgres"),
    ("s3", "crates/adapters/s3"),
    ("local-postgres", "crates/local/postgres"),
    ("local-worker", "crates/local/worker"),
    ("http", "crates/http"),
    ("server", "crates/server"),
    ("migrations", "migrations"),
    ("testkit", "crates/testkit"),
    ("xtask", "crates/xtask"),
];

/// A workspace with these dependencies: (from, to, kind), where kind is "" for a normal dependency.
fn workspace(edges: &[(&str, &str, &str)]) -> Value {
    let packages: Vec<Value> = FOLDERS
        .iter()
        .map(|(name, folder)| {
            let dependencies: Vec<Value> = edges
                .iter()
                .filter(|(from, ..)| from == name)
                .map(|(_, to, kind)| json!({"name": to, "kind": Some(kind).filter(|kind| !kind.is_empty())}))
                .collect();
            json!({
                "name": name,
                "manifest_path": format!("/src/{folder}/Cargo.toml"),
                "dependencies": dependencies,
            })
        })
        .collect();
    json!({"workspace_root": "/src", "packages": packages})
}

fn check_edges(edges: &[(&str, &str, &str)]) -> Vec<Violation> {
    violations(&workspace(edges)).unwrap()
}

#[test]
fn the_intended_graph_has_no_violations() {
    let edges = [
        ("domain", "uuid", ""),
        ("domain", "domain", "dev"),
        ("domain", "tokio", "dev"),
        ("application", "domain", ""),
        ("postgres", "domain", ""),
        ("postgres", "sea-orm", ""),
        ("postgres", "migrations", "dev"),
        ("postgres", "testkit", "dev"),
        ("s3", "domain", ""),
        ("local-worker", "domain", ""),
        ("local-worker", "s3", ""),
        ("local-worker", "testkit", "dev"),
        ("http", "domain", ""),
        ("http", "application", ""),
        ("http", "testkit", "dev"),
        ("server", "domain", ""),
        ("server", "application", ""),
        ("server", "postgres", ""),
        ("server", "local-worker", ""),
        ("server", "http", ""),
        ("server", "migrations", ""),
        ("server", "testkit", "dev"),
        ("testkit", "http", ""),
        ("testkit", "postgres", ""),
        ("testkit", "local-postgres", ""),
        ("testkit", "migrations", ""),
        ("migrations", "sea-orm-migration", ""),
        ("xtask", "local-postgres", ""),
    ];
    assert_eq!(check_edges(&edges), []);
}

#[test]
fn forbidden_normal_and_build_dependencies_are_violations() {
    let forbidden = [
        ("domain", "application"),
        ("domain", "postgres"),
        ("domain", "migrations"),
        ("application", "postgres"),
        ("application", "http"),
        ("application", "migrations"),
        ("postgres", "application"),
        ("postgres", "s3"),
        ("postgres", "local-postgres"),
        ("postgres", "http"),
        ("postgres", "migrations"),
        ("local-worker", "application"),
        ("local-worker", "http"),
        ("local-worker", "local-postgres"),
        ("application", "local-worker"),
        ("http", "postgres"),
        ("http", "local-worker"),
        ("http", "server"),
        ("migrations", "domain"),
        ("migrations", "postgres"),
        ("testkit", "server"),
        ("server", "xtask"),
        ("testkit", "xtask"),
        ("xtask", "domain"),
        ("xtask", "server"),
        ("xtask", "postgres"),
    ];
    for (from, to) in forbidden {
        for kind in ["", "build"] {
            let expected = Violation::ForbiddenDependency {
                from: from.into(),
                to: to.into(),
                tests_only: false,
            };
            assert_eq!(check_edges(&[(from, to, kind)]), [expected]);
        }
    }
}

#[test]
fn only_tests_depend_on_the_testkit() {
    for (name, _) in FOLDERS {
        let expected = Violation::ForbiddenDependency {
            from: name.into(),
            to: "testkit".into(),
            tests_only: false,
        };
        assert_eq!(check_edges(&[(name, "testkit", "")]), [expected]);
    }
}

#[test]
fn forbidden_dev_dependencies_are_violations() {
    for (from, to) in [
        ("application", "postgres"),
        ("http", "server"),
        ("domain", "testkit"),
        ("postgres", "s3"),
    ] {
        let expected = Violation::ForbiddenDependency {
            from: from.into(),
            to: to.into(),
            tests_only: true,
        };
        assert_eq!(check_edges(&[(from, to, "dev")]), [expected]);
    }
}

#[test]
fn the_domain_depends_on_no_banned_library() {
    for library in BANNED_IN_DOMAIN {
        assert_eq!(
            check_edges(&[("domain", library, "")]),
            [Violation::BannedLibrary {
                library: library.into()
            }]
        );
        assert_eq!(check_edges(&[("postgres", library, "")]), []);
    }
}

#[test]
fn a_crate_in_an_unknown_folder_is_a_violation() {
    let mut workspace = workspace(&[]);
    workspace["packages"][0]["manifest_path"] = json!("/src/crates/helpers/Cargo.toml");
    let expected = Violation::UnknownLayer {
        package: "domain".into(),
        folder: "crates/helpers".into(),
    };
    assert_eq!(violations(&workspace).unwrap(), [expected]);
}

#[test]
fn a_violation_names_both_crates() {
    let violation = Violation::ForbiddenDependency {
        from: "http".into(),
        to: "postgres".into(),
        tests_only: false,
    };
    assert_eq!(violation.to_string(), "http must not depend on postgres");
}
