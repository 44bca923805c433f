//! Lists in pages: rows that share a sort key, and rows that come in between.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::{
    generations::{FeedFilter, GenerationQueries, OwnGenerationFilter},
    page::{Position, Sort},
    styles::{StyleFilter, StyleQueries},
    tokens::{TokenQueries, TransactionFilter},
};

use super::{after, finished, first, style, tag_post, tag_style, tags, walk};
use crate::support::{World, at};

/// Seven rows on three times, each time shared by at least two.
const TIMES: [(i64, i64); 7] = [(11, 5), (12, 5), (13, 6), (14, 6), (15, 6), (16, 7), (17, 7)];
/// Newest first; among equal times the highest id first.
const NEWEST_FIRST: [i64; 7] = [17, 16, 15, 14, 13, 12, 11];

/// Ids for rows inserted between pages, newer than every other.
static NEWER: AtomicI64 = AtomicI64::new(1000);

async fn another_image(world: &World) {
    finished(
        world,
        NEWER.fetch_add(1, Ordering::Relaxed),
        world.payer,
        99,
        true,
    )
    .await;
}

async fn gallery() -> World {
    let world = World::new().await;
    for (id, second) in TIMES {
        finished(&world, id, world.payer, second, true).await;
    }
    world
}

#[tokio::test]
async fn ones_own_requests_are_neither_skipped_nor_repeated() {
    let world = gallery().await;
    let page = async |page| {
        GenerationQueries::mine(&world.store, world.payer, OwnGenerationFilter::default(), page)
            .await
            .unwrap()
    };
    let rows = walk(page, async || another_image(&world).await).await;
    assert_eq!(
        rows.iter().map(|row| row.request.id.0).collect::<Vec<_>>(),
        NEWEST_FIRST
    );
}

#[tokio::test]
async fn the_feed_is_neither_skipped_nor_repeated() {
    let world = gallery().await;
    for id in NEWEST_FIRST {
        tag_post(&world, domain::GenerationId(id), &["sea"]).await;
    }
    for tags in [tags(&[]), tags(&["sea"])] {
        let filter = FeedFilter {
            tags,
            ..FeedFilter::default()
        };
        let page = async |page| world.store.feed(filter.clone(), None, page).await.unwrap();
        let rows = walk(page, async || another_image(&world).await).await;
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
    let world = gallery().await;
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
        let rows = walk(page, async || {}).await;
        let ids: Vec<i64> = rows.iter().map(|row| row.post.id.0).collect();
        assert_eq!(ids, [14, 13, 11, 17, 16, 15, 12], "{filter:?}");
    }
}

#[tokio::test]
async fn styles_are_neither_skipped_nor_repeated() {
    let world = World::new().await;
    world.sql("UPDATE style_models SET is_active = false").await;
    for (id, second) in TIMES {
        style(&world, id, second).await;
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
                let newer = async || {
                    let id = NEWER.fetch_add(1, Ordering::Relaxed);
                    style(&world, id, 99).await;
                    tag_style(&world, id, &["ink", "sea"]).await;
                };
                let rows = walk(page, newer).await;
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
        style(&world, id, second).await;
    }
    let page = async |page| {
        StyleQueries::mine(&world.store, world.artist, page)
            .await
            .unwrap()
    };
    let rows = walk(page, async || {
        style(&world, NEWER.fetch_add(1, Ordering::Relaxed), 99_999_999).await;
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
    // The artist pays for an image in their own style: payer and payee of one entry, which is listed once.
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
        let another = async || {
            let mut hold = world.new_hold(next.fetch_add(1, Ordering::Relaxed));
            hold.request.user_id = world.artist;
            hold.request.price = crate::support::tokens(1);
            hold.request.created_at = at(99_999_999);
            domain::generations::Settlements::hold(&world.store, hold)
                .await
                .unwrap();
        };
        let rows = if user == world.artist {
            walk(page, another).await
        } else {
            walk(page, async || {}).await
        };
        let mut ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        assert!(
            rows.is_sorted_by(|a, b| (a.created_at, a.id) > (b.created_at, b.id)),
            "newest first"
        );
        assert_eq!(ids.len(), expected);
        ids.dedup();
        assert_eq!(ids.len(), expected, "each once");
    }
}

#[tokio::test]
async fn a_bare_time_starts_with_every_row_of_that_time() {
    let world = gallery().await;
    let request = after(Position::at(at(6), i64::MAX), 10);
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
async fn the_last_page_says_so_also_when_it_is_full() {
    let world = gallery().await;
    let filter = OwnGenerationFilter::default();
    let full = GenerationQueries::mine(&world.store, world.payer, filter.clone(), first(7))
        .await
        .unwrap();
    assert_eq!((full.rows.len(), full.next), (7, None));
    let short = GenerationQueries::mine(&world.store, world.payer, filter, first(6))
        .await
        .unwrap();
    assert_eq!((short.rows.len(), short.next), (6, Some(Position::at(at(5), 12))));
}
