//! Measures searches and filters by tags with a million styles and a million tags.
//!
//! `DATABASE_URL` names a migrated database. An empty one is filled first, which takes minutes. Each query runs thirty
//! times through the adapter, after a first run that is shown separately because it may read from disk.

use std::{
    env,
    error::Error,
    io::{self, Write},
    time::{Duration, Instant},
};

use domain::{
    page::{PageRequest, PageSize, Sort},
    search::{SearchQueries, SearchText},
    styles::{StyleFilter, StyleQueries, TagName},
};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use stylelicense_postgres::{PgStore, PoolOptions};

const SEED: &str = include_str!("search_times.sql");
const RUNS: usize = 30;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let url = env::var("DATABASE_URL")?;
    let db = Database::connect(&url).await?;
    let filled = Statement::from_string(DbBackend::Postgres, "SELECT FROM style_models LIMIT 1");
    if db.query_one_raw(filled).await?.is_none() {
        db.execute_unprepared(SEED).await?;
        // Separate, because it cannot run in a transaction.
        db.execute_unprepared("VACUUM ANALYZE").await?;
    }
    let rare = "SELECT name FROM tags WHERE id = 500000";
    let rare = db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, rare))
        .await?
        .ok_or("there is no rare tag")?;
    let rare: String = rare.try_get_by_index(0)?;
    let store = PgStore::connect(&url.into(), &PoolOptions::default()).await?;
    writeln!(
        io::stdout(),
        "| query | rows | first | least | median |\n|---|---|---|---|---|"
    )?;
    for rows in [20, 100] {
        searches(&store, PageSize::new(rows)?).await?;
    }
    for names in [
        &["sea"][..],
        &["sea", "boat"],
        &["sea", "night", "city"],
        &["sea", &rare],
    ] {
        lists(&store, names).await?;
    }
    Ok(())
}

async fn searches(store: &PgStore, limit: PageSize) -> Outcome<()> {
    for raw in [
        "watercolor",
        "수채화",
        "quiet forest",
        "sea",
        "abc",
        "forest ab",
        "f3a9",
        "se",
        "바다",
        "zzzz",
    ] {
        let text = SearchText::parse(raw)?.pattern();
        measure(&format!("styles, `{raw}`"), async || {
            Ok(store.find_styles(&text, limit).await?.len())
        })
        .await?;
    }
    for raw in ["작가", "수채화 작가", "user77", "abc", "zzzz"] {
        let text = SearchText::parse(raw)?.pattern();
        measure(&format!("artists, `{raw}`"), async || {
            Ok(store.find_artists(&text, limit).await?.len())
        })
        .await?;
    }
    Ok(())
}

async fn lists(store: &PgStore, names: &[&str]) -> Outcome<()> {
    for sort in [Sort::Recent, Sort::Popular] {
        let tags = names.iter().map(|name| TagName::parse(name));
        let filter = StyleFilter {
            sort,
            tags: tags.collect::<Result<_, _>>()?,
            ..StyleFilter::default()
        };
        measure(
            &format!("list, {sort:?}, tags `{}`", names.join("`, `")),
            async || {
                let page = StyleQueries::list(store, filter.clone(), PageRequest::default()).await?;
                Ok(page.rows.len())
            },
        )
        .await?;
    }
    Ok(())
}

async fn measure(name: &str, query: impl AsyncFn() -> Outcome<usize>) -> Outcome<()> {
    let mut times = Vec::with_capacity(RUNS);
    let started = Instant::now();
    let rows = query().await?;
    let first = started.elapsed();
    for _ in 0..RUNS {
        let started = Instant::now();
        query().await?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let [first, least, median] = [first, times[0], times[RUNS / 2]].map(milliseconds);
    writeln!(io::stdout(), "| {name} | {rows} | {first} | {least} | {median} |")?;
    Ok(())
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
