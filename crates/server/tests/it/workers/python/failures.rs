//! Workers that fail, repeat reports, report late or use old keys.

use serde_json::{Value, json};

use crate::support::{
    TIMEOUT,
    broker::{BrokerFixture, assert_tokens},
    fixture::create_generation,
    media::Downloaded,
};

#[tokio::test]
async fn a_failed_training_can_be_retried() {
    let fixture = BrokerFixture::start(&[]).await;
    let platform = &fixture.platform;
    let mut worker = fixture
        .worker(&["--queues", "training", "--fail", "CUDA_BROKEN:1"])
        .await;
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let style = artist.upload_style("Bands", 20).await;

    let failed = platform.until_trained(&artist, style, "failed").await;
    assert_eq!(failed["error_message"], "asked for by --fail");
    artist.generate(style, "1:1").await.error(422, "STYLE_NOT_READY");
    let retry = format!("/api/styles/{style}/retry-training");
    let accepted = artist.post(&retry, &json!({})).await;
    assert_eq!(accepted.status, 202, "{}", accepted.text);
    let trained = platform.until_trained(&artist, style, "completed").await;
    assert_eq!(trained["error_message"], Value::Null);

    let first = worker.wait_for("taken", TIMEOUT).await;
    let second = worker.wait_for("taken", TIMEOUT).await;
    assert_ne!(first["task_id"], second["task_id"]);
    let notifications = "SELECT string_agg(type, ' ' ORDER BY id) FROM notifications";
    assert_eq!(
        platform.text(notifications).await,
        "style_training_failed style_training_complete"
    );
}

#[tokio::test]
async fn a_failing_generation_is_retried_then_released() {
    let fixture = BrokerFixture::start(&[]).await;
    let platform = &fixture.platform;
    let (artist, style) = platform.usable_style(20).await;
    let user = platform.user("collector@example.com").await;

    // After a temporary failure the task is sent again at once, without a new charge.
    let worker = fixture
        .worker(&["--queues", "inference", "--fail", "GPU_OOM:1"])
        .await;
    let retried = create_generation(&user, style).await;
    platform.until(&user, retried, "completed").await;
    let attempts = format!("SELECT attempt::bigint AS n FROM generation_requests WHERE id = {retried}");
    assert_eq!(platform.count(&attempts).await, 2);
    assert_tokens(&user, 80, 0).await;
    worker.stop().await;

    // After a permanent failure it is not.
    let _worker = fixture
        .worker(&["--queues", "inference", "--fail", "CUDA_BROKEN"])
        .await;
    let refunded = create_generation(&user, style).await;
    let seen = platform.until(&user, refunded, "failed").await;
    assert_eq!(
        (&seen["error_code"], &seen["refunded"]),
        (&json!("CUDA_BROKEN"), &json!(true)),
        "{seen}"
    );
    assert_eq!(seen["settlement"]["state"], "released");
    assert_tokens(&user, 80, 0).await;

    let refunds = user.get("/api/tokens/transactions?type=refund").await.data(200);
    let rows = refunds["results"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{refunds}");
    assert_eq!(
        (&rows[0]["status"], &rows[0]["refunded"]),
        (&json!("failed"), &json!(true))
    );
    assert_eq!(rows[0]["related_generation"]["id"], refunded);
    platform.until_earned(&artist, 20).await;
    let notifications =
        "SELECT string_agg(type, ' ' ORDER BY id) FROM notifications WHERE target_type = 'generation'";
    assert_eq!(
        platform.text(notifications).await,
        "generation_complete generation_failed"
    );
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn ten_duplicate_completions_pay_once() {
    let fixture = BrokerFixture::start(&[]).await;
    let platform = &fixture.platform;
    let (artist, style) = platform.usable_style(20).await;
    let mut worker = fixture
        .worker(&["--queues", "inference", "--duplicates", "10"])
        .await;
    let generation = create_generation(&artist, style).await;

    let mut applied = 0;
    for _ in 0..10 {
        let answer = worker.wait_for("completed", TIMEOUT).await;
        assert_eq!(
            (&answer["http"], &answer["body"]["success"]),
            (&json!(200), &json!(true)),
            "{answer}"
        );
        assert_eq!(answer["body"]["data"]["status"], "completed", "{answer}");
        applied += i32::from(answer["body"]["data"]["applied"] == true);
    }
    assert_eq!(applied, 1);
    platform.until(&artist, generation, "completed").await;
    platform.until_earned(&artist, 20).await;
    platform
        .assert_rows("token_transactions WHERE kind = 'capture'", 1)
        .await;
    platform
        .assert_rows("notifications WHERE target_type = 'generation'", 1)
        .await;
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_late_completion_after_a_cancel_changes_nothing() {
    let fixture = BrokerFixture::start(&[]).await;
    let platform = &fixture.platform;
    let (artist, style) = platform.usable_style(20).await;
    let user = platform.user("collector@example.com").await;
    // Without progress the generation stays queued and can be canceled.
    let mut worker = fixture
        .worker(&["--queues", "inference", "--no-progress", "--late", "3"])
        .await;
    let generation = create_generation(&user, style).await;
    worker.wait_for("waiting", TIMEOUT).await;

    let canceled = user
        .post(&format!("/api/generations/{generation}/cancel"), &json!({}))
        .await
        .data(200);
    assert_eq!(
        (&canceled["status"], &canceled["refunded"]),
        (&json!("canceled"), &json!(true))
    );
    assert_tokens(&user, 100, 0).await;

    let late = worker.wait_for("completed", TIMEOUT).await;
    assert_eq!(
        (&late["http"], &late["body"]["data"]),
        (&json!(200), &json!({"applied": false, "status": "canceled"}))
    );
    platform.until(&user, generation, "canceled").await;
    assert_tokens(&user, 100, 0).await;
    platform.assert_rows("earning_deltas", 0).await;
    platform.until_earned(&artist, 0).await;
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn workers_with_old_keys_are_supported() {
    let fixture = BrokerFixture::start(&[]).await;
    let platform = &fixture.platform;
    let (artist, style) = platform.usable_style(20).await;
    let _worker = fixture.worker(&["--queues", "inference", "--old-keys"]).await;
    let generation = create_generation(&artist, style).await;
    let seen = platform.until(&artist, generation, "completed").await;
    let url = seen["result_url"].as_str().unwrap();
    assert!(
        url.ends_with(&format!("/generations/gen-{generation}.png")),
        "{url}"
    );
    assert_eq!(Downloaded::from(url).await.size(), (512, 512));
    platform.until_earned(&artist, 20).await;
}
