//! Deletion of artists whose styles others have used: they are deactivated and hidden instead.

use serde_json::{Value, json};
use testkit::{client::file, images};

use super::{ME, patch_form, profile_path, until_objects_deleted};
use crate::support::fixture::{Fixture, create_generation, set_public};

#[tokio::test]
async fn an_artist_whose_style_others_have_used_is_hidden_and_the_history_is_kept() {
    let fixture = Fixture::start(10).await;
    let platform = &fixture.platform;
    let made = fixture.create_generation().await;
    fixture.complete(made).await;
    let open = fixture.create_generation().await;
    let own = create_generation(&fixture.artist, fixture.style).await;
    fixture.complete(own).await;
    set_public(&fixture.artist, own, true).await;
    let waiting = create_generation(&fixture.artist, fixture.style).await;
    let page = profile_path(&fixture.artist).await;
    let objects = platform.objects();

    let elsewhere = platform.user("artist@example.com").await;
    let deleted = fixture.artist.delete(ME).await;
    assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (204, ""));
    assert_eq!(fixture.artist.cookie("sessionid"), None);
    elsewhere.get("/api/auth/me").await.error(401, "UNAUTHORIZED");
    let refused = platform.browser().login_redirect("artist@example.com", "").await;
    assert!(
        refused.location().ends_with("/login?error=account_disabled"),
        "{}",
        refused.location()
    );
    platform
        .assert_rows("sessions WHERE user_id IS NOT NULL", 1)
        .await;

    // The account and the style are hidden.
    let style = format!("/api/styles/{}", fixture.style);
    for reader in [&platform.browser(), &fixture.user] {
        reader.get(&page).await.error(404, "NOT_FOUND");
        reader.get(&style).await.error(404, "STYLE_NOT_FOUND");
        let list = reader.get("/api/styles").await.data(200);
        assert_eq!(list["results"], json!([]));
    }
    fixture
        .user
        .generate(fixture.style, "1:1")
        .await
        .error(404, "STYLE_NOT_FOUND");

    // Images, other people's generations, the ledger and all objects are kept.
    let feed = platform.browser().get("/api/generations/feed").await.data(200);
    assert_eq!(
        (&feed["results"][0]["id"], &feed["results"][0]["user"]["username"]),
        (&json!(own), &json!("artist"))
    );
    platform
        .browser()
        .get(&format!("/api/generations/{own}"))
        .await
        .data(200);
    assert_eq!(fixture.complete(open).await["applied"], true);
    assert_eq!(fixture.generation(open).await["style"]["name"], "Bands");
    let list = fixture
        .user
        .get("/api/tokens/transactions?type=usage")
        .await
        .data(200);
    for row in list["results"].as_array().unwrap() {
        assert_eq!(
            (&row["receiver"]["username"], &row["related_style"]["name"]),
            (&json!("artist"), &json!("Bands"))
        );
    }
    let released = format!(
        "SELECT count(*) AS n FROM generation_requests
          WHERE id = {waiting} AND status = 'failed' AND error_code = 'ACCOUNT_DELETED'"
    );
    assert_eq!(platform.count(&released).await, 1);
    assert_eq!(platform.objects(), objects);
    platform
        .assert_rows("token_transactions WHERE kind = 'adjustment'", 0)
        .await;
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_deactivated_artist_is_shown_by_name_without_a_picture() {
    let fixture = Fixture::start(10).await;
    let platform = &fixture.platform;
    let image = fixture.create_generation().await;
    fixture.complete(image).await;
    let own = create_generation(&fixture.artist, fixture.style).await;
    fixture.complete(own).await;
    for (owner, image) in [(&fixture.user, image), (&fixture.artist, own)] {
        set_public(owner, image, true).await;
    }
    let objects = platform.objects();
    let form = reqwest::multipart::Form::new()
        .text("bio", "Ink and rain.")
        .part("profile_image", file(images::png(60, 60, 1), "a.png"));
    patch_form(&fixture.artist, form).await.data(200);
    let comments = format!("/api/generations/{image}/comments");
    fixture
        .artist
        .post(&comments, &json!({"content": "My style!"}))
        .await
        .data(201);
    let artist = json!({"id": fixture.artist.me().await["id"], "username": "artist", "profile_image": null});
    assert_eq!(fixture.artist.delete(ME).await.status, 204);

    let rows = |list: &Value, field: &str, value: Value| -> Vec<Value> {
        let all = list["results"].as_array().expect("a list").iter();
        all.filter(|row| row[field] == value).cloned().collect()
    };
    let feed = platform.browser().get("/api/generations/feed").await.data(200);
    let comments = platform.browser().get(&comments).await.data(200);
    let notifications = fixture.user.get("/api/notifications").await.data(200);
    for (found, person) in [
        (rows(&feed, "id", json!(own)), "user"),
        (rows(&comments, "content", json!("My style!")), "user"),
        (rows(&notifications, "type", json!("comment")), "actor"),
    ] {
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0][person], artist);
    }
    until_objects_deleted(platform).await;
    assert_eq!(platform.objects(), objects, "all but the picture");
}

#[tokio::test]
async fn s5_sessions_of_a_deactivated_account_are_invalid_on_the_next_request() {
    let fixture = Fixture::start(10).await;
    fixture
        .platform
        .execute("UPDATE users SET is_active = false WHERE username = 'user'")
        .await;
    for path in ["/api/auth/me", "/api/tokens/balance", "/api/generations/me"] {
        fixture.user.get(path).await.error(401, "UNAUTHORIZED");
    }
    fixture.user.delete(ME).await.error(401, "UNAUTHORIZED");
    fixture
        .user
        .patch(ME, &json!({"bio": "x"}))
        .await
        .error(401, "UNAUTHORIZED");
    // Public data is still visible.
    let style = fixture
        .user
        .get(&format!("/api/styles/{}", fixture.style))
        .await
        .data(200);
    assert_eq!(style["error_message"], Value::Null);
}
