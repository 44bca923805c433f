//! Reads of generations.

use domain::{
    GenerationId, ObjectAddress, StyleId,
    generations::{AspectRatio, Caption, FeedFilter, GenerationQueries, GenerationStatus as S, Settlements},
    styles::TrainingStatus,
};

use crate::queries::{add_image, first_page};
use crate::support::{STYLE, World, at, by_worker, new_task, resend, task, tokens};

#[tokio::test]
async fn a_quote_has_the_style_and_a_reserved_id() {
    let world = World::new().await;
    for id in [1_000_001, 1_000_002] {
        world.queued(id).await;
    }
    world.in_state(1_000_003, S::Processing).await;
    let one = world.store.reserve_id_and_quote(STYLE).await.unwrap().unwrap();
    let two = world.store.reserve_id_and_quote(STYLE).await.unwrap().unwrap();
    assert!(two.next_id > one.next_id);
    assert_eq!(one.queue_position, 2);
    let style = one.style;
    assert_eq!(
        (style.id, style.artist_id, style.price.tokens()),
        (STYLE, world.artist, tokens(10))
    );
    assert_eq!(
        (style.status, style.is_offered(), one.artist_is_active),
        (TrainingStatus::Completed, true, true)
    );
    assert_eq!(style.model, Some(ObjectAddress::new("private", "m")));
    assert_eq!(
        one.signature,
        Some(ObjectAddress::new("private", "signatures/a.png"))
    );
}

#[tokio::test]
async fn a_license_is_valid_from_its_start_until_its_end() {
    let world = World::new().await;
    let (from, to) = (at(10).to_rfc3339(), at(20).to_rfc3339());
    world
        .sql(&format!(
            "UPDATE style_models SET valid_from = '{from}', valid_to = '{to}'"
        ))
        .await;
    let quote = world.store.reserve_id_and_quote(STYLE).await.unwrap().unwrap();
    for (second, valid) in [(9, false), (10, true), (19, true), (20, false)] {
        assert_eq!(quote.style.is_valid_at(at(second)), valid, "second {second}");
    }
}

#[tokio::test]
async fn an_unknown_style_reserves_no_id() {
    let world = World::new().await;
    let before = world
        .store
        .reserve_id_and_quote(STYLE)
        .await
        .unwrap()
        .unwrap()
        .next_id;
    assert_eq!(world.store.reserve_id_and_quote(StyleId(99)).await.unwrap(), None);
    let after = world
        .store
        .reserve_id_and_quote(STYLE)
        .await
        .unwrap()
        .unwrap()
        .next_id;
    assert_eq!(after.0, before.0 + 1);
}

#[tokio::test]
async fn a_queued_generation_has_a_queue_position() {
    let world = World::new().await;
    for id in 1..=3 {
        world.queued(id).await;
    }
    let position = async |id| {
        world
            .store
            .view(GenerationId(id), Some(world.payer))
            .await
            .unwrap()
            .unwrap()
            .queue_position
    };
    assert_eq!((position(1).await, position(3).await), (Some(0), Some(2)));
    world.store.cancel(world.cancel(GenerationId(1))).await.unwrap();
    assert_eq!((position(1).await, position(3).await), (None, Some(1)));
}

#[tokio::test]
async fn a_public_image_has_its_likes_and_comments() {
    let world = World::new().await;
    let id = add_image(&world, 1, world.payer, 1, true).await;
    world
        .sql("UPDATE community_posts SET like_count = 1, comment_count = 2")
        .await;
    world
        .sql(&format!(
            "INSERT INTO post_likes VALUES (1, {}, now())",
            world.other
        ))
        .await;
    for (viewer, liked) in [
        (None, false),
        (Some(world.payer), false),
        (Some(world.other), true),
    ] {
        let view = world.store.view(id, viewer).await.unwrap().unwrap();
        let image = view.image.unwrap();
        assert_eq!(
            (image.like_count, image.comment_count, image.is_liked),
            (1, 2, liked),
            "{viewer:?}"
        );
        assert_eq!(
            (image.image.is_public, image.image.object),
            (true, ObjectAddress::new("media", "generations/1.png"))
        );
        let feed = world
            .store
            .feed(FeedFilter::default(), viewer, first_page(5))
            .await
            .unwrap();
        assert_eq!(feed.rows[0].is_liked, liked);
    }
    let view = world.store.view(id, None).await.unwrap().unwrap();
    assert_eq!(
        (view.style_name.as_str(), view.artist_name.as_str()),
        ("Ink 1", "Demo Artist")
    );
    assert_eq!((view.settled_at, view.error), (Some(at(1)), None));
    let request = view.request;
    assert_eq!(
        (request.user_id, request.style_id, request.artist_id),
        (world.payer, STYLE, world.artist)
    );
    assert_eq!(
        (request.aspect, request.seed.get(), request.prompt.names()),
        (AspectRatio::Portrait, 1, vec!["cat".into(), "sea".into()])
    );
    let caption = request.caption.as_ref().map(Caption::as_str);
    assert_eq!(
        (caption, request.status, request.price, request.created_at),
        (Some("Number 1"), S::Completed, tokens(10), at(1))
    );
}

#[tokio::test]
async fn a_brief_has_the_content_of_the_task() {
    let world = World::new().await;
    let id = world.queued(1).await;
    let brief = world.store.brief(id).await.unwrap().unwrap();
    assert_eq!(brief.request, world.new_hold(1).request);
    assert_eq!(brief.result_key, format!("generations/{:032x}.png", 1));
    assert_eq!(brief.model, Some(ObjectAddress::new("private", "m")));
    assert_eq!(
        brief.signature,
        Some(ObjectAddress::new("private", "signatures/a.png"))
    );
    let attempt = brief.attempt;
    assert_eq!(
        (attempt.number, attempt.task_id, attempt.taken, attempt.waiting),
        (1, task(1), false, true)
    );

    let next = new_task();
    let resend = resend(id, by_worker(Some(task(1))), 1, next);
    assert!(
        Settlements::resend(&world.store, resend)
            .await
            .unwrap()
            .unwrap()
            .applied
    );
    let attempt = world.store.brief(id).await.unwrap().unwrap().attempt;
    assert_eq!(
        (attempt.number, attempt.task_id, attempt.taken, attempt.waiting),
        (2, next, false, false)
    );
    assert_eq!(world.store.brief(GenerationId(99)).await.unwrap(), None);
}

#[tokio::test]
async fn silent_generations_are_found_by_heartbeat_or_by_queue_time() {
    let world = World::new().await;
    for (id, state, heartbeat) in [
        (1, S::Processing, 10),
        (2, S::Processing, 20),
        (3, S::Queued, 10),
        (4, S::Queued, 1),
        (5, S::Failed, 1),
        (6, S::Completed, 1),
    ] {
        world.in_state(id, state).await;
        let heartbeat = at(heartbeat).to_rfc3339();
        world
            .sql(&format!(
                "UPDATE generation_requests SET last_heartbeat_at = '{heartbeat}' WHERE id = {id}"
            ))
            .await;
    }
    let silent = GenerationQueries::silent(&world.store, at(15), at(5), 10)
        .await
        .unwrap();
    let found: Vec<_> = silent
        .iter()
        .map(|generation| (generation.id.0, generation.last_heartbeat_at))
        .collect();
    assert_eq!(found, [(1, at(10)), (4, at(1))], "taken ones, then waiting ones");
    assert_eq!((silent[0].attempt.taken, silent[1].attempt.taken), (true, false));
    assert_eq!(
        GenerationQueries::silent(&world.store, at(15), at(5), 1)
            .await
            .unwrap()
            .len(),
        2,
        "the limit applies to each part"
    );
}
