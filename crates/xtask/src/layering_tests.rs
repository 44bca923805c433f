//! The rules of the house, arrow by arrow.

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

/// A workspace with these arrows: (from, to, kind), where kind is "" for a normal dependency.
fn workspace(arrows: &[(&str, &str, &str)]) -> Value {
    let packages: Vec<Value> = FOLDERS
        .iter()
        .map(|(name, folder)| {
            let dependencies: Vec<Value> = arrows
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

fn found(arrows: &[(&str, &str, &str)]) -> Vec<Fault> {
    faults(&workspace(arrows)).unwrap()
}

#[test]
fn the_intended_graph_has_no_fault() {
    let arrows = [
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
    assert_eq!(found(&arrows), []);
}

#[test]
fn each_wrong_arrow_is_a_fault_whether_normal_or_for_the_build() {
    let wrong = [
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
    for (from, to) in wrong {
        for kind in ["", "build"] {
            let expected = Fault::WrongArrow {
                from: from.into(),
                to: to.into(),
                tests_only: false,
            };
            assert_eq!(found(&[(from, to, kind)]), [expected]);
        }
    }
}

#[test]
fn nothing_depends_on_the_testkit_outside_its_tests() {
    for (name, _) in FOLDERS {
        let expected = Fault::WrongArrow {
            from: name.into(),
            to: "testkit".into(),
            tests_only: false,
        };
        assert_eq!(found(&[(name, "testkit", "")]), [expected]);
    }
}

#[test]
fn tests_get_the_testkit_but_no_way_round_the_layers() {
    for (from, to) in [
        ("application", "postgres"),
        ("http", "server"),
        ("domain", "testkit"),
        ("postgres", "s3"),
    ] {
        let expected = Fault::WrongArrow {
            from: from.into(),
            to: to.into(),
            tests_only: true,
        };
        assert_eq!(found(&[(from, to, "dev")]), [expected]);
    }
}

#[test]
fn the_domain_knows_no_library_of_the_outside() {
    for library in BANNED_IN_DOMAIN {
        assert_eq!(
            found(&[("domain", library, "")]),
            [Fault::OutsideInDomain {
                library: library.into()
            }]
        );
        assert_eq!(found(&[("postgres", library, "")]), []);
    }
}

#[test]
fn a_crate_in_an_unknown_folder_is_a_fault() {
    let mut workspace = workspace(&[]);
    workspace["packages"][0]["manifest_path"] = json!("/src/crates/helpers/Cargo.toml");
    let expected = Fault::Homeless {
        package: "domain".into(),
        folder: "crates/helpers".into(),
    };
    assert_eq!(faults(&workspace).unwrap(), [expected]);
}

#[test]
fn a_fault_says_who_and_what() {
    let fault = Fault::WrongArrow {
        from: "http".into(),
        to: "postgres".into(),
        tests_only: false,
    };
    assert_eq!(fault.to_string(), "http must not depend on postgres");
}
