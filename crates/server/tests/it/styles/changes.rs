//! Changes of a trained style.

use serde_json::{Value, json};

use crate::support::fixture::{Fixture, at_once};

fn path(style: i64) -> String {
    format!("/api/styles/{style}")
}

#[tokio::test]
async fn everything_but_the_name_can_be_changed() {
    let fixture = Fixture::start(5).await;
    let before = fixture.artist.get(&path(fixture.style)).await.data(200);
    let change = json!({"description": " Harbours at dusk. ", "generation_cost_tokens": 7, "license_type": "commercial",
        "valid_to": "2999-01-01T00:00:00+09:00", "name": "Another", "usage_count": 99, "artist_id": 1});
    let changed = fixture
        .artist
        .patch(&path(fixture.style), &change)
        .await
        .data(200);
    let mut expected = before.clone();
    for (field, value) in [
        ("description", json!("Harbours at dusk.")),
        ("generation_cost_tokens", json!(7)),
        ("license_type", json!("commercial")),
        ("valid_to", json!("2998-12-31T15:00:00.000000Z")),
        ("updated_at", changed["updated_at"].clone()),
    ] {
        expected[field] = value;
    }
    assert_eq!(changed, expected);
    assert_ne!(changed["updated_at"], before["updated_at"]);
    let unlimited = fixture
        .artist
        .patch(&path(fixture.style), &json!({"valid_to": null}))
        .await
        .data(200);
    assert_eq!(
        (&unlimited["valid_to"], &unlimited["generation_cost_tokens"]),
        (&Value::Null, &json!(7))
    );
    let image = fixture.user.generate(fixture.style, "1:1").await.data(201);
    assert_eq!(image["consumed_tokens"], 7);
}

#[tokio::test]
async fn an_inactive_style_is_visible_to_its_artist_only() {
    let fixture = Fixture::start(5).await;
    let queued = fixture.create_generation().await;
    fixture
        .artist
        .patch(&path(fixture.style), &json!({"is_active": false}))
        .await
        .data(200);
    fixture
        .user
        .get(&path(fixture.style))
        .await
        .error(404, "STYLE_NOT_FOUND");
    fixture
        .user
        .generate(fixture.style, "1:1")
        .await
        .error(404, "STYLE_NOT_FOUND");
    fixture
        .user
        .patch(&path(fixture.style), &json!({"is_active": true}))
        .await
        .error(404, "STYLE_NOT_FOUND");
    fixture
        .user
        .post(&format!("{}/retry-training", path(fixture.style)), &json!({}))
        .await
        .error(404, "STYLE_NOT_FOUND");
    let list = fixture.user.get("/api/styles").await.data(200);
    assert_eq!(list["results"], json!([]));
    let own = fixture.artist.get(&path(fixture.style)).await.data(200);
    assert_eq!(own["is_active"], false);
    // A queued generation is still completed.
    fixture.complete(queued).await;
    assert_eq!(fixture.generation(queued).await["status"], "completed");

    fixture
        .artist
        .patch(&path(fixture.style), &json!({"is_active": true}))
        .await
        .data(200);
    fixture.user.get(&path(fixture.style)).await.data(200);
    fixture
        .user
        .patch(&path(fixture.style), &json!({"is_active": false}))
        .await
        .error(403, "FORBIDDEN");
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn an_untrained_style_cannot_be_changed() {
    let fixture = Fixture::start(5).await;
    let (artist, style) = fixture.untrained_style().await;
    artist
        .patch(&path(style), &json!({"description": "New."}))
        .await
        .error(422, "STYLE_NOT_READY");
    fixture
        .user
        .patch(&path(style), &json!({"description": "New."}))
        .await
        .error(404, "STYLE_NOT_FOUND");
}

#[tokio::test]
async fn all_invalid_fields_are_reported_at_once() {
    let fixture = Fixture::start(5).await;
    let before = fixture.platform.snapshot().await;
    let bad = json!({"description": "", "generation_cost_tokens": 0, "is_active": "perhaps", "license_type": "free",
        "valid_to": "tomorrow"});
    let details = fixture
        .artist
        .patch(&path(fixture.style), &bad)
        .await
        .error(422, "VALIDATION_ERROR");
    let fields: Vec<&String> = details.as_object().expect("fields").keys().collect();
    assert_eq!(
        fields,
        [
            "description",
            "generation_cost_tokens",
            "is_active",
            "license_type",
            "valid_to"
        ]
    );
    for cost in [
        json!(-1),
        json!(10_001),
        json!(1.5),
        json!(9_223_372_036_854_775_808_u64),
    ] {
        let change = json!({"generation_cost_tokens": cost});
        fixture
            .artist
            .patch(&path(fixture.style), &change)
            .await
            .error(422, "VALIDATION_ERROR");
    }
    let fields = [
        "description",
        "generation_cost_tokens",
        "is_active",
        "license_type",
    ];
    let nulls: serde_json::Map<_, _> = fields
        .iter()
        .map(|field| ((*field).to_owned(), Value::Null))
        .collect();
    let details = fixture
        .artist
        .patch(&path(fixture.style), &Value::Object(nulls))
        .await
        .error(422, "VALIDATION_ERROR");
    assert!(
        details.as_object().expect("fields").keys().eq(fields),
        "{details}"
    );
    let ended = json!({"valid_to": "2020-01-01T00:00:00Z"});
    fixture
        .artist
        .patch(&path(fixture.style), &ended)
        .await
        .error(422, "VALIDATION_ERROR");
    assert_eq!(fixture.platform.snapshot().await, before);
}

#[tokio::test]
async fn an_empty_change_changes_nothing() {
    let fixture = Fixture::start(5).await;
    let image = fixture.create_generation().await;
    fixture.complete(image).await;
    // After the earning is added to the balance, nothing changes in the background.
    fixture
        .platform
        .until_count("SELECT count(*) AS n FROM earning_deltas", 0)
        .await;
    let before = fixture.platform.snapshot().await;
    for (owner, path) in [
        (&fixture.artist, path(fixture.style)),
        (&fixture.user, format!("/api/generations/{image}")),
    ] {
        let seen = owner.get(&path).await.data(200);
        assert_eq!(owner.patch(&path, &json!({})).await.data(200), seen);
        owner
            .patch(&path, &json!({"is_active": null, "is_public": null}))
            .await
            .error(422, "VALIDATION_ERROR");
    }
    assert_eq!(fixture.platform.snapshot().await, before);
}

#[tokio::test]
async fn a_hold_during_a_price_change_charges_the_old_or_the_new_price() {
    let fixture = Fixture::start(3).await;
    let calls = (0..12).map(|number| {
        let (artist, user, style) = (fixture.artist.clone(), fixture.user.clone(), fixture.style);
        async move {
            if number % 3 == 0 {
                let cost = if number % 2 == 0 { 3 } else { 8 };
                artist
                    .patch(&path(style), &json!({"generation_cost_tokens": cost}))
                    .await
            } else {
                user.generate(style, "1:1").await
            }
        }
    });
    let mut charged = 0;
    for answer in at_once(calls).await {
        let data = answer.data(if answer.status == 201 { 201 } else { 200 });
        if let Some(cost) = data["consumed_tokens"].as_i64() {
            assert!([3, 8].contains(&cost), "{cost}");
            charged += cost;
        }
    }
    let balance = fixture.balance().await;
    assert_eq!(
        (&balance["held_tokens"], &balance["token_balance"]),
        (&json!(charged), &json!(100 - charged))
    );
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_style_cannot_be_used_after_valid_to() {
    let fixture = Fixture::start(5).await;
    let end = "2999-01-01T00:00:00Z";
    fixture
        .artist
        .patch(&path(fixture.style), &json!({"valid_to": end}))
        .await
        .data(200);
    fixture.create_generation().await;
    fixture
        .platform
        .execute("UPDATE style_models SET valid_from = now() - interval '2 days', valid_to = now() - interval '1 second'")
        .await;
    fixture
        .user
        .generate(fixture.style, "1:1")
        .await
        .error(422, "STYLE_NOT_READY");
}
