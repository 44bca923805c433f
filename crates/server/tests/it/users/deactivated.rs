//! Artists whose styles others have used: deactivated, hidden, and not gone.

use serde_json::{Value, json};
use testkit::{client::file, images};

use super::{ME, me, page_of, patch_form, removed};
use crate::support::stage::{Stage, requested};

#[tokio::test]
async fn an_artist_whose_style_others_used_is_hidden_and_the_history_stays() {
    let stage = Stage::set(10).await;
    let platform = &stage.platform;
    let made = stage.requested().await;
    stage.complete(made).await;
    let open = stage.requested().await;
    let own = requested(&stage.artist, stage.style).await;
    stage.complete(own).await;
    stage
        .artist
        .patch(&format!("/api/generations/{own}"), &json!({"is_public": true}))
        .await
        .data(200);
    let waiting = requested(&stage.artist, stage.style).await;
    let page = page_of(&stage.artist).await;
    let objects = platform.objects();

    let elsewhere = platform.user("artist@example.com").await;
    let left = stage.artist.delete(ME).await;
    assert_eq!((left.status.as_u16(), left.text.as_str()), (204, ""));
    assert_eq!(stage.artist.cookie("sessionid"), None);
    elsewhere.get("/api/auth/me").await.error(401, "UNAUTHORIZED");
    let refused = platform.browser().login_redirect("artist@example.com", "").await;
    assert!(
        refused.location().ends_with("/login?error=account_disabled"),
        "{}",
        refused.location()
    );
    assert_eq!(
        platform
            .count("SELECT count(*) AS n FROM sessions WHERE user_id IS NOT NULL")
            .await,
        1
    );

    // Hidden: the person and the style.
    let style = format!("/api/styles/{}", stage.style);
    for reader in [&platform.browser(), &stage.user] {
        reader.get(&page).await.error(404, "NOT_FOUND");
        reader.get(&style).await.error(404, "STYLE_NOT_FOUND");
        let list = reader.get("/api/styles").await.data(200);
        assert_eq!(list["results"], json!([]));
    }
    stage
        .user
        .generate(stage.style, "1:1")
        .await
        .error(404, "STYLE_NOT_FOUND");

    // Kept: images, what others asked for, the books, every object.
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
    assert_eq!(stage.complete(open).await["applied"], true);
    assert_eq!(stage.seen(open).await["style"]["name"], "Bands");
    let list = stage
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
    assert_eq!(
        platform
            .count("SELECT count(*) AS n FROM token_transactions WHERE kind = 'adjustment'")
            .await,
        0
    );
    platform.assert_books_balance().await;
}

#[tokio::test]
async fn an_artist_who_left_is_named_without_a_picture_beside_what_stays() {
    let stage = Stage::set(10).await;
    let platform = &stage.platform;
    let image = stage.requested().await;
    stage.complete(image).await;
    let own = requested(&stage.artist, stage.style).await;
    stage.complete(own).await;
    for (owner, image) in [(&stage.user, image), (&stage.artist, own)] {
        owner
            .patch(&format!("/api/generations/{image}"), &json!({"is_public": true}))
            .await
            .data(200);
    }
    let objects = platform.objects();
    let form = reqwest::multipart::Form::new()
        .text("bio", "Ink and rain.")
        .part("profile_image", file(images::png(60, 60, 1), "a.png"));
    patch_form(&stage.artist, form).await.data(200);
    let comments = format!("/api/generations/{image}/comments");
    stage
        .artist
        .post(&comments, &json!({"content": "My style!"}))
        .await
        .data(201);
    let artist = json!({"id": me(&stage.artist).await["id"], "username": "artist", "profile_image": null});
    assert_eq!(stage.artist.delete(ME).await.status, 204);

    let rows = |list: &Value, field: &str, value: Value| -> Vec<Value> {
        let all = list["results"].as_array().expect("a list").iter();
        all.filter(|row| row[field] == value).cloned().collect()
    };
    let feed = platform.browser().get("/api/generations/feed").await.data(200);
    let comments = platform.browser().get(&comments).await.data(200);
    let told = stage.user.get("/api/notifications").await.data(200);
    for (found, person) in [
        (rows(&feed, "id", json!(own)), "user"),
        (rows(&comments, "content", json!("My style!")), "user"),
        (rows(&told, "type", json!("comment")), "actor"),
    ] {
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0][person], artist);
    }
    removed(platform).await;
    assert_eq!(platform.objects(), objects, "all but the picture");
}

#[tokio::test]
async fn s5_a_deactivated_accounts_sessions_are_none_on_the_next_request() {
    let stage = Stage::set(10).await;
    stage
        .platform
        .execute("UPDATE users SET is_active = false WHERE username = 'user'")
        .await;
    for path in ["/api/auth/me", "/api/tokens/balance", "/api/generations/me"] {
        stage.user.get(path).await.error(401, "UNAUTHORIZED");
    }
    stage.user.delete(ME).await.error(401, "UNAUTHORIZED");
    stage
        .user
        .patch(ME, &json!({"bio": "x"}))
        .await
        .error(401, "UNAUTHORIZED");
    // What everybody may see is shown as to anybody.
    let style = stage
        .user
        .get(&format!("/api/styles/{}", stage.style))
        .await
        .data(200);
    assert_eq!(style["error_message"], Value::Null);
}
