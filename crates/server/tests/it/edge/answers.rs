//! Whole answers, compared with the contract: every success and every error that the document names for a route.
//!
//! A test here compares answers with [`Known`](crate::support::expect::Known) and ends with `known.shows(SHOWN)`, which
//! fails when one of the list was not compared. What every route of a kind answers alike is compared for all of them in
//! [`alike`]. Adding a route: name its answers in the document, compare them in a test, add the test's list to [`LISTS`].

mod accounts;
mod alike;
mod comments;
mod finding;
mod follows;
mod generations;
mod images;
mod likes;
mod notifications;
mod payments;
mod reports;
mod styles;
mod tokens;
mod upgrade;
mod uploads;
mod users;

use std::{collections::BTreeSet, path::Path};

use serde_json::{Value, json};

use crate::support::{Platform, document::Operation, shown::Shown};

/// What each test shows.
const LISTS: &[Shown] = &[
    accounts::LOGIN,
    accounts::OWN,
    accounts::HEALTH,
    comments::COMMENTS,
    comments::ONE_COMMENT,
    finding::SEARCH,
    follows::FOLLOWS,
    generations::ASKED_FOR,
    generations::SEEN,
    generations::CANCELED,
    images::SHOWN,
    likes::LIKES,
    notifications::TOLD,
    notifications::READ,
    payments::BOUGHT,
    reports::TRAININGS,
    reports::IMAGES,
    styles::SEEN,
    styles::CHANGED,
    styles::RETRIED,
    tokens::TOKENS,
    upgrade::UPGRADE,
    uploads::TAKEN,
    uploads::REFUSED,
    users::SEEN,
    users::CHANGED,
    users::DELETED,
];

/// A page of a list that has no further one.
fn page(results: &Value) -> Value {
    json!({"results": results, "next_cursor": null, "has_more": false})
}

/// Answers that the document names and nobody compares, and the other way round.
fn differences(operations: &[Operation], lists: &[Shown]) -> (Vec<String>, Vec<String>) {
    let described: BTreeSet<String> = operations
        .iter()
        .flat_map(|operation| {
            operation
                .answers()
                .into_iter()
                .map(|answer| format!("{}: {answer}", operation.name()))
        })
        .collect();
    let listed: BTreeSet<String> = lists
        .iter()
        .flat_map(|list| list.iter())
        .flat_map(|(route, answers)| answers.iter().map(move |answer| format!("{route}: {answer}")))
        .collect();
    let alike: BTreeSet<String> = operations
        .iter()
        .flat_map(|operation| {
            alike::shown(operation)
                .into_iter()
                .map(|answer| format!("{}: {answer}", operation.name()))
        })
        .collect();
    let unshown = described
        .difference(&listed)
        .filter(|name| !alike.contains(*name));
    (
        unshown.cloned().collect(),
        listed.difference(&described).cloned().collect(),
    )
}

#[tokio::test]
async fn a4_every_answer_the_document_names_is_compared_whole_by_a_test() {
    let operations = Platform::start().await.operations().await;
    let (unshown, undescribed) = differences(&operations, LISTS);
    assert!(
        unshown.is_empty(),
        "no test compares these answers whole (add a case in tests/it/edge/answers, and its list to LISTS):\n  {}",
        unshown.join("\n  ")
    );
    assert!(
        undescribed.is_empty(),
        "the document does not name (see `responses` of the route):\n  {}",
        undescribed.join("\n  ")
    );
}

/// A list that no test ends with would claim what nobody has seen.
#[test]
fn every_list_is_what_its_test_ends_with() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/edge/answers");
    let files = std::fs::read_dir(folder).expect("the tests of answers");
    let mut lists = 0;
    for file in files {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a text");
        for (place, _) in text.match_indices(": Shown =") {
            let name = text[..place].rsplit(' ').next().expect("a name");
            assert!(
                text.contains(&format!("known.shows({name});")),
                "no test ends with known.shows({name})"
            );
            lists += 1;
        }
    }
    assert_eq!(lists, LISTS.len(), "a list is not in LISTS");
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
    let (unshown, undescribed) = differences(&operations, LISTS);
    for name in [
        "GET /api/styles/{id}/likes: 200",
        "GET /api/styles/{id}/likes: 404 STYLE_NOT_FOUND",
        "GET /api/styles/{id}/likes: 409 ?",
    ] {
        assert!(unshown.iter().any(|found| found == name), "{unshown:?}");
    }
    let gone = "GET /api/styles/{id}: 200".to_owned();
    assert!(undescribed.contains(&gone), "{undescribed:?}");
}
