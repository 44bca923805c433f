//! Queues, messages, and outages of the broker.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::support::{
    TIMEOUT,
    broker::{BrokerFixture, GENERATION, TRAINING, assert_tokens},
    fixture::create_generation,
};

#[tokio::test]
async fn queues_are_declared_without_arguments() {
    let fixture = BrokerFixture::start(&[]).await;
    for queue in [TRAINING, GENERATION] {
        fixture.broker.delete(queue).await.unwrap();
    }
    let platform = &fixture.platform;
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let style = artist.upload_style("Bands", 20).await;
    platform.until_sent().await;
    platform
        .report("training/complete", &platform.training_report(style))
        .await;
    create_generation(&artist, style).await;
    platform.until_sent().await;

    for queue in [TRAINING, GENERATION] {
        // Workers declare the queues like this. The broker refuses other arguments (406).
        fixture.broker.declare(queue, &[]).await.unwrap();
        let limited = fixture.broker.declare(queue, &[("x-max-length", 1000)]).await;
        assert!(limited.is_err(), "{queue} has no arguments");
        assert_eq!(fixture.broker.count(queue).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn messages_have_the_documented_format() {
    let fixture = BrokerFixture::start(&[]).await;
    let platform = &fixture.platform;
    let (artist, style) = platform.trained_style(20).await;
    let generation = create_generation(&artist, style).await;
    let (message, task) = fixture.next_task(TIMEOUT).await;

    assert!(message.persistent);
    assert_eq!(message.content_type.as_deref(), Some("application/json"));
    assert_eq!(message.message_id.as_deref(), task["task_id"].as_str());
    assert_eq!(message.headers, Vec::<String>::new());
    let callback = format!("{}/api/webhooks/inference/complete", platform.base);
    assert_eq!(
        (&task["callback_url"], &task["webhook_url"]),
        (&json!(callback), &json!(callback))
    );
    assert_eq!(
        (&task["type"], &task["attempt"]),
        (&json!("image_generation"), &json!(1))
    );
    let data = &task["data"];
    assert_eq!(
        (&data["generation_id"], &data["style_id"]),
        (&json!(generation), &json!(style))
    );
    assert_eq!(
        (&data["prompt"], &data["prompt_tags"]),
        (&json!("sea, boat"), &json!(["sea", "boat"]))
    );
    let size = json!({"width": 512, "height": 512, "steps": 50, "cfg_scale": 7.5, "seed": 7});
    assert_eq!(data["parameters"], size);
    let private = &platform.storage.private_bucket;
    assert_eq!(data["lora_path"], platform.model_path(style));
    let signature = data["signature_path"].as_str().unwrap();
    assert!(
        signature.starts_with(&format!("s3://{private}/signatures/")),
        "{signature}"
    );

    // The presigned URL accepts the image without other headers.
    let png = testkit::images::png(512, 512, 1);
    let upload = reqwest::Client::builder().no_proxy().build().unwrap();
    let put = upload
        .put(data["result_upload_url"].as_str().unwrap())
        .header("Content-Type", "image/png")
        .body(png);
    assert_eq!(put.send().await.unwrap().status(), 200);
    let key = data["result_key"].as_str().unwrap();
    assert!(
        platform
            .storage
            .bucket_folder(&platform.storage.public_bucket)
            .join(key)
            .is_file()
    );
}

#[tokio::test]
async fn generations_are_accepted_without_the_broker_and_delivered_afterwards() {
    let fixture = BrokerFixture::start(&[]).await;
    let platform = &fixture.platform;
    let (artist, style) = platform.trained_style(20).await;
    platform.until_sent().await;
    assert_eq!(artist.get("/api/health").await.data(200)["status"], "ok");

    fixture.proxy.cut();
    let generation = create_generation(&artist, style).await;
    let health = artist
        .poll("/api/health", TIMEOUT, |health| {
            health["checks"]["broker"] == "down"
        })
        .await;
    assert_eq!(
        (&health["status"], &health["checks"]["database"]),
        (&json!("degraded"), &json!("ok")),
        "{health}"
    );
    assert_eq!(health["checks"]["outbox"]["pending"], 1, "{health}");
    assert_tokens(&artist, 80, 20).await;
    assert_eq!(fixture.waiting_tasks().await, 0);

    fixture.proxy.restore();
    let (_, task) = fixture.next_task(TIMEOUT).await;
    assert_eq!(task["data"]["generation_id"], generation);
    platform.until_sent().await;
    assert_eq!(fixture.waiting_tasks().await, 0, "delivered once");
    artist
        .poll("/api/health", TIMEOUT, |health| health["status"] == "ok")
        .await;
}

#[tokio::test]
async fn outbox_retry_sends_parked_messages() {
    let fixture = BrokerFixture::start(&[]).await;
    let platform = &fixture.platform;
    let (artist, style) = platform.trained_style(20).await;
    platform.until_sent().await;
    fixture.proxy.cut();
    let generation = create_generation(&artist, style).await;
    platform
        .execute("UPDATE outbox_messages SET parked_at = now(), attempts = 20")
        .await;
    let (ok, status) = platform.command(&["outbox", "status"]).await;
    assert!(ok, "{status}");
    let row: Vec<&str> = status
        .lines()
        .find(|line| line.starts_with("image_generation"))
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!((row[1], row[3]), ("0", "1"), "pending and parked: {status}");

    fixture.proxy.restore();
    let (ok, output) = platform.command(&["outbox", "retry"]).await;
    assert!(ok && output.starts_with("1 "), "{output}");
    let (_, task) = fixture.next_task(TIMEOUT).await;
    assert_eq!(task["data"]["generation_id"], generation);
    platform.until_sent().await;
}

#[tokio::test]
async fn two_servers_share_the_outbox() {
    let fixture = BrokerFixture::start(&[]).await;
    let platform = &fixture.platform;
    let (artist, style) = platform.trained_style(5).await;
    let user = platform.user("collector@example.com").await;
    let (_other, other_base) = platform.another_server().await;

    let body = json!({"style_id": style, "prompt_tags": ["sea"], "aspect_ratio": "1:1", "seed": 7});
    let mut requested = Vec::new();
    for client in [&artist, &user] {
        for turn in 0..5 {
            let base = if turn % 2 == 0 {
                &platform.base
            } else {
                &other_base
            };
            let answer = client
                .post(&format!("{base}/api/generations"), &body)
                .await
                .data(201);
            requested.push(answer["id"].as_i64().unwrap());
        }
    }
    platform.until_sent().await;
    let taken = fixture
        .broker
        .take(GENERATION, requested.len(), TIMEOUT)
        .await
        .unwrap();
    assert_eq!(fixture.waiting_tasks().await, 0, "nothing is published twice");
    let ids: HashSet<_> = taken.iter().map(|message| message.message_id.clone()).collect();
    assert_eq!(ids.len(), requested.len());
    let read = |body: &[u8]| {
        serde_json::from_slice::<Value>(body).unwrap()["data"]["generation_id"]
            .as_i64()
            .unwrap()
    };
    let sent: Vec<i64> = taken.iter().map(|message| read(&message.body)).collect();
    assert_eq!(sent, requested, "in the order of the requests");
}
