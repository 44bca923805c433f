//! Checks that a test compares every documented answer of every route with a snapshot.
//!
//! See [`crate::support::answers`]. Answers that many routes have in common are compared in [`common`]. When you add a
//! route, document its answers and add each of them to a test in the `answers` of its subject.

mod common;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::support::{
    Platform,
    answers::Entry,
    document::{Operation, matches_route},
};

/// The snapshots below a folder.
fn snapshots(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = paths.flat_map(|path| {
        if path.is_dir() {
            snapshots(&path)
        } else {
            vec![path]
        }
    });
    files
        .filter(|path| path.extension().is_some_and(|kind| kind == "snap"))
        .collect()
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it")
}

/// Every answer in a snapshot, with its route: `GET /api/styles/{id}: 404 STYLE_NOT_FOUND`.
fn compared(operations: &[Operation]) -> BTreeSet<String> {
    let files = snapshots(&tests()).into_iter();
    let entries = files.flat_map(|file| -> Vec<Entry> {
        let text = fs::read_to_string(&file).expect("a snapshot");
        let (_, body) = text.split_once("\n---\n").expect("a head and a body");
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    });
    let names = entries.map(|entry| {
        let call = entry.request.split('?').next().unwrap_or_default();
        let routes = operations.iter().map(Operation::name);
        let route = routes
            .clone()
            .find(|name| name == call)
            .or_else(|| routes.clone().find(|name| matches_route(name, call)));
        format!("{}: {}", route.as_deref().unwrap_or(call), entry.name())
    });
    names.collect()
}

/// Documented answers that no test compares, and compared answers that are not documented.
fn differences(operations: &[Operation]) -> (Vec<String>, Vec<String>) {
    let all = |answers: fn(&Operation) -> Vec<String>| -> BTreeSet<String> {
        let names = operations.iter().flat_map(|operation| {
            let answers = answers(operation).into_iter();
            answers.map(|answer| format!("{}: {answer}", operation.name()))
        });
        names.collect()
    };
    let documented = all(Operation::answers);
    let common = all(common::common_answers);
    let compared = compared(operations);
    let missing = documented
        .difference(&compared)
        .filter(|name| !common.contains(*name));
    (
        missing.cloned().collect(),
        compared.difference(&documented).cloned().collect(),
    )
}

#[tokio::test]
async fn a4_every_documented_answer_is_compared_with_a_snapshot() {
    let operations = Platform::start().await.operations().await;
    let (missing, undocumented) = differences(&operations);
    assert!(
        missing.is_empty(),
        "no test compares these answers (add each to a test in the answers of its subject):\n  {}",
        missing.join("\n  ")
    );
    assert!(
        undocumented.is_empty(),
        "these answers are not documented (add them to `responses` of the route):\n  {}",
        undocumented.join("\n  ")
    );
}

/// A snapshot that no test compares could be wrong.
#[test]
fn every_snapshot_belongs_to_a_test() {
    let files = snapshots(&tests());
    assert!(files.len() > 20, "{} snapshots", files.len());
    for file in files {
        // `it__users__answers__people_see_each_other`
        let name = file.file_stem().expect("a name").to_string_lossy();
        let mut parts: Vec<&str> = name.split("__").skip(1).collect();
        let test = parts.pop().expect("a test");
        let source = tests().join(parts.join("/")).with_extension("rs");
        let content = fs::read_to_string(&source).unwrap_or_default();
        let body = content
            .split_once(&format!("fn {test}()"))
            .and_then(|(_, rest)| rest.split_once("\n}\n"));
        assert!(
            body.is_some_and(|(body, _)| body.contains("assert_answers!(")),
            "no test compares {}: delete it",
            file.display()
        );
    }
}

#[tokio::test]
async fn uncompared_and_undocumented_answers_are_found() {
    let mut operations = Platform::start().await.operations().await;
    let new = operations
        .iter_mut()
        .find(|operation| operation.name() == "GET /api/styles/{id}")
        .expect("a route");
    "/api/styles/{id}/likes".clone_into(&mut new.path);
    new.described["responses"]["409"] = json!({"description": "It is not there."});
    let (missing, undocumented) = differences(&operations);
    for name in [
        "GET /api/styles/{id}/likes: 200",
        "GET /api/styles/{id}/likes: 404 STYLE_NOT_FOUND",
        "GET /api/styles/{id}/likes: 409 ?",
    ] {
        assert!(missing.iter().any(|found| found == name), "{missing:?}");
    }
    let gone = "GET /api/styles/1: 200".to_owned();
    assert!(undocumented.contains(&gone), "{undocumented:?}");
}
