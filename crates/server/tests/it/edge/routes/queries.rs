//! Queries of lists: invalid limits, cursors and filters.

use crate::support::{Platform, document::Operation};

/// Every list, and a client that can read all of them.
async fn lists(platform: &Platform) -> (testkit::client::Client, Vec<Operation>) {
    let (artist, style) = platform.trained_style(5).await;
    platform.make_admin("artist").await;
    let image = platform.public_image(&artist, style).await;
    let mut lists: Vec<Operation> = platform
        .operations()
        .await
        .into_iter()
        .filter(Operation::is_list)
        .collect();
    for list in &mut lists {
        list.path = list.at(image);
    }
    let names: Vec<&str> = lists.iter().map(|list| list.path.as_str()).collect();
    for path in [
        "/api/styles",
        "/api/styles/me",
        "/api/generations/me",
        "/api/generations/feed",
        "/api/tokens/transactions",
    ] {
        assert!(names.contains(&path), "{path} is not described as a list");
    }
    (artist, lists)
}

#[tokio::test]
async fn a_limit_outside_1_to_100_is_422() {
    let platform = Platform::start().await;
    let (reader, lists) = lists(&platform).await;
    for list in lists {
        for limit in [
            "0",
            "101",
            "-1",
            "1.5",
            "abc",
            "",
            "99999999999999999999",
            "%00",
            "1e1",
        ] {
            let details = reader
                .get(&format!("{}?limit={limit}", list.path))
                .await
                .error(422, "VALIDATION_ERROR");
            assert!(details["limit"].is_string(), "{} {limit}: {details}", list.path);
        }
        for limit in ["1", "100"] {
            reader
                .get(&format!("{}?limit={limit}", list.path))
                .await
                .data(200);
        }
    }
}

#[tokio::test]
async fn an_invalid_cursor_is_400() {
    let platform = Platform::start().await;
    let (reader, lists) = lists(&platform).await;
    for list in lists {
        for cursor in [
            "abc",
            "!!!",
            "%00",
            "dA",
            "2026-13-01T00:00:00Z",
            "yesterday",
            "-1",
            "%EA%B0%80",
            &"A".repeat(2000),
        ] {
            let answer = reader.get(&format!("{}?cursor={cursor}", list.path)).await;
            assert_eq!(
                answer.status.as_u16(),
                400,
                "{} {cursor}: {}",
                list.path,
                answer.text
            );
            answer.error(400, "INVALID_CURSOR");
        }
        // An empty cursor is the first page.
        reader.get(&format!("{}?cursor=", list.path)).await.data(200);
        // A time is a valid cursor for orders by time. An older web client sends it.
        for time in [
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05.123456Z",
            "2026-01-02T12:04:05%2B09:00",
        ] {
            let page = reader
                .get(&format!("{}?cursor={time}", list.path))
                .await
                .data(200);
            assert_eq!(page["has_more"], false);
        }
    }
}

#[tokio::test]
async fn an_invalid_filter_is_422() {
    let platform = Platform::start().await;
    let (reader, _) = lists(&platform).await;
    let queries = [
        ("/api/styles?sort=oldest", "sort"),
        ("/api/styles?training_status=failed", "training_status"),
        ("/api/styles?artist_id=abc", "artist_id"),
        ("/api/generations/feed?sort=best", "sort"),
        ("/api/generations/feed?user_id=x", "user_id"),
        ("/api/generations/feed?style_id=1.5", "style_id"),
        ("/api/generations/me?status=done", "status"),
        ("/api/generations/me?is_public=maybe", "is_public"),
        ("/api/tokens/transactions?type=gift", "type"),
    ];
    for (path, field) in queries {
        let details = reader.get(path).await.error(422, "VALIDATION_ERROR");
        assert!(details[field].is_string(), "{path}: {details}");
    }
    let both = reader
        .get("/api/generations/me?status=done&limit=0&is_public=1")
        .await
        .error(422, "VALIDATION_ERROR");
    assert_eq!(both.as_object().expect("fields").len(), 3, "{both}");
    let unknown = platform
        .browser()
        .get("/api/styles?page=2&fbclid=x&artist_id=999999")
        .await
        .data(200);
    assert_eq!(
        unknown["results"],
        serde_json::json!([]),
        "unknown parameters are ignored"
    );
}
