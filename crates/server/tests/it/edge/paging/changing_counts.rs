//! Popular lists while counts change, as `docs/api-lists.md` describes.

use serde_json::json;
use testkit::client::Client;

use super::gallery;
use crate::support::{Platform, fixture::ids};

/// Ids of every page. `meanwhile` runs after the first page.
async fn pages(reader: &Client, path: &str, limit: usize, meanwhile: impl AsyncFn()) -> Vec<Vec<i64>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = reader
            .get(&format!("{path}&limit={limit}{cursor}"))
            .await
            .data(200);
        pages.push(ids(&page["results"]));
        let Some(next) = page["next_cursor"].as_str() else {
            return pages;
        };
        assert!(pages.len() < 20, "{path} does not end: {pages:?}");
        cursor = format!("&cursor={next}");
        if pages.len() == 1 {
            meanwhile().await;
        }
    }
}

/// Adds a style with this usage count.
async fn add_style(platform: &Platform, template: i64, id: i64, uses: i64) {
    platform
        .execute(&format!(
            "INSERT INTO style_models SELECT (jsonb_populate_record(NULL::style_models, to_jsonb(s) || jsonb_build_object(
               'id', {id}, 'name', 'Copy {id}', 'usage_count', {uses}, 'task_id', gen_random_uuid()))).*
               FROM style_models s WHERE s.id = {template}"
        ))
        .await;
}

async fn use_style(platform: &Platform, id: i64, uses: i64) {
    platform
        .execute(&format!(
            "UPDATE style_models SET usage_count = {uses} WHERE id = {id}"
        ))
        .await;
}

#[tokio::test]
async fn popular_styles_with_unchanged_usage_are_listed_exactly_once() {
    let platform = Platform::start().await;
    let (_, template) = platform.trained_style(2).await;
    for (id, uses) in (1001..=1009).zip((10..=90).rev().step_by(10)) {
        add_style(&platform, template, id, uses).await;
    }
    let reader = platform.browser();
    let path = "/api/styles?sort=popular";
    let unchanged = pages(&reader, path, 3, async || ()).await;
    assert_eq!(
        unchanged,
        [
            vec![1001, 1002, 1003],
            vec![1004, 1005, 1006],
            vec![1007, 1008, 1009],
            vec![template]
        ]
    );

    let meanwhile = async || {
        // Already listed, moves behind the cursor (70): listed again.
        use_style(&platform, 1001, 35).await;
        // Not yet listed, moves before the cursor: never listed.
        use_style(&platform, 1006, 100).await;
        // Not yet listed, stays behind the cursor: listed once, at its new position.
        use_style(&platform, 1008, 55).await;
        // Already listed, stays before the cursor: not listed again.
        use_style(&platform, 1002, 500).await;
        // New rows before the cursor are not listed, rows behind it are.
        add_style(&platform, template, 2001, 95).await;
        add_style(&platform, template, 2002, 45).await;
    };
    let changed = pages(&reader, path, 3, meanwhile).await;
    assert_eq!(
        changed,
        [
            vec![1001, 1002, 1003],
            vec![1004, 1008, 1005],
            vec![2002, 1001, 1007],
            vec![1009, template]
        ]
    );
}

#[tokio::test]
async fn popular_images_with_unchanged_likes_are_listed_exactly_once() {
    let (platform, _artist, user, style) = gallery().await;
    let fan = platform.user("fan@example.com").await;
    let reader = platform.browser();
    let all = pages(&reader, "/api/generations/feed?sort=recent", 7, async || ()).await;
    // Oldest first. All have the same time, so the id decides.
    let mut ids = all[0].clone();
    ids.reverse();
    let [g1, g2, g3, g4, g5, g6, g7] = ids[..] else {
        panic!("{ids:?}")
    };
    for (id, likes) in [(g1, 7), (g2, 9), (g3, 7), (g4, 5), (g5, 5), (g6, 1), (g7, 7)] {
        platform
            .execute(&format!(
                "UPDATE community_posts SET like_count = {likes} WHERE generation_id = {id}"
            ))
            .await;
    }
    let like = async |id: i64| {
        let liked = fan.post(&format!("/api/generations/{id}/like"), &json!({})).await;
        assert_eq!(liked.data(200)["liked"], true);
    };
    like(g3).await;
    let path = "/api/generations/feed?sort=popular";
    let unchanged = pages(&reader, path, 2, async || ()).await;
    assert_eq!(unchanged, [vec![g2, g3], vec![g7, g1], vec![g5, g4], vec![g6]]);

    let meanwhile = async || {
        // The cursor is at eight likes, image 3. Already listed, now at seven: listed again.
        let unliked = fan.delete(&format!("/api/generations/{g3}/like")).await;
        assert_eq!(unliked.status, 204);
        // Both now have eight likes: the newer one is before the cursor and never listed, the older one is behind it.
        like(g7).await;
        like(g1).await;
        platform.public_image(&user, style).await;
    };
    let changed = pages(&reader, path, 2, meanwhile).await;
    let new = *changed
        .last()
        .and_then(|page| page.last())
        .expect("the new image");
    assert!(new > g7, "{changed:?}");
    assert_eq!(changed, [vec![g2, g3], vec![g1, g3], vec![g5, g4], vec![g6, new]]);
}

#[tokio::test]
async fn a_time_is_a_cursor_only_for_orders_by_time() {
    let (_platform, artist, user, _style) = gallery().await;
    // A time before and a time after all rows.
    for (reader, path) in [
        (&user, "/api/generations/feed?sort=recent"),
        (&user, "/api/generations/me?status=all"),
        (&user, "/api/tokens/transactions?type=usage"),
        (&user, "/api/styles?sort=recent"),
        (&artist, "/api/styles/me?"),
        (&artist, "/api/notifications?unread_only=false"),
        (&artist, "/api/users/me/following?"),
    ] {
        let before = reader
            .get(&format!("{path}&cursor=2000-01-01T00:00:00Z"))
            .await
            .data(200);
        assert_eq!(before["results"], json!([]), "{path}");
        let all = reader.get(&format!("{path}&limit=100")).await.data(200);
        let after = reader
            .get(&format!("{path}&limit=100&cursor=2999-01-01T09:00:00%2B09:00"))
            .await
            .data(200);
        assert_eq!(after["results"], all["results"], "{path}");
    }
    for path in ["/api/styles?sort=popular", "/api/generations/feed?sort=popular"] {
        user.get(&format!("{path}&cursor=2026-01-01T00:00:00Z"))
            .await
            .error(400, "INVALID_CURSOR");
    }
}
