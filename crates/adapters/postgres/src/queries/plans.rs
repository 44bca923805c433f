//! How PostgreSQL reads what the lists ask for, on tables of 50,000 rows: along an index and no further than the
//! page, both with a plan made for the values at hand and with the one it keeps for all values.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    GenerationId, StyleId, UserId,
    generation::GenerationStatus as S,
    page::{PageRequest, PageSize, Position},
    ports::queries::{FeedFilter, OwnGenerationFilter, Sort, StyleFilter, TransactionFilter},
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;

use super::{
    SESSION_SETTINGS, feed, generations, own_generations, own_styles, sql::Sql, style_list, styles, tags,
    tokens, transactions, users,
};

use testkit::database;

const SEED: &str = include_str!("plans_seed.sql");

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

fn public_lists() -> Vec<Case> {
    let mut cases = Vec::new();
    for (which, page) in pages() {
        for sort in [Sort::Recent, Sort::Popular] {
            for user in [None, Some(PERSON)] {
                for ids in [vec![], vec![1], vec![2, 1], vec![3, 2, 1]] {
                    for style in [None, Some(STYLE)] {
                        let filter = FeedFilter {
                            sort,
                            tags: vec![],
                            user,
                            style,
                        };
                        let sorted = user.is_some() && (sort == Sort::Popular || style.is_some());
                        let most = if ids.is_empty() && !sorted { PAGE } else { WINDOWED };
                        let name = format!("{which} page of the feed, {filter:?}, tags {ids:?}");
                        cases.push(case(
                            name,
                            feed::statement(&filter, ids.clone(), user, page),
                            most,
                        ));
                    }
                    let filter = StyleFilter {
                        sort,
                        tags: vec![],
                        artist: user,
                        unfinished_of: user,
                    };
                    let common = ids.first() != Some(&3);
                    let tags = (!ids.is_empty()).then(|| tags::StyleTags {
                        ids: ids.clone(),
                        common,
                    });
                    let most = if ids.is_empty() && user.is_none() {
                        PAGE
                    } else {
                        WINDOWED
                    };
                    let name = format!("{which} page of styles, {filter:?}, tags {ids:?}");
                    cases.push(case(
                        name,
                        style_list::statement(&filter, tags.as_ref(), page),
                        most,
                    ));
                }
            }
        }
    }
    cases.push(case(
        "tags",
        tags::counted_sql(vec!["tag1".into(), "tag3".into()]),
        WINDOWED,
    ));
    cases
}

fn own_lists() -> Vec<Case> {
    use TransactionFilter::{All, Purchase, Refund, Usage, Welcome};
    let mut cases = Vec::new();
    for (which, page) in pages() {
        for filter in [All, Purchase, Welcome, Usage, Refund] {
            let name = format!("{which} page of transactions, {filter:?}");
            cases.push(case(name, transactions::statement(PERSON, filter, page), PAGE));
        }
        for statuses in [
            vec![],
            vec![S::Queued],
            vec![S::Completed],
            vec![S::Failed, S::Canceled],
        ] {
            // One person's open requests are sorted whole: they are as few as their tokens allow.
            let most = if statuses == [S::Queued] { 1000.0 } else { PAGE };
            let filter = OwnGenerationFilter {
                statuses,
                is_public: None,
            };
            let name = format!("{which} page of requests, {filter:?}");
            cases.push(case(
                name,
                own_generations::statement(PERSON, &filter, page),
                most,
            ));
        }
        cases.push(case(
            format!("{which} page of own styles"),
            own_styles::statement(PERSON, page),
            PAGE,
        ));
    }
    cases
}

fn single_reads() -> Vec<Case> {
    let (id, person, style) = (GenerationId(7), PERSON.0, STYLE.0);
    let (taken, waiting) = (middle(), middle() - TimeDelta::days(1));
    let counted = 10_000.0;
    vec![
        case("prepare", generations::prepare_sql(STYLE, middle()), 1000.0),
        case("view", generations::view_sql(id, Some(PERSON)), 1000.0),
        case("brief", Sql::new(generations::BRIEF, [id.0.into()]), PAGE),
        case(
            "silent requests",
            generations::silent_sql(taken, waiting, 20),
            counted,
        ),
        case(
            "silent trainings",
            styles::silent_sql(taken, waiting, 20),
            counted,
        ),
        case("style", styles::find_sql(STYLE), counted),
        case(
            "upload",
            Sql::new(styles::UPLOAD_CHECK, [person.into(), "x".into()]),
            counted,
        ),
        case("training", Sql::new(styles::TRAINING, [style.into()]), PAGE),
        case(
            "training images",
            Sql::new(styles::TRAINING_IMAGES, [style.into()]),
            PAGE,
        ),
        case("me", Sql::new(users::ME, [person.into()]), PAGE),
        case("profile", users::profile_sql(PERSON, Some(PERSON)), counted),
        case("balance", Sql::new(tokens::BALANCE, [person.into()]), 1000.0),
    ]
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
    let cases = public_lists()
        .into_iter()
        .chain(own_lists())
        .chain(single_reads());
    for Case { name, sql, most_rows } in cases {
        let (text, values) = sql.into_parts();
        run(&db, &format!("PREPARE question AS {text}")).await;
        let values = if values.is_empty() {
            values
        } else {
            format!("({values})")
        };
        for mode in ["force_custom_plan", "force_generic_plan"] {
            run(&db, &format!("SET plan_cache_mode = {mode}")).await;
            let plan = explain(&db, &format!("EXECUTE question{values}")).await;
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
