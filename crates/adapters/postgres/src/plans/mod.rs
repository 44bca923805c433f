//! How PostgreSQL reads what the lists ask for, on tables of 50,000 rows: along an index and no further than the
//! page, both with a plan made for the values at hand and with the one it keeps for all values.

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

/// Rows that a page of twenty may read of any table: its own, its neighbours in other states or of hidden accounts,
/// and one of each joined table for every row of the three pages that are merged.
const PAGE: f64 = 400.0;
/// What the filters by tags may read, and lists without an index of their own: two windows.
const WINDOWED: f64 = 20_000.0;

const PERSON: UserId = UserId(77);
const STYLE: StyleId = StyleId(7);

struct Case {
    name: String,
    sql: Sql,
    most_rows: f64,
}

fn case(name: impl Into<String>, sql: Sql, most_rows: f64) -> Case {
    Case {
        name: name.into(),
        sql,
        most_rows,
    }
}

/// Half way through the rows.
fn middle() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap() + TimeDelta::minutes(25_000)
}

fn pages() -> [(&'static str, PageRequest); 2] {
    let place = Position {
        count: Some(50),
        time: middle(),
        id: 25_000,
    };
    let next = PageRequest {
        after: Some(place),
        size: PageSize::default(),
    };
    [("first", PageRequest::default()), ("next", next)]
}

#[tokio::test]
async fn nothing_scans_a_table_or_sorts_all_of_it() {
    let database = database::TestDatabase::create()
        .await
        .expect("a database for the test");
    let db = database.connect().await.unwrap();
    run(&db, SEED).await;
    for (setting, value) in SESSION_SETTINGS {
        run(&db, &format!("SET {setting} = {value}")).await;
    }
    let mut faults = Vec::new();
    let cases = [lists::cases(), search::cases(), community::cases()];
    for Case { name, sql, most_rows } in cases.into_iter().flatten() {
        let (text, values) = sql.into_parts();
        run(&db, &format!("PREPARE question AS {text}")).await;
        let values = if values.is_empty() {
            values
        } else {
            format!("({values})")
        };
        for mode in ["force_custom_plan", "force_generic_plan"] {
            run(&db, &format!("SET plan_cache_mode = {mode}")).await;
            run(&db, "BEGIN").await;
            let plan = explain(&db, &format!("EXECUTE question{values}")).await;
            run(&db, "ROLLBACK").await;
            let found = faults_of(&plan, most_rows);
            faults.extend(found.into_iter().map(|fault| format!("{name} ({mode}): {fault}")));
        }
        run(&db, "DEALLOCATE question").await;
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
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

/// What is wrong with a plan and the nodes below it.
fn faults_of(node: &Value, most_rows: f64) -> Vec<String> {
    if node["Actual Loops"] == 0 {
        return Vec::new();
    }
    let kind = node["Node Type"].as_str().unwrap();
    let table = node["Relation Name"].as_str().unwrap_or_default();
    let number = |field: &str| node[field].as_f64().unwrap_or_default();
    let mut faults = Vec::new();
    // There are never many tags; reading them all may be the cheapest.
    if kind == "Seq Scan" && table != "tags" {
        faults.push(format!("scans {table}"));
    }
    let passed_over = number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
    let read = (number("Actual Rows") + passed_over) * number("Actual Loops");
    if !table.is_empty() && read > most_rows {
        faults.push(format!("reads {read} rows of {table}"));
    }
    if kind.ends_with("Sort") && below(node).any(reads_without_end) {
        faults.push("sorts a whole table".to_owned());
    }
    faults.extend(below(node).flat_map(|node| faults_of(node, most_rows)));
    faults
}

/// Whether a node hands on all rows of a table.
fn reads_without_end(node: &Value) -> bool {
    match node["Node Type"].as_str().unwrap() {
        "Limit" => false,
        "Index Scan" | "Index Only Scan"
            if node["Relation Name"] != "tags" && node["Index Cond"].is_null() =>
        {
            true
        }
        _ => below(node).any(reads_without_end),
    }
}

fn below(node: &Value) -> impl Iterator<Item = &Value> {
    node["Plans"].as_array().into_iter().flatten()
}
