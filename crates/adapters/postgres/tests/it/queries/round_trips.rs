//! Number of statements of a read.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use domain::{
    GenerationId,
    generations::{FeedFilter, GenerationQueries, OwnGenerationFilter},
    page::Sort,
    styles::{StyleFilter, StyleName, StyleQueries},
    tokens::{TokenQueries, TransactionFilter},
    users::UserQueries,
};
use stylelicense_postgres::{PgStore, PoolOptions};

use super::{add_image, add_style, first_page, tag_post, tag_style, tags};
use crate::support::{STYLE, World, at};

/// A store that counts its statements.
async fn counting_store(world: &World) -> (PgStore, Arc<AtomicUsize>) {
    let statements = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&statements);
    let store = PgStore::connect(&world.database.url.clone().into(), &PoolOptions::default())
        .await
        .unwrap()
        .observed(move |_, _| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
    (store, statements)
}

async fn fill(world: &World, rows: std::ops::Range<i64>) {
    for id in rows {
        add_image(world, id, world.payer, id, true).await;
        tag_post(world, GenerationId(id), &["cat", "sea"]).await;
        world.queued(1000 + id).await;
        add_style(world, 100 + id, id).await;
        tag_style(world, 100 + id, &["cat", "sea"]).await;
    }
}

/// Name, number of rows and number of statements of each list.
async fn count_list_statements(
    store: &PgStore,
    statements: &AtomicUsize,
    world: &World,
) -> Vec<(&'static str, usize, usize)> {
    let mut counts = Vec::new();
    let mut record = |name, rows| counts.push((name, rows, statements.swap(0, Ordering::Relaxed)));
    let page = || first_page(50);
    let two_tags = || tags(&["cat", "sea"]);
    statements.store(0, Ordering::Relaxed);
    for sort in [Sort::Recent, Sort::Popular] {
        let filter = FeedFilter {
            sort,
            ..FeedFilter::default()
        };
        record(
            "feed",
            store
                .feed(filter.clone(), Some(world.payer), page())
                .await
                .unwrap()
                .rows
                .len(),
        );
        let filter = FeedFilter {
            tags: two_tags(),
            ..filter
        };
        record(
            "feed by tags",
            store
                .feed(filter, Some(world.payer), page())
                .await
                .unwrap()
                .rows
                .len(),
        );
        let filter = StyleFilter {
            sort,
            unfinished_of: Some(world.artist),
            ..StyleFilter::default()
        };
        record(
            "styles",
            StyleQueries::list(store, filter.clone(), page())
                .await
                .unwrap()
                .rows
                .len(),
        );
        let filter = StyleFilter {
            tags: two_tags(),
            ..filter
        };
        record(
            "styles by tags",
            StyleQueries::list(store, filter, page())
                .await
                .unwrap()
                .rows
                .len(),
        );
    }
    let filter = OwnGenerationFilter::default();
    record(
        "own generations",
        GenerationQueries::mine(store, world.payer, filter, page())
            .await
            .unwrap()
            .rows
            .len(),
    );
    record(
        "own styles",
        StyleQueries::mine(store, world.artist, page())
            .await
            .unwrap()
            .rows
            .len(),
    );
    let all = TransactionFilter::All;
    record(
        "transactions",
        store
            .transactions(world.payer, all, page())
            .await
            .unwrap()
            .rows
            .len(),
    );
    let silent = GenerationQueries::silent(store, at(9), at(9), 50).await.unwrap();
    record("silent generations", silent.len());
    counts
}

#[tokio::test]
async fn a_list_of_any_length_is_at_most_two_statements() {
    let world = World::new().await;
    world.buy(world.payer, 10_000).await;
    let (store, statements) = counting_store(&world).await;
    fill(&world, 1..2).await;
    let short = count_list_statements(&store, &statements, &world).await;
    fill(&world, 2..30).await;
    let long = count_list_statements(&store, &statements, &world).await;
    for ((name, few, before), (_, many, after)) in short.into_iter().zip(long) {
        assert!(many > few, "{name}: {many} is not more than {few}");
        assert_eq!(before, after, "{name}");
        let allowed = if name.ends_with("by tags") { 2 } else { 1 };
        assert_eq!(after, allowed, "{name}");
    }
}

#[tokio::test]
async fn a_filter_by_an_unknown_tag_is_one_statement() {
    let world = World::new().await;
    let (store, statements) = counting_store(&world).await;
    fill(&world, 1..3).await;
    let unknown = || tags(&["cat", "nowhere"]);
    let feed = FeedFilter {
        tags: unknown(),
        ..FeedFilter::default()
    };
    let feed = store.feed(feed, None, first_page(5)).await.unwrap();
    let styles = StyleFilter {
        tags: unknown(),
        ..StyleFilter::default()
    };
    let styles = StyleQueries::list(&store, styles, first_page(5)).await.unwrap();
    assert_eq!(
        (feed.rows.len(), feed.next, styles.rows.len(), styles.next),
        (0, None, 0, None)
    );
    assert_eq!(statements.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_read_by_key_is_one_statement() {
    let world = World::new().await;
    let (store, statements) = counting_store(&world).await;
    fill(&world, 1..3).await;
    let id = GenerationId(1);
    assert!(store.me(world.artist).await.unwrap().is_some());
    assert!(
        store
            .profile(world.artist, Some(world.payer))
            .await
            .unwrap()
            .is_some()
    );
    assert!(store.balance(world.artist).await.unwrap().is_some());
    assert!(StyleQueries::find(&store, STYLE).await.unwrap().is_some());
    let name = StyleName::parse("Oil").unwrap();
    assert!(
        store
            .upload_check(world.artist, Some(name))
            .await
            .unwrap()
            .is_some()
    );
    assert!(store.reserve_id_and_quote(STYLE).await.unwrap().is_some());
    assert!(store.view(id, None).await.unwrap().is_some());
    assert!(store.brief(id).await.unwrap().is_some());
    assert_eq!(statements.swap(0, Ordering::Relaxed), 8);
    assert!(store.training_brief(STYLE).await.unwrap().is_some());
    assert_eq!(statements.load(Ordering::Relaxed), 2, "the style and its images");
}
