//! Every success and every error that the document names for a route is compared whole by a test.
//!
//! What a test compares stands in its snapshot (see [`crate::support::answers`]); what every route of a kind answers
//! alike is compared for all of them in [`alike`]. Adding a route: name its answers in the document and add each of
//! them to a test in the `answers` of its subject.

mod alike;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::support::{
    Platform,
    answers::Entry,
    document::{Operation, fits},
};

/// The snapshots below a folder.
fn snapshots(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let found = paths.flat_map(|path| {
        if path.is_dir() {
            snapshots(&path)
        } else {
            vec![path]
        }
    });
    found
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
    let named = entries.map(|entry| {
        let asked = entry.request.split('?').next().unwrap_or_default();
        let names = operations.iter().map(Operation::name);
        let route = names
            .clone()
            .find(|name| name == asked)
            .or_else(|| names.clone().find(|name| fits(name, asked)));
        format!("{}: {}", route.as_deref().unwrap_or(asked), entry.name())
    });
    named.collect()
}

/// Answers that the document names and nobody compares, and the other way round.
fn differences(operations: &[Operation]) -> (Vec<String>, Vec<String>) {
    let all = |answers: fn(&Operation) -> Vec<String>| -> BTreeSet<String> {
        let named = operations.iter().flat_map(|operation| {
            let answers = answers(operation).into_iter();
            answers.map(|answer| format!("{}: {answer}", operation.name()))
        });
        named.collect()
    };
    let described = all(Operation::answers);
    let alike = all(alike::compared);
    let compared = compared(operations);
    let missing = described
        .difference(&compared)
        .filter(|name| !alike.contains(*name));
    (
        missing.cloned().collect(),
        compared.difference(&described).cloned().collect(),
    )
}

#[tokio::test]
async fn a4_every_answer_the_document_names_is_compared_whole_by_a_test() {
    let operations = Platform::start().await.operations().await;
    let (missing, undescribed) = differences(&operations);
    assert!(
        missing.is_empty(),
        "no test compares these answers whole (add each to a test in the answers of its subject):\n  {}",
        missing.join("\n  ")
    );
    assert!(
        undescribed.is_empty(),
        "the document does not name (see `responses` of the route):\n  {}",
        undescribed.join("\n  ")
    );
}

/// A snapshot that no test compares would claim what nobody has seen.
#[test]
fn every_snapshot_is_compared_by_its_test() {
    let files = snapshots(&tests());
    assert!(files.len() > 20, "{} snapshots", files.len());
    for file in files {
        // `it__users__answers__people_see_each_other`
        let name = file.file_stem().expect("a name").to_string_lossy();
        let mut parts: Vec<&str> = name.split("__").skip(1).collect();
        let test = parts.pop().expect("a test");
        let source = tests().join(parts.join("/")).with_extension("rs");
        let text = fs::read_to_string(&source).unwrap_or_default();
        let body = text
            .split_once(&format!("fn {test}()"))
            .and_then(|(_, rest)| rest.split_once("\n}\n"));
        assert!(
            body.is_some_and(|(body, _)| body.contains("assert_answers!(")),
            "{} is compared by no test: delete it",
            file.display()
        );
    }
}

#[tokio::test]
async fn an_answer_that_nobody_compares_and_one_that_is_not_described_are_named() {
    let mut operations = Platform::start().await.operations().await;
    let new = operations
        .iter_mut()
        .find(|operation| operation.name() == "GET /api/styles/{id}")
        .expect("a route");
    "/api/styles/{id}/likes".clone_into(&mut new.path);
    new.described["responses"]["409"] = json!({"description": "It is not there."});
    let (missing, undescribed) = differences(&operations);
    for name in [
        "GET /api/styles/{id}/likes: 200",
        "GET /api/styles/{id}/likes: 404 STYLE_NOT_FOUND",
        "GET /api/styles/{id}/likes: 409 ?",
    ] {
        assert!(missing.iter().any(|found| found == name), "{missing:?}");
    }
    let gone = "GET /api/styles/1: 200".to_owned();
    assert!(undescribed.contains(&gone), "{undescribed:?}");
}
