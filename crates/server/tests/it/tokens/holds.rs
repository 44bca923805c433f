//! Holds and earnings.

use std::time::Duration;

use serde_json::json;
use testkit::client::Client;

use crate::support::{
    TIMEOUT,
    fixture::{Fixture, WELCOME, at_once, create_generation},
};

async fn fifty_at_once(user: &Client, style: i64) -> Vec<testkit::client::Answer> {
    at_once((0..50).map(|_| {
        let user = user.clone();
        async move { user.generate(style, "1:1").await }
    }))
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b1_of_fifty_concurrent_generations_with_tokens_for_one_one_is_accepted() {
    let fixture = Fixture::start(WELCOME).await;
    let answers = fifty_at_once(&fixture.user, fixture.style).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        let details = refused.error(402, "INSUFFICIENT_TOKENS");
        assert_eq!(details, json!({"required": WELCOME, "available": 0}));
    }
    let balance = fixture.balance().await;
    assert_eq!(
        (&balance["token_balance"], &balance["held_tokens"]),
        (&json!(0), &json!(WELCOME))
    );
    fixture.platform.assert_rows("generation_requests", 1).await;
    let tasks = "SELECT count(*) AS n FROM outbox_messages WHERE topic = 'image_generation'";
    assert_eq!(fixture.platform.count(tasks).await, 1);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_concurrent_generations_never_overdraw() {
    let fixture = Fixture::start(30).await;
    let answers = fifty_at_once(&fixture.user, fixture.style).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 3);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(
            refused.error(402, "INSUFFICIENT_TOKENS"),
            json!({"required": 30, "available": 10})
        );
    }
    assert_eq!(fixture.balance().await["token_balance"], 10);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn p12_a_refused_hold_leaves_no_row() {
    let fixture = Fixture::start(WELCOME + 1).await;
    let before = fixture.platform.snapshot().await;
    let details = fixture
        .user
        .generate(fixture.style, "1:1")
        .await
        .error(402, "INSUFFICIENT_TOKENS");
    assert_eq!(details, json!({"required": WELCOME + 1, "available": WELCOME}));
    fixture
        .user
        .generate(999_999, "1:1")
        .await
        .error(404, "STYLE_NOT_FOUND");
    fixture
        .platform
        .browser()
        .generate(fixture.style, "1:1")
        .await
        .error(401, "UNAUTHORIZED");
    let body =
        json!({"style_id": fixture.style, "prompt_tags": ["new tag nobody has"], "aspect_ratio": "1:1"});
    fixture
        .user
        .post("/api/generations", &body)
        .await
        .error(402, "INSUFFICIENT_TOKENS");
    assert_eq!(fixture.platform.snapshot().await, before);
}

#[tokio::test]
async fn an_untrained_style_cannot_be_used() {
    let fixture = Fixture::start(10).await;
    let (artist, style) = fixture.untrained_style().await;
    let before = fixture.platform.snapshot().await;
    for user in [&artist, &fixture.user] {
        user.generate(style, "1:1").await.error(422, "STYLE_NOT_READY");
    }
    assert_eq!(fixture.platform.snapshot().await, before);
}

#[tokio::test]
async fn a_generation_holds_its_price_until_it_ends() {
    let fixture = Fixture::start(30).await;
    let answer = fixture.user.generate(fixture.style, "1:2").await;
    let created = answer.data(201);
    let generation = created["id"].as_i64().unwrap();
    assert_eq!(answer.location(), format!("/api/generations/{generation}"));
    assert_eq!(created["status"], "queued");
    assert_eq!(created["consumed_tokens"], 30);
    assert_eq!(created["style_id"], fixture.style);
    assert_eq!(created["aspect_ratio"], "1:2");
    assert_eq!(created["queue_position"], 0);
    assert!(
        created["progress"].is_null() && created["created_at"].is_string(),
        "{created}"
    );

    let balance = fixture.balance().await;
    assert_eq!(
        (&balance["token_balance"], &balance["held_tokens"]),
        (&json!(WELCOME - 30), &json!(30))
    );
    assert!(
        balance["artist_earned_balance"].is_null(),
        "the user is not an artist: {balance}"
    );
    let held = fixture.generation(generation).await["settlement"].clone();
    assert_eq!((&held["state"], &held["amount"]), (&json!("held"), &json!(30)));

    fixture.complete(generation).await;
    let balance = fixture.balance().await;
    assert_eq!(
        (&balance["token_balance"], &balance["held_tokens"]),
        (&json!(WELCOME - 30), &json!(0))
    );
    let captured = fixture.generation(generation).await["settlement"].clone();
    assert_eq!(
        (&captured["state"], &captured["amount"]),
        (&json!("captured"), &json!(30))
    );
}

#[tokio::test]
async fn the_queue_position_counts_generations_ahead() {
    let fixture = Fixture::start(10).await;
    let first = fixture.create_generation().await;
    let second = fixture.user.generate(fixture.style, "1:1").await.data(201);
    assert_eq!(second["queue_position"], 1);
    fixture.complete(first).await;
    let seen = fixture.generation(second["id"].as_i64().unwrap()).await;
    assert_eq!(seen["queue_position"], 0);
}

#[tokio::test]
async fn an_artist_pays_for_their_own_style_too() {
    let fixture = Fixture::start(30).await;
    let generation = create_generation(&fixture.artist, fixture.style).await;
    let balance = fixture.artist.get("/api/tokens/balance").await.data(200);
    assert_eq!(
        (&balance["token_balance"], &balance["held_tokens"]),
        (&json!(WELCOME - 30), &json!(30))
    );
    assert_eq!(balance["artist_earned_balance"], 0);
    fixture.complete(generation).await;
    let balance = fixture.artist.get("/api/tokens/balance").await.data(200);
    assert_eq!(
        (&balance["token_balance"], &balance["held_tokens"]),
        (&json!(WELCOME - 30), &json!(0))
    );
    assert_eq!(balance["artist_earned_balance"], 30);
    let usages = fixture
        .artist
        .get("/api/tokens/transactions?type=usage")
        .await
        .data(200);
    let usages = usages["results"].as_array().unwrap().clone();
    assert_eq!(
        usages.len(),
        1,
        "payer and artist are the same user, so there is one row"
    );
    assert_eq!(usages[0]["sender"], usages[0]["receiver"]);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn earnings_appear_everywhere_within_about_a_second() {
    let fixture = Fixture::start(30).await;
    for _ in 0..2 {
        let generation = fixture.create_generation().await;
        fixture.complete(generation).await;
    }
    // A failed generation earns nothing.
    let generation = fixture.create_generation().await;
    fixture
        .fail(generation, crate::support::fixture::FINAL_FAILURE)
        .await;

    let began = tokio::time::Instant::now();
    let own = fixture
        .artist
        .poll("/api/styles/me", TIMEOUT, |own| {
            own["results"][0]["usage_count"] == 2
        })
        .await;
    // Deltas are added to balances every half second. The limit allows for a busy machine.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(own["results"][0]["total_earned_tokens"], 60);
    let style = fixture
        .user
        .get(&format!("/api/styles/{}", fixture.style))
        .await
        .data(200);
    assert_eq!(style["usage_count"], 2);
    let me = fixture.artist.me().await;
    assert_eq!(me["artist"]["earned_token_balance"], 60);
    assert_eq!(me["token_balance"], WELCOME, "earnings cannot be spent");
    fixture.platform.assert_rows("earning_deltas", 0).await;
    fixture.platform.assert_ledger_balances().await;
}
