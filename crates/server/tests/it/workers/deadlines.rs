//! Generations and trainings of silent workers are completed from storage, retried, or failed.

mod trainings;

use std::{
    fs::File,
    time::{Duration, SystemTime},
};

use serde_json::json;
use testkit::images;

use crate::support::{
    NO_BROKER, Platform, TIMEOUT,
    broker::{BrokerFixture, assert_tokens},
    fixture::{create_generation, progress_report},
};

async fn platform_with(name: &str, value: &str) -> Platform {
    Platform::with(&[("AMQP_URL", NO_BROKER), (name, value)]).await
}

async fn result_key(platform: &Platform, generation: i64) -> String {
    platform
        .text(&format!(
            "SELECT result_key FROM generation_requests WHERE id = {generation}"
        ))
        .await
}

#[tokio::test]
async fn a_generation_of_a_silent_worker_is_retried_then_released() {
    let fixture = BrokerFixture::start(&[("GENERATION_DEADLINE", "1s")]).await;
    let platform = &fixture.platform;
    let (_artist, style) = platform.usable_style(20).await;
    let user = platform.user("collector@example.com").await;
    let mut worker = fixture.worker(&["--queues", "inference", "--silent"]).await;
    let generation = create_generation(&user, style).await;
    let silent = worker.wait_for("silent", TIMEOUT).await;
    let (mut message, mut task) = fixture.next_task(TIMEOUT).await;
    assert_ne!(task["task_id"], silent["task_id"]);

    let delayed = format!(
        "SELECT count(*) AS n FROM outbox_messages WHERE subject_id = {generation} AND available_at > now()"
    );
    for attempt in 2..=4 {
        assert_eq!(
            (&task["attempt"], &task["data"]["generation_id"]),
            (&json!(attempt), &json!(generation))
        );
        assert_eq!(message.message_id.as_deref(), task["task_id"].as_str());
        assert_tokens(&user, 80, 20).await;
        let mut heartbeat = progress_report(generation, 1);
        heartbeat["task_id"] = task["task_id"].clone();
        assert_eq!(
            platform.report("inference/progress", &heartbeat).await["applied"],
            true
        );
        if attempt < 4 {
            // Later attempts are delayed by 30 s and two minutes. The test makes them due at once.
            platform.until_count(&delayed, 1).await;
            platform
                .execute("UPDATE outbox_messages SET available_at = now()")
                .await;
            (message, task) = fixture.next_task(TIMEOUT).await;
        }
    }
    let seen = platform.until(&user, generation, "failed").await;
    assert_eq!(
        (&seen["error_code"], &seen["refunded"]),
        (&json!("TIMEOUT"), &json!(true)),
        "{seen}"
    );
    assert_tokens(&user, 100, 0).await;
    assert_eq!(fixture.waiting_tasks().await, 0, "four attempts and no more");
    platform
        .assert_rows("token_transactions WHERE kind = 'hold'", 1)
        .await;
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_generation_that_no_worker_takes_is_released_after_the_queue_deadline() {
    let fixture = BrokerFixture::start(&[("QUEUE_DEADLINE", "1s")]).await;
    let platform = &fixture.platform;
    let (artist, style) = platform.trained_style(20).await;
    let generation = create_generation(&artist, style).await;
    let seen = platform.until(&artist, generation, "failed").await;
    assert_eq!(
        (&seen["error_code"], &seen["refunded"]),
        (&json!("TIMEOUT"), &json!(true)),
        "{seen}"
    );
    assert_tokens(&artist, 100, 0).await;
    let (_, task) = fixture.next_task(TIMEOUT).await;
    assert_eq!(task["attempt"], 1);
    assert_eq!(fixture.waiting_tasks().await, 0, "never sent again");
    platform
        .assert_rows("outbox_messages WHERE topic = 'image_generation'", 0)
        .await;
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn an_unpublished_generation_is_released_after_the_queue_deadline() {
    let platform = platform_with("QUEUE_DEADLINE", "1s").await;
    let (artist, style) = platform.trained_style(20).await;
    let generation = create_generation(&artist, style).await;
    platform.until(&artist, generation, "failed").await;
    assert_tokens(&artist, 100, 0).await;
    platform
        .assert_rows("outbox_messages WHERE topic = 'image_generation'", 0)
        .await;
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_result_found_in_storage_completes_a_lost_generation() {
    // The worker stores the image but does not report it.
    let fixture = BrokerFixture::start(&[("GENERATION_DEADLINE", "4s")]).await;
    let platform = &fixture.platform;
    let (artist, style) = platform.usable_style(20).await;
    let mut worker = fixture.worker(&["--queues", "inference", "--late", "600"]).await;
    let generation = create_generation(&artist, style).await;
    let uploaded = worker.wait_for("uploaded", TIMEOUT).await;
    let seen = platform.until(&artist, generation, "completed").await;
    let key = result_key(platform, generation).await;
    assert!(uploaded["address"].as_str().unwrap().ends_with(&key));
    assert!(seen["result_url"].as_str().unwrap().ends_with(&key));
    platform.until_earned(&artist, 20).await;
    assert_eq!(fixture.waiting_tasks().await, 0, "not sent again");
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_result_at_the_old_key_completes_a_lost_generation() {
    let platform = platform_with("GENERATION_DEADLINE", "1s").await;
    let (artist, style) = platform.trained_style(20).await;
    let generation = create_generation(&artist, style).await;
    let key = format!("generations/gen-{generation}.png");
    platform
        .put(
            &platform.storage.public_bucket,
            &key,
            images::png(512, 512, 1),
            "image/png",
        )
        .await;
    platform
        .report("inference/progress", &progress_report(generation, 1))
        .await;
    let seen = platform.until(&artist, generation, "completed").await;
    assert!(seen["result_url"].as_str().unwrap().ends_with(&key));
    platform.until_earned(&artist, 20).await;
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn an_object_older_than_its_task_is_not_a_result() {
    let platform = platform_with("GENERATION_DEADLINE", "1s").await;
    let (artist, style) = platform.trained_style(20).await;
    let generation = create_generation(&artist, style).await;
    let key = result_key(&platform, generation).await;
    let file = platform
        .put(
            &platform.storage.public_bucket,
            &key,
            images::png(512, 512, 1),
            "image/png",
        )
        .await;
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options()
        .write(true)
        .open(file)
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    platform
        .report("inference/progress", &progress_report(generation, 1))
        .await;
    platform.until(&artist, generation, "retrying").await;
    let attempt = format!("SELECT attempt::bigint AS n FROM generation_requests WHERE id = {generation}");
    assert_eq!(platform.count(&attempt).await, 2);
    assert_tokens(&artist, 80, 20).await;
}

#[tokio::test]
async fn stale_uploads_are_swept() {
    let mut platform = Platform::start().await;
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let files = |platform: &Platform, id: &str| {
        let (public, private) = (&platform.storage.public_bucket, &platform.storage.private_bucket);
        [
            (private.clone(), format!("train-{id}-000.png")),
            (private.clone(), format!("train-{id}-001.png")),
            (public.clone(), format!("thumbnails/{id}.jpg")),
        ]
    };
    let mut stored = Vec::new();
    // Uploads of servers that were killed, two hours ago and just now.
    for (age, swept) in [("2 hours", true), ("1 minute", false)] {
        let sql = "SELECT replace(gen_random_uuid()::text, '-', '')";
        let id = platform.text(sql).await;
        let row = format!(
            "INSERT INTO uploads SELECT '{id}', user_id, 'train-{id}-', now() - interval '{age}' FROM artists"
        );
        platform.execute(&row).await;
        for (bucket, key) in files(&platform, &id) {
            stored.push((
                platform
                    .put(&bucket, &key, images::png(8, 8, 1), "image/png")
                    .await,
                swept,
            ));
        }
    }
    assert!(stored.iter().all(|(file, _)| file.is_file()));

    // The job runs at the start of a server and every five minutes.
    platform.kill().await;
    platform.restart().await;
    platform.until_count("SELECT count(*) AS n FROM uploads", 1).await;
    for (file, swept) in stored {
        assert_eq!(file.exists(), !swept, "{}", file.display());
    }
}
