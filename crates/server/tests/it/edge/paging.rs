//! Paging neither skips nor repeats rows.

mod changing_counts;

use std::collections::HashSet;

use serde_json::{Value, json};
use testkit::client::Client;

use crate::support::{Platform, fixture::ids};

/// Reads the ids of all rows page by page. `meanwhile` runs after the first page.
async fn read_all(reader: &Client, path: &str, limit: usize, meanwhile: impl AsyncFn()) -> Vec<i64> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    for number in 0.. {
        let separator = if path.contains('?') { '&' } else { '?' };
        let page = reader
            .get(&format!("{path}{separator}limit={limit}{cursor}"))
            .await
            .data(200);
        let rows = ids(&page["results"]);
        all.extend(&rows);
        assert_eq!(page["has_more"], page["next_cursor"].is_string(), "{page}");
        let Some(next) = page["next_cursor"].as_str() else {
            return all;
        };
        assert_eq!(rows.len(), limit, "a page before the last one is full");
        assert!(number < 100, "{path} does not end");
        // A cursor needs no URL encoding.
        cursor = format!("&cursor={next}");
        if number == 0 {
            meanwhile().await;
        }
    }
    all
}

/// Asserts that pages of any size make up the whole list, also while rows are inserted.
async fn assert_pages(reader: &Client, path: &str, rows: usize, meanwhile: impl AsyncFn()) {
    let whole = read_all(reader, path, 100, async || ()).await;
    assert_eq!(whole.len(), rows, "{path}");
    assert_eq!(
        whole.iter().collect::<HashSet<_>>().len(),
        rows,
        "{path} repeats a row"
    );
    for limit in [1, 2, 3, rows] {
        assert_eq!(
            read_all(reader, path, limit, async || ()).await,
            whole,
            "{path} by {limit}"
        );
    }
    assert_eq!(
        read_all(reader, path, 2, meanwhile).await,
        whole,
        "{path} while rows are inserted"
    );
}

/// A user with seven public images that have the same time.
async fn gallery() -> (Platform, Client, Client, i64) {
    let platform = Platform::start().await;
    let (artist, style) = platform.trained_style(2).await;
    let user = platform.user("user@example.com").await;
    for _ in 0..7 {
        platform.public_image(&user, style).await;
    }
    // Gives all rows the same time. This disables the trigger that protects the ledger.
    let set_times = "SET session_replication_role = replica;
        UPDATE generation_requests SET created_at = '2026-01-02T03:04:05.678901Z';
        UPDATE community_posts SET created_at = '2026-01-02T03:04:05.678901Z', like_count = generation_id % 2;
        UPDATE token_transactions SET created_at = '2026-01-02T03:04:05.678901Z' WHERE kind <> 'welcome'";
    platform.execute(set_times).await;
    (platform, artist, user, style)
}

#[tokio::test]
async fn pages_of_generations_neither_skip_nor_repeat() {
    let (_platform, _artist, user, style) = gallery().await;
    let more = async || _ = user.generate(style, "1:1").await.data(201);
    assert_pages(&user, "/api/generations/me", 7, more).await;
    assert_pages(
        &user,
        "/api/generations/me?status=completed&is_public=true",
        7,
        more,
    )
    .await;
}

#[tokio::test]
async fn pages_of_transactions_neither_skip_nor_repeat() {
    let (_platform, artist, user, style) = gallery().await;
    let more = async || _ = user.generate(style, "1:1").await.data(201);
    assert_pages(&user, "/api/tokens/transactions", 8, more).await;
    // A usage is one row in every state, and the artist sees the same row.
    let usages = user.get("/api/tokens/transactions?type=usage").await.data(200);
    let earned = artist.get("/api/tokens/transactions?type=usage").await.data(200);
    let set = |page: &Value| HashSet::<i64>::from_iter(ids(&page["results"]));
    assert_eq!(set(&usages), set(&earned));
    assert_pages(&artist, "/api/tokens/transactions", 9, async || ()).await;
}

#[tokio::test]
async fn pages_of_the_feed_neither_skip_nor_repeat() {
    let (platform, _artist, user, style) = gallery().await;
    let more = async || {
        platform.public_image(&user, style).await;
    };
    let reader = platform.browser();
    assert_pages(&reader, "/api/generations/feed", 7, more).await;
    assert_pages(
        &reader,
        &format!("/api/generations/feed?style_id={style}&tags=sea,boat"),
        8,
        more,
    )
    .await;
    assert_pages(&reader, "/api/generations/feed?sort=popular", 9, async || ()).await;
}

#[tokio::test]
async fn pages_of_styles_neither_skip_nor_repeat() {
    let platform = Platform::start().await;
    let (artist, style) = platform.trained_style(2).await;
    let copy = async |from: i64, to: i64| {
        let sql = format!(
            "INSERT INTO style_models SELECT (jsonb_populate_record(NULL::style_models, to_jsonb(s) || jsonb_build_object(
               'id', n, 'name', 'Copy ' || n, 'usage_count', n % 2, 'task_id', gen_random_uuid()))).*
               FROM style_models s, generate_series({from}, {to}) n WHERE s.id = {style};
             INSERT INTO style_tags SELECT n, tag_id FROM style_tags, generate_series({from}, {to}) n WHERE style_id = {style}"
        );
        platform.execute(&sql).await;
    };
    copy(1001, 1006).await;
    let reader = platform.browser();
    for path in [
        "/api/styles?sort=popular",
        "/api/styles?tags=bands",
        "/api/styles?training_status=all",
    ] {
        assert_pages(&reader, path, 7, async || ()).await;
    }
    assert_pages(&artist, "/api/styles/me", 7, async || ()).await;
    let newer = async || {
        copy(2001, 2003).await;
        platform
            .execute("UPDATE style_models SET created_at = now() WHERE id > 2000")
            .await;
    };
    assert_pages(&reader, "/api/styles", 7, newer).await;
}

#[tokio::test]
async fn a_cursor_of_one_order_is_invalid_in_another() {
    let (platform, ..) = gallery().await;
    let reader = platform.browser();
    let page = reader
        .get("/api/generations/feed?sort=popular&limit=2")
        .await
        .data(200);
    let cursor = page["next_cursor"].as_str().expect("a cursor");
    reader
        .get(&format!("/api/generations/feed?cursor={cursor}"))
        .await
        .error(400, "INVALID_CURSOR");
    let page = reader.get("/api/generations/feed?limit=2").await.data(200);
    let cursor = page["next_cursor"].as_str().expect("a cursor");
    reader
        .get(&format!("/api/generations/feed?sort=popular&cursor={cursor}"))
        .await
        .error(400, "INVALID_CURSOR");
    // A time as cursor lists older rows.
    let page = reader
        .get("/api/generations/feed?cursor=2026-01-02T03:04:05.678901Z")
        .await
        .data(200);
    assert_eq!(page["results"], json!([]));
    let page = reader
        .get("/api/generations/feed?cursor=2026-01-02T03:04:05.678902Z")
        .await
        .data(200);
    assert_eq!(page["results"].as_array().expect("rows").len(), 7);
}
