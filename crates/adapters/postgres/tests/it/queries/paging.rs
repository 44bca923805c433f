//! Pagination: rows with equal sort keys, and rows that are inserted between pages.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::{
    generations::{FeedFilter, GenerationQueries, OwnGenerationFilter},
    page::{Position, Sort},
    styles::{StyleFilter, StyleQueries},
    tokens::{TokenQueries, TransactionFilter},
};

use super::{add_image, add_style, first_page, page_after, read_all_pages, tag_post, tag_style, tags};
use crate::support::{World, at};

/// Ids and times of seven rows. At least two rows share each time.
const TIMES: [(i64, i64); 7] = [(11, 5), (12, 5), (13, 6), (14, 6), (15, 6), (16, 7), (17, 7)];
/// Ids by time and id, descending.
const NEWEST_FIRST: [i64; 7] = [17, 16, 15, 14, 13, 12, 11];

/// Ids of rows inserted between pages.
static NEXT_ID: AtomicI64 = AtomicI64::new(1000);

async fn add_newer_image(world: &World) {
    add_image(
        world,
        NEXT_ID.fetch_add(1, Ordering::Relaxed),
        world.payer,
        99,
        true,
    )
    .await;
}

async fn world_with_images() -> World {
    let world = World::new().await;
    for (id, second) in TIMES {
        add_image(&world, id, world.payer, second, true).await;
    }
    world
}

#[tokio::test]
async fn own_generations_are_neither_skipped_nor_repeated() {
    let world = world_with_images().await;
    let page = async |page| {
        GenerationQueries::mine(&world.store, world.payer, OwnGenerationFilter::default(), page)
            .await
            .unwrap()
    };
    let rows = read_all_pages(page, async || add_newer_image(&world).await).await;
    assert_eq!(
        rows.iter().map(|row| row.request.id.0).collect::<Vec<_>>(),
        NEWEST_FIRST
    );
}

#[tokio::test]
async fn the_feed_is_neither_skipped_nor_repeated() {
    let world = world_with_images().await;
    for id in NEWEST_FIRST {
        tag_post(&world, domain::GenerationId(id), &["sea"]).await;
    }
    for tags in [tags(&[]), tags(&["sea"])] {
        let filter = FeedFilter {
            tags,
            ..FeedFilter::default()
        };
        let page = async |page| world.store.feed(filter.clone(), None, page).await.unwrap();
        let rows = read_all_pages(page, async || add_newer_image(&world).await).await;
        let ids: Vec<i64> = rows
            .iter()
            .map(|row| row.post.id.0)
            .filter(|id| *id < 1000)
            .collect();
        assert_eq!(ids, NEWEST_FIRST, "{filter:?}");
    }
}

#[tokio::test]
async fn the_popular_feed_is_ordered_by_likes_then_time_then_id() {
    let world = world_with_images().await;
    world
        .sql("UPDATE community_posts SET like_count = 3 WHERE generation_id IN (11, 13, 14)")
        .await;
    world.sql("UPDATE community_posts SET tag_ids = '{1}'").await;
    world
        .sql("INSERT INTO tags (id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'sea')")
        .await;
    for filter in [
        FeedFilter::default(),
        FeedFilter {
            user: Some(world.payer),
            ..FeedFilter::default()
        },
        FeedFilter {
            style: Some(crate::support::STYLE),
            ..FeedFilter::default()
        },
        FeedFilter {
            tags: tags(&["sea"]),
            ..FeedFilter::default()
        },
        FeedFilter {
            tags: tags(&["sea"]),
            user: Some(world.payer),
            ..FeedFilter::default()
        },
    ] {
        let filter = FeedFilter {
            sort: Sort::Popular,
            ..filter
        };
        let page = async |page| world.store.feed(filter.clone(), None, page).await.unwrap();
        let rows = read_all_pages(page, async || {}).await;
        let ids: Vec<i64> = rows.iter().map(|row| row.post.id.0).collect();
        assert_eq!(ids, [14, 13, 11, 17, 16, 15, 12], "{filter:?}");
    }
}

#[tokio::test]
async fn styles_are_neither_skipped_nor_repeated() {
    let world = World::new().await;
    world.sql("UPDATE style_models SET is_active = false").await;
    for (id, second) in TIMES {
        add_style(&world, id, second).await;
        tag_style(&world, id, &["ink", "sea"]).await;
    }
    world
        .sql("UPDATE style_models SET usage_count = 3 WHERE id IN (11, 13, 14)")
        .await;
    world
        .sql("UPDATE style_models SET training_status = 'training' WHERE id = 16")
        .await;
    for (sort, expected) in [
        (Sort::Recent, NEWEST_FIRST),
        (Sort::Popular, [14, 13, 11, 17, 16, 15, 12]),
    ] {
        for tags in [tags(&[]), tags(&["sea"]), tags(&["sea", "ink", "sea"])] {
            for artist in [None, Some(world.artist)] {
                let unfinished_of = Some(world.artist);
                let filter = StyleFilter {
                    sort,
                    tags: tags.clone(),
                    artist,
                    unfinished_of,
                };
                let page = async |page| {
                    StyleQueries::list(&world.store, filter.clone(), page)
                        .await
                        .unwrap()
                };
                let add_newer = async || {
                    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
                    add_style(&world, id, 99).await;
                    tag_style(&world, id, &["ink", "sea"]).await;
                };
                let rows = read_all_pages(page, add_newer).await;
                let ids: Vec<i64> = rows
                    .iter()
                    .map(|row| row.style.id.0)
                    .filter(|id| *id < 1000)
                    .collect();
                assert_eq!(ids, expected, "{filter:?}");
                world.sql("DELETE FROM style_models WHERE id >= 1000").await;
            }
        }
    }
}

#[tokio::test]
async fn an_artists_own_styles_are_neither_skipped_nor_repeated() {
    let world = World::new().await;
    for (id, second) in TIMES {
        add_style(&world, id, second).await;
    }
    let page = async |page| {
        StyleQueries::mine(&world.store, world.artist, page)
            .await
            .unwrap()
    };
    let rows = read_all_pages(page, async || {
        add_style(&world, NEXT_ID.fetch_add(1, Ordering::Relaxed), 99_999_999).await;
    })
    .await;
    let ids: Vec<i64> = rows
        .iter()
        .map(|row| row.style.id.0)
        .filter(|id| *id > 1)
        .collect();
    assert_eq!(ids, NEWEST_FIRST);
}

#[tokio::test]
async fn transactions_of_every_kind_are_neither_skipped_nor_repeated() {
    let world = World::new().await;
    // The artist is payer and payee of these holds, which are listed once.
    for generation in 1..=4 {
        let mut hold = world.new_hold(generation);
        hold.request.user_id = world.artist;
        domain::generations::Settlements::hold(&world.store, hold)
            .await
            .unwrap();
        world.queued(generation + 10).await;
    }
    world.buy(world.artist, 100).await;
    for (user, expected) in [(world.artist, 10), (world.payer, 5)] {
        let page = async |page| {
            world
                .store
                .transactions(user, TransactionFilter::All, page)
                .await
                .unwrap()
        };
        let next = AtomicI64::new(100);
        let add_hold = async || {
            let mut hold = world.new_hold(next.fetch_add(1, Ordering::Relaxed));
            hold.request.user_id = world.artist;
            hold.request.price = crate::support::tokens(1);
            hold.request.created_at = at(99_999_999);
            domain::generations::Settlements::hold(&world.store, hold)
                .await
                .unwrap();
        };
        let rows = if user == world.artist {
            read_all_pages(page, add_hold).await
        } else {
            read_all_pages(page, async || {}).await
        };
        let mut ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        assert!(
            rows.is_sorted_by(|a, b| (a.created_at, a.id) > (b.created_at, b.id)),
            "newest first"
        );
        assert_eq!(ids.len(), expected);
        ids.dedup();
        assert_eq!(ids.len(), expected, "no duplicates");
    }
}

#[tokio::test]
async fn a_cursor_without_an_id_includes_all_rows_of_its_time() {
    let world = world_with_images().await;
    let request = page_after(Position::at(at(6), i64::MAX), 10);
    let rows = world
        .store
        .feed(FeedFilter::default(), None, request)
        .await
        .unwrap()
        .rows;
    assert_eq!(
        rows.iter().map(|row| row.post.id.0).collect::<Vec<_>>(),
        [15, 14, 13, 12, 11]
    );
}

#[tokio::test]
async fn a_full_last_page_has_no_next_page() {
    let world = world_with_images().await;
    let filter = OwnGenerationFilter::default();
    let last = GenerationQueries::mine(&world.store, world.payer, filter.clone(), first_page(7))
        .await
        .unwrap();
    assert_eq!((last.rows.len(), last.next), (7, None));
    let first = GenerationQueries::mine(&world.store, world.payer, filter, first_page(6))
        .await
        .unwrap();
    assert_eq!((first.rows.len(), first.next), (6, Some(Position::at(at(5), 12))));
}
