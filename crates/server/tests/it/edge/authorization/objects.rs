//! Resources of other users (A1), and fields that clients cannot set (A3).

use reqwest::multipart::Form;
use serde_json::{Value, json};
use testkit::client::{file, style_form};
use testkit::images;

use super::{AuthorizationFixture, Caller};
use crate::support::document::Operation;

#[tokio::test]
async fn a1_no_route_changes_resources_of_other_users() {
    let fixture = AuthorizationFixture::start().await;
    let other = fixture.browser(Caller::Other, 0).await;
    other.become_artist("Other Artist").await;
    let before = fixture.platform.snapshot().await;
    let routes = fixture.platform.operations().await;
    let with_id: Vec<_> = routes.iter().filter(|route| route.has_path_parameter()).collect();
    assert!(with_id.len() >= 6, "{} routes", with_id.len());
    for route in with_id {
        // Likes, comments and follows of public resources are allowed. The table tests them.
        let is_reaction = ["/like", "/comments", "/follow"]
            .iter()
            .any(|end| route.path.ends_with(end));
        for id in [
            fixture.style,
            fixture.failed_style,
            fixture.queued,
            fixture.private,
            fixture.public,
            fixture.owner_id,
            fixture.comment,
            fixture.notification,
        ] {
            if is_reaction && [fixture.public, fixture.owner_id].contains(&id) {
                continue;
            }
            let request = fixture.request(&other, Caller::Other, &route.method, &route.at(id));
            let answer = other.send(request).await;
            let name = format!("{} with {id}: {}", route.name(), answer.text);
            if route.method == reqwest::Method::GET {
                assert!([200, 404].contains(&answer.status.as_u16()), "{name}");
            } else {
                // An id may be the caller's own: following oneself is refused, unfollowing does nothing.
                let nothing_to_do =
                    route.path.ends_with("/follow") && [204, 400].contains(&answer.status.as_u16());
                assert!(
                    nothing_to_do || [403, 404].contains(&answer.status.as_u16()),
                    "{name}"
                );
            }
        }
        assert_eq!(fixture.platform.snapshot().await, before, "{}", route.name());
    }
}

#[tokio::test]
async fn a1_private_resources_of_other_users_are_not_visible() {
    let fixture = AuthorizationFixture::start().await;
    let other = fixture.browser(Caller::Other, 0).await;
    other.become_artist("Other Artist").await;
    let lists = fixture
        .platform
        .operations()
        .await
        .into_iter()
        .filter(Operation::is_list);
    for list in lists {
        for query in ["", "?training_status=all", "?status=all&type=all"] {
            let query = format!(
                "{query}{}user_id={1}&artist_id={1}",
                if query.is_empty() { "?" } else { "&" },
                fixture.owner_id
            );
            if list.is_for_admins() {
                other.get(&list.path).await.error(403, "FORBIDDEN");
                continue;
            }
            if list.has_path_parameter() {
                let hidden = other.get(&list.at(fixture.private)).await;
                hidden.error(404, "GENERATION_NOT_FOUND");
                continue;
            }
            let page = other.get(&format!("{}{query}", list.path)).await.data(200);
            for row in page["results"].as_array().expect("rows") {
                let id = row["id"].as_i64().expect("an id");
                let hidden = if list.path.contains("/styles") {
                    fixture.failed_style
                } else {
                    fixture.private
                };
                assert!(
                    list.path.ends_with("/transactions") || id != hidden,
                    "{}{query}: {row}",
                    list.path
                );
                let parties = [&row["sender"]["id"], &row["receiver"]["id"]];
                assert!(
                    !parties.contains(&&json!(fixture.owner_id)),
                    "{}{query}: {row}",
                    list.path
                );
            }
        }
    }
    // The URL of the image is not shown, because anybody who knows it can read the image.
    for path in [
        format!("/api/generations/{}", fixture.private),
        format!("/api/generations/{}", fixture.queued),
    ] {
        let answer = other.get(&path).await;
        answer.error(404, "GENERATION_NOT_FOUND");
        assert!(!answer.text.contains("generations/"), "{}", answer.text);
    }
}

/// Fields that clients must not be able to set.
fn extra_fields(fixture: &AuthorizationFixture) -> Value {
    json!({
        "id": 4711, "user_id": fixture.owner_id, "artist_id": fixture.owner_id, "price": 0, "cost": 0, "amount": 0,
        "consumed_tokens": 0, "generation_cost_tokens": 1, "status": "completed", "training_status": "completed",
        "role": "admin", "is_admin": true, "is_active": false, "token_balance": 1_000_000, "earned_token_balance": 1_000_000,
        "like_count": 99, "comment_count": 99, "usage_count": 99, "total_earned_tokens": 99, "is_public": true,
        "result_url": "https://evil.example.net/a.png", "result_key": "generations/x.png", "seed": 5, "settlement": {"state": "released"},
        "created_at": "2020-01-01T00:00:00Z", "attempt": 9, "task_id": "0f8fad5b-d9cb-469f-a165-70867728950e", "is_flagged": false,
    })
}

fn with(mut fields: Value, own: &Value) -> Value {
    let own = own.as_object().expect("an object").clone();
    fields.as_object_mut().expect("an object").extend(own);
    fields
}

#[tokio::test]
async fn a3_extra_fields_of_a_generation_have_no_effect() {
    let fixture = AuthorizationFixture::start().await;
    let other = fixture.browser(Caller::Other, 0).await;
    let me = other.me().await;
    let request_body =
        json!({"style_id": fixture.style, "prompt_tags": ["sea"], "aspect_ratio": "1:1", "seed": 5});
    let made = other
        .post("/api/generations", &with(extra_fields(&fixture), &request_body))
        .await
        .data(201);
    assert_eq!(
        (&made["user_id"], &made["consumed_tokens"], &made["status"]),
        (&me["id"], &json!(10), &json!("queued"))
    );
    assert_ne!(made["id"], 4711);
    let balance = other.get("/api/tokens/balance?user_id=1").await.data(200);
    assert_eq!(
        (
            &balance["user_id"],
            &balance["token_balance"],
            &balance["held_tokens"]
        ),
        (&me["id"], &json!(90), &json!(10))
    );
    let id = made["id"].as_i64().expect("an id");
    fixture
        .platform
        .report("inference/complete", &fixture.platform.completion(id))
        .await;

    // A change sets the two fields that may be changed and nothing else.
    let path = format!("/api/generations/{id}");
    let before = other.get(&path).await.data(200);
    assert_eq!(
        (&before["is_public"], &before["consumed_tokens"], &before["seed"]),
        (&json!(false), &json!(10), &json!(5))
    );
    let change = with(
        extra_fields(&fixture),
        &json!({"is_public": false, "description": "mine", "seed": 6}),
    );
    let mut after = other.patch(&path, &change).await.data(200);
    assert_eq!(after["description"], "mine");
    for field in ["description", "updated_at"] {
        after[field] = before[field].clone();
    }
    assert_eq!(after, before);
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a3_extra_fields_of_an_upgrade_have_no_effect() {
    let fixture = AuthorizationFixture::start().await;
    let other = fixture.browser(Caller::Other, 0).await;
    let me = other.me().await;
    let mut form = Form::new()
        .text("artist_name", "Other Artist")
        .text("verified_email", "other@example.com");
    for (name, value) in extra_fields(&fixture).as_object().expect("an object") {
        form = form.text(
            name.clone(),
            value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        );
    }
    let form = form.part("signature_image", file(images::png(60, 20, 1), "signature.png"));
    let upgraded = other
        .post_form("/api/users/me/upgrade-to-artist", form)
        .await
        .data(200);
    assert_eq!(upgraded["user"], json!({"id": me["id"], "role": "artist"}));
    assert_eq!(upgraded["artist"]["earned_token_balance"], 0);
    let after = other.me().await;
    assert_eq!(
        (&after["role"], &after["token_balance"], &after["username"]),
        (&json!("artist"), &json!(100), &me["username"])
    );
}

#[tokio::test]
async fn a3_extra_fields_of_a_style_have_no_effect() {
    let fixture = AuthorizationFixture::start().await;
    let other = fixture.browser(Caller::Other, 0).await;
    let me = other.become_artist("Other Artist").await["user"]["id"].clone();
    let mut form = style_form("Mine", 7, 10);
    for (name, value) in extra_fields(&fixture).as_object().expect("an object") {
        if name != "generation_cost_tokens" {
            form = form.text(
                name.clone(),
                value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            );
        }
    }
    let made = other.post_form("/api/styles", form).await.data(201);
    assert_eq!(made["training_status"], "pending");
    assert_ne!(made["id"], 4711);
    let style = other.get(&format!("/api/styles/{}", made["id"])).await.data(200);
    assert_eq!(
        (
            &style["artist"]["id"],
            &style["generation_cost_tokens"],
            &style["usage_count"]
        ),
        (&me, &json!(7), &json!(0))
    );
    assert_eq!(
        (&style["is_active"], &style["model_path"]),
        (&json!(true), &Value::Null)
    );
}
