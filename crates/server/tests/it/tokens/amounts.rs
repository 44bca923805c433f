//! Invalid amounts (B2).

use reqwest::{Method, multipart::Form};
use serde_json::{Value, json};
use testkit::{
    client::{Answer, file, style_form},
    images,
};

use crate::support::{
    NO_BROKER, Platform,
    fixture::{Fixture, WELCOME},
};

#[tokio::test]
async fn b2_a_price_is_a_whole_number_from_1_to_10000() {
    let platform = Platform::with(&[("AMQP_URL", NO_BROKER), ("MAX_STYLES_PER_ARTIST", "3")]).await;
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let before = platform.snapshot().await;
    let bad = [
        "0",
        "-1",
        "10001",
        "1.5",
        "1e3",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551617",
        "",
        " ",
        "ten",
        "0x10",
        "NaN",
        "null",
    ];
    for price in bad {
        let details = artist
            .post_form("/api/styles", priced(price))
            .await
            .error(422, "VALIDATION_ERROR");
        assert!(
            details["generation_cost_tokens"].is_string(),
            "{price:?}: {details}"
        );
        assert_eq!(details.as_object().unwrap().len(), 1, "{price:?}: {details}");
    }
    assert_eq!(platform.snapshot().await, before);
    for (name, price) in [("Cheapest", 1), ("Dearest", 10_000)] {
        artist
            .post_form("/api/styles", style_form(name, price, 10))
            .await
            .data(201);
    }
}

/// A valid form with this price.
fn priced(price: &str) -> Form {
    let mut form = Form::new()
        .text("name", "Priced")
        .text("description", "A price of its own.")
        .text("generation_cost_tokens", price.to_owned());
    for seed in 0..10 {
        form = form.part("images", file(images::png(512, 512, seed), "picture.png"));
    }
    form
}

#[tokio::test]
async fn b2_invalid_numbers_are_refused_and_hold_nothing() {
    let fixture = Fixture::start(30).await;
    let before = fixture.platform.snapshot().await;
    let good = json!({"style_id": fixture.style, "prompt_tags": ["sea"], "aspect_ratio": "1:1", "seed": 7});
    let invalid: Vec<Value> = ["1.5", "-1.5", "1e400", "\"1\"", "[1]", "{}", "true"]
        .into_iter()
        .filter_map(|text| serde_json::from_str(text).ok())
        .collect();
    for (field, more) in [
        ("style_id", vec![]),
        ("seed", vec![json!(-1), json!(1_i64 << 31), json!(i64::MAX)]),
    ] {
        for value in invalid.iter().chain(&more) {
            let mut body = good.clone();
            body[field] = value.clone();
            let details = fixture
                .user
                .post("/api/generations", &body)
                .await
                .error(422, "VALIDATION_ERROR");
            assert!(details[field].is_string(), "{field} {value}: {details}");
        }
    }
    // Whole numbers that are not ids.
    for id in ["0", "-1", "9223372036854775807", "9223372036854775808"] {
        request_for(&fixture, id).await.error(404, "STYLE_NOT_FOUND");
    }
    for id in ["-9223372036854775809", "18446744073709551616", "1e3"] {
        request_for(&fixture, id).await.error(422, "VALIDATION_ERROR");
    }
    assert_eq!(fixture.platform.snapshot().await, before);
}

/// Requests a generation with a literal as style id.
async fn request_for(fixture: &Fixture, style: &str) -> Answer {
    let body = format!(r#"{{"style_id": {style}, "prompt_tags": ["sea"], "aspect_ratio": "1:1"}}"#);
    let request = fixture.user.request(Method::POST, "/api/generations");
    fixture
        .user
        .send(request.header("Content-Type", "application/json").body(body))
        .await
}

#[tokio::test]
async fn all_invalid_fields_of_a_generation_are_reported_at_once() {
    let fixture = Fixture::start(30).await;
    let body =
        json!({"prompt_tags": ["바다"], "aspect_ratio": "16:9", "seed": -1, "description": "x".repeat(1001)});
    let details = fixture
        .user
        .post("/api/generations", &body)
        .await
        .error(422, "VALIDATION_ERROR");
    for field in ["style_id", "prompt_tags", "aspect_ratio", "seed", "description"] {
        assert!(details[field].is_string(), "{field}: {details}");
    }
    let body = json!({"style_id": fixture.style, "prompt_tags": ["바다"], "aspect_ratio": "1:1"});
    fixture
        .user
        .post("/api/generations", &body)
        .await
        .error(422, "INVALID_TAG_LANGUAGE");
    for tags in [
        json!([]),
        json!(vec!["a"; 31]),
        json!("sea"),
        json!([1]),
        Value::Null,
    ] {
        let body = json!({"style_id": fixture.style, "prompt_tags": tags, "aspect_ratio": "1:1"});
        fixture
            .user
            .post("/api/generations", &body)
            .await
            .error(422, "VALIDATION_ERROR");
    }
}

#[tokio::test]
async fn a3_fields_that_clients_cannot_set_have_no_effect() {
    let fixture = Fixture::start(30).await;
    let artist = fixture.artist.me().await["id"].clone();
    let body = json!({
        "style_id": fixture.style, "prompt_tags": ["sea"], "aspect_ratio": "1:1",
        "price": 1, "cost": 0, "consumed_tokens": 0, "amount": -5, "generation_cost_tokens": 1,
        "user_id": artist, "artist_id": 1, "status": "completed", "id": 77, "is_public": true,
    });
    let created = fixture.user.post("/api/generations", &body).await.data(201);
    let me = fixture.user.me().await;
    assert_eq!(created["consumed_tokens"], 30);
    assert_eq!(created["user_id"], me["id"]);
    assert_eq!(created["status"], "queued");
    assert_eq!(fixture.balance().await["token_balance"], WELCOME - 30);
    fixture.platform.assert_ledger_balances().await;
}
