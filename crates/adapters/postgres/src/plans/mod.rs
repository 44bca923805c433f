//! Tests the plans of the statements on tables of 50,000 rows: a list reads no more than its page of an index, with the
//! custom plan and with the generic plan.

mod community;
mod lists;
mod search;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    StyleId, UserId,
    page::{PageRequest, PageSize, Position},
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;
use testkit::database;

use crate::{pool::SESSION_SETTINGS, sql::Sql};

const SEED: &str = include_str!("seed.sql");

/// Rows that a page of 20 may read from any table: its own rows, rows that are skipped (other states, hidden accounts),
/// and a joined row for each row of up to three merged pages.
const PAGE: f64 = 400.0;
/// Rows that a filter by tags and an order without an index may read: two windows.
const WINDOWED: f64 = 20_000.0;

const USER: UserId = UserId(77);
const STYLE: StyleId = StyleId(7);

struct Case {
    name: String,
    sql: Sql,
    max_rows: f64,
}

fn case(name: impl Into<String>, sql: Sql, max_rows: f64) -> Case {
    Case {
        name: name.into(),
        sql,
        max_rows,
    }
}

/// The time of the row in the middle.
fn middle() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap() + TimeDelta::minutes(25_000)
}

fn pages() -> [(&'static str, PageRequest); 2] {
    let position = Position {
        count: Some(50),
        time: middle(),
        id: 25_000,
    };
    let next = PageRequest {
        after: Some(position),
        size: PageSize::default(),
    };
    [("first", PageRequest::default()), ("next", next)]
}

#[tokio::test]
async fn no_statement_scans_or_sorts_a_whole_table() {
    let database = database::TestDatabase::create()
        .await
        .expect("a database for the test");
    let db = database.connect().await.unwrap();
    run(&db, SEED).await;
    for (setting, value) in SESSION_SETTINGS {
        run(&db, &format!("SET {setting} = {value}")).await;
    }
    let mut problems = Vec::new();
    let cases = [lists::cases(), search::cases(), community::cases()];
    for Case { name, sql, max_rows } in cases.into_iter().flatten() {
        let (text, values) = sql.into_parts();
        run(&db, &format!("PREPARE tested AS {text}")).await;
        let values = if values.is_empty() {
            values
        } else {
            format!("({values})")
        };
        for mode in ["force_custom_plan", "force_generic_plan"] {
            run(&db, &format!("SET plan_cache_mode = {mode}")).await;
            run(&db, "BEGIN").await;
            let plan = explain(&db, &format!("EXECUTE tested{values}")).await;
            run(&db, "ROLLBACK").await;
            let found = problems_of(&plan, max_rows);
            problems.extend(
                found
                    .into_iter()
                    .map(|problem| format!("{name} ({mode}): {problem}")),
            );
        }
        run(&db, "DEALLOCATE tested").await;
    }
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

async fn run(db: &DatabaseConnection, sql: &str) {
    if let Err(error) = db.execute_unprepared(sql).await {
        panic!("{error}\nin: {sql}");
    }
}

async fn explain(db: &DatabaseConnection, sql: &str) -> Value {
    let text = format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}");
    let statement = Statement::from_string(DbBackend::Postgres, text);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    let plan: Value = row.try_get_by_index(0).unwrap();
    plan[0]["Plan"].clone()
}

/// Problems of a plan node and its children.
fn problems_of(node: &Value, max_rows: f64) -> Vec<String> {
    if node["Actual Loops"] == 0 {
        return Vec::new();
    }
    let kind = node["Node Type"].as_str().unwrap();
    let table = node["Relation Name"].as_str().unwrap_or_default();
    let number = |field: &str| node[field].as_f64().unwrap_or_default();
    let mut problems = Vec::new();
    // There are few tags, so a scan can be the cheapest plan.
    if kind == "Seq Scan" && table != "tags" {
        problems.push(format!("scans {table}"));
    }
    let filtered = number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
    let read = (number("Actual Rows") + filtered) * number("Actual Loops");
    if !table.is_empty() && read > max_rows {
        problems.push(format!("reads {read} rows of {table}"));
    }
    if kind.ends_with("Sort") && children(node).any(reads_whole_table) {
        problems.push("sorts a whole table".to_owned());
    }
    problems.extend(children(node).flat_map(|child| problems_of(child, max_rows)));
    problems
}

/// Whether a node returns all rows of a table.
fn reads_whole_table(node: &Value) -> bool {
    match node["Node Type"].as_str().unwrap() {
        "Limit" => false,
        "Index Scan" | "Index Only Scan"
            if node["Relation Name"] != "tags" && node["Index Cond"].is_null() =>
        {
            true
        }
        _ => children(node).any(reads_whole_table),
    }
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node["Plans"].as_array().into_iter().flatten()
}
