//! The number of SQL statements of a list does not depend on its length.

use std::collections::BTreeSet;

use testkit::client::Client;

use crate::support::{counted::CountedPlatform, document::Operation};

/// Maximum round trips of a list, including the session.
const MAX_ROUND_TRIPS: usize = 3;

/// Every list with queries. `{id}` is [`COMMENTED_IMAGE`]. The test fails if a list of the document is missing here.
/// Lists without pages may be added.
const CASES: &[(&str, &[&str])] = &[
    (
        "GET /api/styles",
        &[
            "",
            "sort=popular",
            "tags=counted",
            "training_status=all",
            "artist_id={reader}",
            "sort=popular&tags=counted",
        ],
    ),
    ("GET /api/styles/me", &[""]),
    (
        "GET /api/generations/feed",
        &[
            "",
            "sort=popular",
            "tags=counted",
            "user_id={reader}",
            "style_id=5001",
            "sort=popular&style_id=5001",
            "sort=popular&tags=counted",
        ],
    ),
    (
        "GET /api/generations/me",
        &["", "status=completed", "is_public=true"],
    ),
    ("GET /api/generations/{id}/comments", &["", "parent_id=1001"]),
    (
        "GET /api/search",
        &[
            "q=counted",
            "q=co",
            "q=counted&type=styles",
            "q=counted&type=artists",
        ],
    ),
    ("GET /api/notifications", &["", "unread_only=true"]),
    ("GET /api/users/me/following", &[""]),
    (
        "GET /api/tokens/transactions",
        &["", "type=usage", "type=purchase"],
    ),
    ("GET /api/admin/owed-tokens", &[""]),
];

/// The image of the seeded comments.
const COMMENTED_IMAGE: i64 = 1001;

/// Inserts rows `from` to `to` into every list.
async fn seed(counted: &CountedPlatform, reader: i64, from: i64, to: i64) {
    let sql = include_str!("statements/seed.sql");
    let sql = sql
        .replace("{reader}", &reader.to_string())
        .replace("{public}", &counted.platform.storage.public_bucket)
        .replace("{from}", &from.to_string())
        .replace("{to}", &to.to_string());
    let sql = format!("BEGIN; {sql} COMMIT; ANALYZE;");
    counted.platform.execute(&sql).await;
}

type Readers = [(&'static str, Client); 2];

/// Round trips and rows of every list, by path and reader.
async fn measure(
    counted: &CountedPlatform,
    readers: &Readers,
    reader_id: i64,
) -> Vec<(String, Vec<String>, usize)> {
    let operations = counted.platform.operations().await;
    let mut measurements = Vec::new();
    for (route, queries) in CASES {
        let operation = operations.iter().find(|operation| operation.name() == *route);
        let operation = operation.unwrap_or_else(|| panic!("the document has no {route}"));
        let open = usize::from(!operation.is_anonymous());
        for (query, (who, reader)) in queries
            .iter()
            .flat_map(|q| readers[open..].iter().map(move |r| (q, r)))
        {
            let query = query.replace("{reader}", &reader_id.to_string());
            let path = format!("{}?limit=100&{query}", operation.at(COMMENTED_IMAGE));
            let (round_trips, answer) = counted.round_trips(reader, path.trim_end_matches('&')).await;
            let data = answer.data(200);
            let lists = [&data["results"], &data["styles"], &data["artists"], &data];
            let lists = lists.iter().filter_map(|list| list.as_array());
            let rows = lists.map(Vec::len).max().expect("rows");
            measurements.push((format!("{path} ({who})"), round_trips, rows));
        }
    }
    measurements
}

#[tokio::test]
async fn every_list_runs_the_same_statements_for_1_and_100_rows() {
    let counted = CountedPlatform::start().await;
    let operations = counted.platform.operations().await;
    let lists: BTreeSet<String> = operations
        .iter()
        .filter(|operation| operation.is_list())
        .map(Operation::name)
        .collect();
    let covered: BTreeSet<String> = CASES.iter().map(|case| case.0.to_owned()).collect();
    let missing: Vec<&String> = lists.difference(&covered).collect();
    assert!(
        missing.is_empty(),
        "no statements are counted for {missing:?}: add them to CASES and rows to statements/seed.sql"
    );

    let reader = counted.platform.user("reader@example.com").await;
    reader.become_artist("Reader").await;
    let reader_id = reader.get("/api/auth/me").await.id(200);
    counted.platform.make_admin("reader").await;
    let readers = [("anonymous", counted.platform.browser()), ("signed in", reader)];
    seed(&counted, reader_id, 1, 1).await;
    let few = measure(&counted, &readers, reader_id).await;
    seed(&counted, reader_id, 2, 100).await;
    let many = measure(&counted, &readers, reader_id).await;

    for ((name, of_few, rows), (_, of_many, more_rows)) in few.into_iter().zip(many) {
        // The list of transactions has usages, purchases and the welcome bonus.
        assert!(
            (1..=4).contains(&rows) && more_rows == 100,
            "{name}: {rows} and {more_rows} rows"
        );
        assert_eq!(
            of_few, of_many,
            "{name}: different statements for {rows} and for {more_rows} rows"
        );
        assert!(
            (1..=MAX_ROUND_TRIPS).contains(&of_many.len()),
            "{name}: {} round trips: {of_many:#?}",
            of_many.len()
        );
    }
}
