//! Erasures of accounts.

mod counter_races;
mod counters;
mod races;
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
    ErasureResult, STYLE, World, applied, at, by_worker, capture, deactivate, erase, finish_erasure,
    heartbeat, new_task, release_open_generations, resend, task, tokens,
};

/// A queued generation of a user.
async fn queued_for(world: &World, id: i64, user: UserId, style: StyleId) -> GenerationId {
    let mut hold = world.new_hold(id);
    hold.request.user_id = user;
    hold.request.style_id = style;
    hold.task_id = task(id.unsigned_abs().into());
    world.store.hold(hold).await.unwrap();
    GenerationId(id)
}

/// A completed generation of a user.
async fn completed_for(world: &World, id: i64, user: UserId) -> GenerationId {
    let id = queued_for(world, id, user, STYLE).await;
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
async fn a_deactivated_account_has_no_sessions_and_no_active_styles() {
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
    // Pending until it is finished, oldest first. A repeated request keeps its position.
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
    let after = |n: usize| world.store.pending(at(100), Some(pending[n]), 10);
    assert_eq!(after(0).await.unwrap(), pending[1..]);
    assert_eq!(after(1).await.unwrap(), []);
}

#[tokio::test]
async fn open_generations_of_every_state_are_released_and_their_unsent_tasks_deleted() {
    let world = World::new().await;
    world.in_state(1, S::Queued).await;
    world.in_state(2, S::Processing).await;
    world.in_state(3, S::Retrying).await;
    let again = resend(GenerationId(2), by_worker(None), 1, new_task());
    assert!(world.store.resend(again).await.unwrap().unwrap().applied);
    world.in_state(4, S::Completed).await;
    queued_for(&world, 5, world.other, STYLE).await;
    let open = world.store.open_generations(world.payer, 10).await.unwrap();
    let expected = [(1, 1), (2, 2), (3, 1)].map(|(id, attempt)| OpenGeneration {
        id: GenerationId(id),
        attempt,
    });
    assert_eq!(open, expected);

    deactivate(&world, world.payer).await;
    assert_eq!(
        finish_erasure(&world, world.payer).await.unwrap(),
        ErasureResult::Open,
        "nothing was changed"
    );
    release_open_generations(&world, world.payer).await.unwrap();
    let failed = "generation_requests WHERE status = 'failed' AND error_code = 'ACCOUNT_DELETED'";
    assert_eq!(world.count(failed).await, 3);
    assert_eq!(
        world.count("outbox_messages").await,
        1,
        "the task of another user"
    );
    assert_eq!(world.available(world.payer).await, 90);
    world.assert_ledger_balances().await;

    // A late report is ignored, and its generation does not exist after the deletion of the account.
    let late_report = || world.store.capture(capture(GenerationId(2), None));
    assert!(!late_report().await.unwrap().unwrap().applied);
    assert_eq!(
        finish_erasure(&world, world.payer).await.unwrap(),
        ErasureResult::Deleted
    );
    assert_eq!(late_report().await.unwrap(), None);
    let heartbeat = heartbeat(GenerationId(2), None, S::Processing, 50);
    assert_eq!(world.store.heartbeat(heartbeat).await.unwrap(), None);
    assert_eq!(
        world.store.capture(capture(GenerationId(5), None)).await.unwrap(),
        applied(S::Queued)
    );
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn p1_p4_remaining_tokens_return_to_the_platform_once() {
    let world = World::new().await;
    world.buy(world.payer, 50).await;
    completed_for(&world, 1, world.payer).await;
    assert_eq!(erase(&world, world.payer).await, ErasureResult::Deleted);
    let entry = "token_transactions WHERE key = 'adjustment:erasure:1:available' AND amount = 140
        AND kind = 'adjustment' AND debit_user_id = 1 AND credit_account = 'platform' AND memo IS NULL";
    assert_eq!(world.count(entry).await, 1);
    assert_eq!(world.count("users WHERE id = 1").await, 0);
    assert_eq!(world.count("wallets WHERE user_id = 1").await, 0);
    assert_eq!(world.count("generation_requests").await, 0);
    assert_eq!(world.earned().await, 10, "the artist keeps the payment");
    world.assert_ledger_balances().await;
    assert_eq!(
        erase(&world, world.payer).await,
        ErasureResult::Deleted,
        "a repeat does nothing"
    );
    assert_eq!(
        world.count("token_transactions WHERE kind = 'adjustment'").await,
        1
    );
}

#[tokio::test]
async fn p1_p4_applied_and_pending_earnings_of_an_artist_return() {
    let world = World::new().await;
    for id in 1..=3 {
        completed_for(&world, id, world.artist).await;
    }
    assert_eq!(world.store.apply_earnings(2).await.unwrap(), 2);
    assert_eq!(erase(&world, world.artist).await, ErasureResult::Deleted);
    let amount = |account: &str| {
        format!("SELECT amount FROM token_transactions WHERE key = 'adjustment:erasure:2:{account}'")
    };
    assert_eq!(world.value::<i64>(&amount("available")).await, 70);
    assert_eq!(world.value::<i64>(&amount("earned")).await, 30);
    for table in ["earning_deltas", "artists", "style_models"] {
        assert_eq!(world.count(table).await, 0, "{table}");
    }
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn an_account_without_tokens_adds_no_entry() {
    let world = World::new().await;
    let mut hold = world.new_hold(1);
    hold.request.price = tokens(100);
    world.store.hold(hold).await.unwrap();
    world.store.capture(capture(GenerationId(1), None)).await.unwrap();
    assert_eq!(erase(&world, world.payer).await, ErasureResult::Deleted);
    assert_eq!(
        world.count("token_transactions WHERE kind = 'adjustment'").await,
        0
    );
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn the_task_of_an_open_training_is_deleted() {
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
    assert_eq!(erase(&world, world.artist).await, ErasureResult::Deleted);
    assert_eq!(
        world.value::<i64>("SELECT subject_id FROM outbox_messages").await,
        77
    );
}

#[tokio::test]
async fn all_objects_of_an_account_are_listed() {
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
    completed_for(&world, 1, world.artist).await;
    queued_for(&world, 2, world.artist, STYLE).await;
    completed_for(&world, 3, world.payer).await;
    release_open_generations(&world, world.artist).await.unwrap();

    let mut unit = world.unit().await;
    let mut owned = unit.erasures().objects(world.artist).await.unwrap();
    owned.stored.sort_unstable_by(|a, b| a.key.cmp(&b.key));
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
