//! Search among more rows than it scans.

use domain::{
    page::PageSize,
    search::{SEARCH_SCAN_LIMIT, SearchQueries, SearchText},
};

use crate::support::World;

async fn styles(world: &World, text: &str, limit: i64) -> Vec<(i64, bool)> {
    let pattern = SearchText::parse(text).unwrap().pattern();
    let found = world
        .store
        .find_styles(&pattern, PageSize::new(limit).unwrap())
        .await
        .unwrap();
    found.iter().map(|style| (style.id.0, style.by_name)).collect()
}

async fn artists(world: &World, text: &str) -> Vec<(i64, bool)> {
    let pattern = SearchText::parse(text).unwrap().pattern();
    let found = world
        .store
        .find_artists(&pattern, PageSize::new(3).unwrap())
        .await;
    let found = found.unwrap();
    found
        .iter()
        .map(|artist| (artist.user.id, artist.by_artist_name))
        .collect()
}

/// Styles 1001 to 7000, used more with a higher id. All have "wave" in their name and the tag "water". The four least
/// used have "wave and gull" in their name, and two of these the tag "gullwing".
async fn world_with_styles() -> World {
    let world = World::new().await;
    const { assert!(6000 > 2 * SEARCH_SCAN_LIMIT, "more rows than two scans read") };
    world
        .sql(&format!(
            "INSERT INTO tags (id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'water'), (2, 'gullwing'), (3, 'gull egg');
             INSERT INTO style_models (id, artist_id, name, description, generation_cost_tokens, training_status,
               usage_count, model_bucket, model_key, artwork_count, task_id, last_heartbeat_at, created_at)
             SELECT n, {}, CASE WHEN n < 1005 THEN 'Wave and gull ' ELSE 'Wave ' END || n, 'd', 10, 'completed', n, 'private',
                    'm', 10, gen_random_uuid(), now(), timestamptz '2026-01-01' + n * interval '1 second'
               FROM generate_series(1001, 7000) n;
             INSERT INTO style_tags SELECT n, 1 FROM generate_series(1001, 7000) n;
             INSERT INTO style_tags VALUES (1001, 2), (1002, 2), (1500, 3)",
            world.artist
        ))
        .await;
    world
}

#[tokio::test]
async fn common_texts_find_the_most_used_and_rare_texts_find_all() {
    let world = world_with_styles().await;
    let most_used = |by_name: bool| vec![(7000, by_name), (6999, by_name), (6998, by_name)];
    assert_eq!(styles(&world, "wave", 3).await, most_used(true));
    assert_eq!(styles(&world, "WA", 3).await, most_used(true));
    assert_eq!(styles(&world, "water", 3).await, most_used(false));
    // Not among the most used styles: four match by name and one by tag.
    let gulls = [
        (1500, false),
        (1004, true),
        (1003, true),
        (1002, true),
        (1001, true),
    ];
    assert_eq!(styles(&world, "gull", 20).await, gulls);
    assert_eq!(styles(&world, "gull", 2).await, gulls[..2]);
    assert_eq!(
        styles(&world, "gullwing", 20).await,
        [(1002, false), (1001, false)]
    );
    assert_eq!(
        styles(&world, "gu", 20).await.len(),
        3,
        "only prefixes of tags match"
    );
}

#[tokio::test]
async fn an_exact_tag_is_found_among_thousands_that_contain_it() {
    let world = world_with_styles().await;
    // Tags of prompts, on no style.
    world
        .sql("INSERT INTO tags (id, name) OVERRIDING SYSTEM VALUE SELECT 10000 + n, 'sea gull ' || n FROM generate_series(1, 6000) n;
              INSERT INTO tags (id, name) OVERRIDING SYSTEM VALUE VALUES (9001, 'sea');
              INSERT INTO style_tags VALUES (1700, 9001)")
        .await;
    assert_eq!(styles(&world, "sea", 20).await, [(1700, false)]);
}

#[tokio::test]
async fn artists_are_sorted_by_followers_and_artists_without_followers_are_found() {
    let world = World::new().await;
    world
        .sql(
            "INSERT INTO users (id, username) SELECT n, 'painter' || n FROM generate_series(1001, 7000) n;
             INSERT INTO user_profiles (user_id) SELECT n FROM generate_series(1001, 7000) n;
             INSERT INTO artists (user_id, artist_name, verified_email, follower_count)
             SELECT n, CASE WHEN n = 1001 THEN '갈매기 작가' ELSE '작가 ' || n END, 'artist@example.com', n
               FROM generate_series(1001, 7000) n",
        )
        .await;
    assert_eq!(
        artists(&world, "작가 ").await,
        [(7000, true), (6999, true), (6998, true)]
    );
    assert_eq!(
        artists(&world, "PAINT").await,
        [(7000, false), (6999, false), (6998, false)]
    );
    assert_eq!(artists(&world, "갈매기").await, [(1001, true)]);
    assert_eq!(artists(&world, "painter1001").await, [(1001, false)]);
    world
        .sql("UPDATE users SET is_active = false WHERE id IN (1001, 7000)")
        .await;
    assert_eq!(artists(&world, "갈매기").await, []);
    assert_eq!(artists(&world, "작가 ").await[0], (6999, true));
}

#[tokio::test]
async fn users_who_are_not_artists_and_tags_on_no_style_do_not_hide_matches() {
    let world = world_with_styles().await;
    world
        .sql(&format!(
            "INSERT INTO users (id, username, created_at) SELECT 10000 + n, 'kim' || n, now() FROM generate_series(1, 3000) n;
             INSERT INTO users (id, username, created_at) SELECT 20000 + n, 'other' || n, now() FROM generate_series(1, 3000) n;
             INSERT INTO artists (user_id, artist_name, verified_email, follower_count)
             SELECT 20000 + n, 'Other ' || n, 'o@example.com', 5 FROM generate_series(1, 3000) n;
             INSERT INTO users (id, username, created_at) VALUES (30000, 'kimchi', now());
             INSERT INTO artists (user_id, artist_name, verified_email) VALUES (30000, 'Jar', 'j@example.com');
             INSERT INTO user_profiles (user_id) SELECT id FROM users u WHERE id > 10000;
             INSERT INTO tags (id, name) OVERRIDING SYSTEM VALUE SELECT 50000 + n, 'sea ' || n FROM generate_series(1, 3000) n;
             INSERT INTO tags (id, name) OVERRIDING SYSTEM VALUE VALUES (90001, 'blue sea'), (90002, 'cat');
             INSERT INTO style_tags VALUES (1001, 90001), (1001, 90002);
             INSERT INTO style_models (id, artist_id, name, description, generation_cost_tokens, training_status,
               artwork_count, task_id, last_heartbeat_at, created_at)
             SELECT n, {}, 'Failed ' || n, 'd', 10, 'failed', 10, gen_random_uuid(), now(), now()
               FROM generate_series(8001, 10700) n;
             INSERT INTO style_tags SELECT n, 90002 FROM generate_series(8001, 10700) n",
            world.artist
        ))
        .await;
    assert_eq!(artists(&world, "kim").await, [(30000, false)]);
    assert_eq!(artists(&world, "ki").await, [(30000, false)]);
    assert_eq!(styles(&world, "sea", 3).await, [(1001, false)]);
    assert_eq!(styles(&world, "cat", 3).await, [(1001, false)]);
}

#[tokio::test]
async fn a_name_with_any_letters_is_found_by_itself() {
    let world = world_with_styles().await;
    for (id, name) in [(1001, "ΟΔΟΣ"), (1002, "İstanbul"), (1003, "Straße 50%_")] {
        world
            .sql(&format!(
                "UPDATE style_models SET name = '{name}' WHERE id = {id}"
            ))
            .await;
        for text in [name.to_owned(), name.to_lowercase()] {
            // Rust converts some letters to another lower case than PostgreSQL; the exact name always matches.
            if text == name || name.starts_with("Str") {
                assert_eq!(styles(&world, &text, 3).await, [(id, true)], "{text}");
            }
        }
    }
}
