//! Visibility of images, styles and accounts.

use domain::{
    GenerationId, StyleId,
    generations::{FeedFilter, GenerationQueries, GenerationStatus},
    styles::{StyleFilter, StyleQueries},
    tokens::{TokenQueries, TransactionFilter},
    users::UserQueries,
};

use super::{add_image, add_style, first_page};
use crate::support::{STYLE, World};

#[tokio::test]
async fn only_the_owner_sees_a_private_image() {
    let world = World::new().await;
    let private = add_image(&world, 1, world.payer, 1, false).await;
    assert!(
        world
            .store
            .view(private, Some(world.payer))
            .await
            .unwrap()
            .is_some()
    );
    for viewer in [None, Some(world.other), Some(world.artist)] {
        assert_eq!(
            world.store.view(private, viewer).await.unwrap(),
            None,
            "{viewer:?}"
        );
    }
    let feed = world
        .store
        .feed(FeedFilter::default(), Some(world.payer), first_page(5))
        .await
        .unwrap();
    assert!(feed.rows.is_empty());
}

#[tokio::test]
async fn an_image_that_becomes_private_is_not_in_the_feed() {
    let world = World::new().await;
    let image = add_image(&world, 1, world.payer, 1, true).await;
    assert!(world.store.view(image, None).await.unwrap().is_some());
    world.sql("UPDATE generated_images SET is_public = false").await;
    world.sql("UPDATE community_posts SET visible = false").await;
    assert_eq!(world.store.view(image, Some(world.other)).await.unwrap(), None);
    let feed = world
        .store
        .feed(FeedFilter::default(), None, first_page(5))
        .await
        .unwrap();
    assert!(feed.rows.is_empty());
    let profile = world.store.profile(world.payer, None).await.unwrap().unwrap();
    assert_eq!((profile.total_generations, profile.public_generations), (1, 0));
}

#[tokio::test]
async fn only_the_owner_sees_an_open_generation() {
    let world = World::new().await;
    let open = world.in_state(1, GenerationStatus::Processing).await;
    assert!(world.store.view(open, Some(world.payer)).await.unwrap().is_some());
    assert_eq!(world.store.view(open, Some(world.other)).await.unwrap(), None);
    assert_eq!(
        world
            .store
            .view(GenerationId(99), Some(world.payer))
            .await
            .unwrap(),
        None
    );
}

async fn listed(world: &World, unfinished_of: Option<domain::UserId>) -> Vec<i64> {
    let filter = StyleFilter {
        unfinished_of,
        ..StyleFilter::default()
    };
    let page = StyleQueries::list(&world.store, filter, first_page(10))
        .await
        .unwrap();
    page.rows.iter().map(|card| card.style.id.0).collect()
}

#[tokio::test]
async fn only_the_owner_sees_an_unfinished_style_in_the_list() {
    let world = World::new().await;
    for (id, status) in [(2, "pending"), (3, "training"), (4, "failed")] {
        world.insert_style(StyleId(id), status).await;
    }
    assert_eq!(listed(&world, None).await, [1]);
    assert_eq!(listed(&world, Some(world.other)).await, [1]);
    let mut own = listed(&world, Some(world.artist)).await;
    own.sort_unstable();
    assert_eq!(own, [1, 2, 3, 4]);
}

#[tokio::test]
async fn an_inactive_or_flagged_style_is_not_listed_and_not_offered() {
    let world = World::new().await;
    add_style(&world, 2, 1).await;
    world
        .sql("UPDATE style_models SET is_active = false WHERE id = 1")
        .await;
    world
        .sql("UPDATE style_models SET is_flagged = true WHERE id = 2")
        .await;
    assert_eq!(listed(&world, Some(world.artist)).await, Vec::<i64>::new());
    for id in [1, 2] {
        let quote = world.store.reserve_id_and_quote(StyleId(id)).await;
        let quote = quote.unwrap().unwrap();
        assert!(!quote.style.is_offered(), "style {id}");
        assert!(
            world.store.find(StyleId(id)).await.unwrap().is_some(),
            "style {id} is found by its key"
        );
    }
}

async fn deactivate(world: &World, user: domain::UserId) {
    world
        .sql(&format!("UPDATE users SET is_active = false WHERE id = {user}"))
        .await;
}

#[tokio::test]
async fn a_deactivated_account_is_hidden_but_its_images_are_not() {
    let world = World::new().await;
    let image = add_image(&world, 1, world.payer, 1, true).await;
    super::tag_post(&world, image, &["sea"]).await;
    deactivate(&world, world.payer).await;
    assert!(
        world
            .store
            .view(image, Some(world.other))
            .await
            .unwrap()
            .is_some()
    );
    for names in [&[][..], &["sea"]] {
        let filter = FeedFilter {
            tags: super::tags(names),
            user: Some(world.payer),
            ..FeedFilter::default()
        };
        let feed = world.store.feed(filter, None, first_page(5)).await.unwrap();
        let shown: Vec<_> = feed
            .rows
            .iter()
            .map(|row| (row.post.id, row.username.as_str()))
            .collect();
        assert_eq!(shown, [(image, "payer")], "{names:?}");
    }
    assert_eq!(
        world.store.profile(world.payer, Some(world.other)).await.unwrap(),
        None
    );

    assert_eq!(listed(&world, None).await, [1]);
    deactivate(&world, world.artist).await;
    assert_eq!(listed(&world, None).await, Vec::<i64>::new());
    assert_eq!(world.store.find(STYLE).await.unwrap(), None);
    let quote = world.store.reserve_id_and_quote(STYLE).await.unwrap().unwrap();
    assert!(!quote.artist_is_active);
}

#[tokio::test]
async fn styles_of_hidden_accounts_leave_no_gap_in_a_page() {
    let world = World::new().await;
    crate::support::make_artist(&world.store, world.other).await;
    for id in 2..=7 {
        add_style(&world, id, id).await;
        super::tag_style(&world, id, &["sea"]).await;
    }
    world
        .sql(&format!(
            "UPDATE style_models SET artist_id = {} WHERE id % 2 = 0",
            world.other
        ))
        .await;
    deactivate(&world, world.other).await;
    for names in [&[][..], &["sea"]] {
        let filter = StyleFilter {
            tags: super::tags(names),
            ..StyleFilter::default()
        };
        let page = StyleQueries::list(&world.store, filter, first_page(2))
            .await
            .unwrap();
        assert_eq!(
            page.rows.iter().map(|row| row.style.id.0).collect::<Vec<_>>(),
            [7, 5],
            "{names:?}"
        );
        assert!(page.next.is_some());
    }
}

#[tokio::test]
async fn an_artist_sees_the_address_of_public_images_only() {
    let world = World::new().await;
    let id = world.in_state(1, GenerationStatus::Completed).await;
    let image_of = async |user| {
        let all = TransactionFilter::Usage;
        let page = world.store.transactions(user, all, first_page(5)).await.unwrap();
        let (generation, object) = page.rows[0].generation.clone().unwrap();
        assert_eq!(generation, id.0);
        object
    };
    assert!(image_of(world.payer).await.is_some());
    assert_eq!(image_of(world.artist).await, None);
    world.sql("UPDATE generated_images SET is_public = true").await;
    assert!(image_of(world.artist).await.is_some());
}
