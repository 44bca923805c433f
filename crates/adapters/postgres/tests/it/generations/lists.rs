//! Filters of the feed and of the list of own generations.

use domain::{
    GenerationId,
    generations::{FeedFilter, GenerationQueries, GenerationStatus as S, OwnGenerationFilter},
};
use serde_json::json;

use crate::queries::{add_image, first_page, tag_post, tags};
use crate::support::{STYLE, World, at};

#[tokio::test]
async fn the_feed_is_filtered_by_user_style_and_tags() {
    let world = World::new().await;
    crate::queries::add_style(&world, 2, 1).await;
    for (id, user) in [(1, world.payer), (2, world.other), (3, world.payer)] {
        add_image(&world, id, user, id, true).await;
    }
    world
        .sql("UPDATE community_posts SET style_id = 2 WHERE generation_id = 3")
        .await;
    tag_post(&world, GenerationId(1), &["cat", "sea"]).await;
    tag_post(&world, GenerationId(2), &["cat"]).await;
    let found = async |filter| {
        let page = world.store.feed(filter, None, first_page(5)).await.unwrap();
        page.rows.iter().map(|item| item.post.id.0).collect::<Vec<_>>()
    };
    let all = FeedFilter::default;
    let (user, style) = (Some(world.payer), Some(STYLE));
    assert_eq!(found(FeedFilter { user, ..all() }).await, [3, 1]);
    assert_eq!(found(FeedFilter { style, ..all() }).await, [2, 1]);
    assert_eq!(found(FeedFilter { user, style, ..all() }).await, [1]);
    assert_eq!(
        found(FeedFilter {
            tags: tags(&["cat"]),
            ..all()
        })
        .await,
        [2, 1]
    );
    assert_eq!(
        found(FeedFilter {
            tags: tags(&["sea", "cat"]),
            ..all()
        })
        .await,
        [1]
    );
    assert_eq!(
        found(FeedFilter {
            tags: tags(&["cat"]),
            user,
            ..all()
        })
        .await,
        [1]
    );
    assert_eq!(
        found(FeedFilter {
            tags: tags(&["cat", "dog"]),
            ..all()
        })
        .await,
        Vec::<i64>::new()
    );
    let item = world
        .store
        .feed(all(), None, first_page(1))
        .await
        .unwrap()
        .rows
        .remove(0);
    assert_eq!(
        (item.username.as_str(), item.post.style_id.0, item.post.created_at),
        ("payer", 2, at(3))
    );
}

#[tokio::test]
async fn own_generations_are_filtered_by_state_and_visibility() {
    let world = World::new().await;
    let states = [S::Queued, S::Processing, S::Retrying, S::Failed, S::Canceled];
    for (id, state) in (1..).zip(states) {
        world.in_state(id, state).await;
    }
    add_image(&world, 6, world.payer, 6, true).await;
    add_image(&world, 7, world.payer, 7, false).await;
    add_image(&world, 8, world.other, 8, true).await;
    let found = async |statuses: &[S], is_public| {
        let filter = OwnGenerationFilter {
            statuses: statuses.to_vec(),
            is_public,
        };
        let page = GenerationQueries::mine(&world.store, world.payer, filter, first_page(20))
            .await
            .unwrap();
        let mut ids: Vec<i64> = page.rows.iter().map(|row| row.request.id.0).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(found(&[], None).await, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(found(&[S::Queued], None).await, [1]);
    assert_eq!(found(&[S::Retrying, S::Processing], None).await, [2, 3]);
    assert_eq!(found(&[S::Failed, S::Canceled], None).await, [4, 5]);
    assert_eq!(found(&[], Some(true)).await, [6]);
    assert_eq!(found(&[S::Completed], Some(false)).await, [7]);
    assert_eq!(
        found(&[], Some(false)).await,
        [1, 2, 3, 4, 5, 7],
        "a generation without an image is private"
    );
    let filter = OwnGenerationFilter {
        statuses: vec![S::Processing],
        is_public: None,
    };
    let page = GenerationQueries::mine(&world.store, world.payer, filter, first_page(20))
        .await
        .unwrap();
    assert_eq!(
        (&page.rows[0].progress, &page.rows[0].image),
        (&Some(json!({ "current_step": 1 })), &None)
    );
}
