//! Erasing an account takes everything of it, leaves everything of others', and no token is lost.

mod counters;
pub mod races;
mod uses;
mod waiting;

use domain::{
    GenerationId, ObjectAddress, StyleId, UserId,
    auth::{NewSession, SessionHash, Sessions},
    generations::{GenerationStatus as S, Settlements},
    users::{ErasureQueries, OpenGeneration, PendingErasure},
    workers::{NewMessage, Topic},
};

use crate::support::{
    End, STYLE, World, applied, at, by_worker, capture, deactivate, end, erase, heartbeat, new_task,
    release_requests, resend, task, tokens,
};

/// A request of somebody's in the one style, or in another.
async fn requested(world: &World, id: i64, user: UserId, style: StyleId) -> GenerationId {
    let mut hold = world.new_hold(id);
    hold.request.user_id = user;
    hold.request.style_id = style;
    hold.task_id = task(id.unsigned_abs().into());
    world.store.hold(hold).await.unwrap();
    GenerationId(id)
}

/// The same, with its image made.
async fn made(world: &World, id: i64, user: UserId) -> GenerationId {
    let id = requested(world, id, user, STYLE).await;
    assert!(
        world
            .store
            .capture(capture(id, None))
            .await
            .unwrap()
            .unwrap()
            .applied
    );
    id
}

#[tokio::test]
async fn a_deactivated_account_has_no_sessions_and_offers_no_styles() {
    let world = World::new().await;
    for (n, user) in [(1, world.artist), (2, world.other)] {
        let session = NewSession {
            hash: SessionHash([n; 32]),
            user_id: Some(user),
            data: std::collections::HashMap::new(),
            expires_at: at(1000),
        };
        world.store.create(session).await.unwrap();
    }
    assert!(deactivate(&world, world.artist).await);
    assert!(!deactivate(&world, UserId(99)).await);
    assert_eq!(
        world
            .count(&format!("sessions WHERE user_id = {}", world.other))
            .await,
        world.count("sessions").await
    );
    assert_eq!(world.count("style_models WHERE is_active").await, 0);
    assert_eq!(world.count("users WHERE NOT is_active").await, 1);
    // Known until it has ended, longest waiting first; asking again does not put it behind others.
    deactivate(&world, world.payer).await;
    world
        .sql(
            "UPDATE users SET erasure_requested_at = erasure_requested_at + interval '1 second' WHERE id = 1",
        )
        .await;
    deactivate(&world, world.artist).await;
    let pending = [(world.artist, at(40)), (world.payer, at(41))]
        .map(|(user, requested_at)| PendingErasure { user, requested_at });
    assert_eq!(world.store.pending(at(100), None, 10).await.unwrap(), pending);
    assert_eq!(world.store.pending(at(39), None, 10).await.unwrap(), []);
    assert_eq!(world.store.pending(at(100), None, 1).await.unwrap(), pending[..1]);
    let behind = |n: usize| world.store.pending(at(100), Some(pending[n]), 10);
    assert_eq!(behind(0).await.unwrap(), pending[1..]);
    assert_eq!(behind(1).await.unwrap(), []);
}

#[tokio::test]
async fn open_requests_of_every_state_are_released_and_their_unsent_tasks_dropped() {
    let world = World::new().await;
    world.in_state(1, S::Queued).await;
    world.in_state(2, S::Processing).await;
    world.in_state(3, S::Retrying).await;
    let again = resend(GenerationId(2), by_worker(None), 1, new_task());
    assert!(world.store.resend(again).await.unwrap().unwrap().applied);
    world.in_state(4, S::Completed).await;
    requested(&world, 5, world.other, STYLE).await;
    let open = world.store.open_generations(world.payer, 10).await.unwrap();
    let expected = [(1, 1), (2, 2), (3, 1)].map(|(id, attempt)| OpenGeneration {
        id: GenerationId(id),
        attempt,
    });
    assert_eq!(open, expected);

    deactivate(&world, world.payer).await;
    assert_eq!(
        end(&world, world.payer).await.unwrap(),
        End::Open,
        "nothing was done"
    );
    release_requests(&world, world.payer).await.unwrap();
    let failed = "generation_requests WHERE status = 'failed' AND error_code = 'ACCOUNT_DELETED'";
    assert_eq!(world.count(failed).await, 3);
    assert_eq!(
        world.count("outbox_messages").await,
        1,
        "somebody else's task stays"
    );
    assert_eq!(world.available(world.payer).await, 90);
    world.assert_books_balance().await;

    // A worker that reports now is late; once the account is gone, it is unknown.
    let late = || world.store.capture(capture(GenerationId(2), None));
    assert!(!late().await.unwrap().unwrap().applied);
    assert_eq!(end(&world, world.payer).await.unwrap(), End::Gone);
    assert_eq!(late().await.unwrap(), None);
    let heartbeat = heartbeat(GenerationId(2), None, S::Processing, 50);
    assert_eq!(world.store.heartbeat(heartbeat).await.unwrap(), None);
    assert_eq!(
        world.store.capture(capture(GenerationId(5), None)).await.unwrap(),
        applied(S::Queued)
    );
    world.assert_books_balance().await;
}

#[tokio::test]
async fn p1_p4_what_is_left_returns_to_the_platform_once() {
    let world = World::new().await;
    world.buy(world.payer, 50).await;
    made(&world, 1, world.payer).await;
    assert_eq!(erase(&world, world.payer).await, End::Gone);
    let entry = "token_transactions WHERE key = 'adjustment:erasure:1:available' AND amount = 140
        AND kind = 'adjustment' AND debit_user_id = 1 AND credit_account = 'platform' AND memo IS NULL";
    assert_eq!(world.count(entry).await, 1);
    assert_eq!(world.count("users WHERE id = 1").await, 0);
    assert_eq!(world.count("wallets WHERE user_id = 1").await, 0);
    assert_eq!(world.count("generation_requests").await, 0);
    assert_eq!(world.earned().await, 10, "the artist keeps what was paid");
    world.assert_books_balance().await;
    assert_eq!(
        erase(&world, world.payer).await,
        End::Gone,
        "a repeat does nothing"
    );
    assert_eq!(
        world.count("token_transactions WHERE kind = 'adjustment'").await,
        1
    );
}

#[tokio::test]
async fn p1_p4_an_artists_earnings_return_folded_and_unfolded() {
    let world = World::new().await;
    for id in 1..=3 {
        made(&world, id, world.artist).await;
    }
    assert_eq!(world.store.fold(2).await.unwrap(), 2);
    assert_eq!(erase(&world, world.artist).await, End::Gone);
    let amount = |purse: &str| {
        format!("SELECT amount FROM token_transactions WHERE key = 'adjustment:erasure:2:{purse}'")
    };
    assert_eq!(world.value::<i64>(&amount("available")).await, 70);
    assert_eq!(world.value::<i64>(&amount("earned")).await, 30);
    for gone in ["earning_deltas", "artists", "style_models"] {
        assert_eq!(world.count(gone).await, 0, "{gone}");
    }
    world.assert_books_balance().await;
}

#[tokio::test]
async fn an_empty_account_leaves_no_entry() {
    let world = World::new().await;
    let mut hold = world.new_hold(1);
    hold.request.price = tokens(100);
    world.store.hold(hold).await.unwrap();
    world.store.capture(capture(GenerationId(1), None)).await.unwrap();
    assert_eq!(erase(&world, world.payer).await, End::Gone);
    assert_eq!(
        world.count("token_transactions WHERE kind = 'adjustment'").await,
        0
    );
    world.assert_books_balance().await;
}

#[tokio::test]
async fn a_training_under_way_is_dropped_with_its_style() {
    let world = World::new().await;
    world.insert_style(StyleId(2), "pending").await;
    let mut unit = world.unit().await;
    for (style, task_id) in [(2, task(50)), (77, task(51))] {
        let message = NewMessage {
            task_id,
            topic: Topic::ModelTraining,
            subject_id: style,
            payload: b"{}".to_vec(),
            send_at: at(0),
            now: at(0),
        };
        unit.outbox().enqueue(message).await.unwrap();
    }
    unit.commit().await.unwrap();
    assert_eq!(erase(&world, world.artist).await, End::Gone);
    assert_eq!(
        world.value::<i64>("SELECT subject_id FROM outbox_messages").await,
        77
    );
}

#[tokio::test]
async fn every_object_of_an_account_is_known() {
    let world = World::new().await;
    world
        .sql(
            "UPDATE user_profiles SET profile_image_bucket = 'media', profile_image_key = 'profiles/' || user_id;
             UPDATE style_models SET thumbnail_bucket = 'media', thumbnail_key = 'thumb';
             INSERT INTO training_datasets VALUES (1, gen_random_uuid(), 10, 1000, now());
             INSERT INTO training_images (style_id, position, bucket, key, thumbnail_bucket, thumbnail_key, width, height,
               size_bytes, content_type)
             VALUES (1, 0, 'private', 'train-0', 'media', 'small-0', 512, 512, 1, 'image/png'),
                    (1, 1, 'private', 'train-1', NULL, NULL, 512, 512, 1, 'image/png')",
        )
        .await;
    world.insert_style(StyleId(2), "failed").await;
    made(&world, 1, world.artist).await;
    requested(&world, 2, world.artist, STYLE).await;
    made(&world, 3, world.payer).await;
    release_requests(&world, world.artist).await.unwrap();

    let mut unit = world.unit().await;
    let mut owned = unit.erasures().objects(world.artist).await.unwrap();
    owned.stored.sort_unstable_by(|one, two| one.key.cmp(&two.key));
    let expected = [
        ("media", "generations/1.png"),
        ("private", "m"),
        ("media", "profiles/2"),
        ("private", "signatures/a.png"),
        ("media", "small-0"),
        ("media", "thumb"),
        ("private", "train-0"),
        ("private", "train-1"),
    ];
    assert_eq!(
        owned.stored,
        expected.map(|(bucket, key)| ObjectAddress::new(bucket, key))
    );
    assert_eq!(
        owned.unfinished_images,
        [(GenerationId(2), format!("generations/{:032x}.png", 2))]
    );
    assert_eq!(owned.untrained_styles, [StyleId(2)]);
}
