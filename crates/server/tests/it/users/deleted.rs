//! Account deletion.

use serde_json::json;
use testkit::{client::file, images};

use super::{ME, patch_form, profile_path, until_objects_deleted};
use crate::support::{
    Platform,
    fixture::{Fixture, at_once, progress_report, set_public},
};

/// Number of rows in all tables that refer to a user.
async fn count_rows_of(platform: &Platform, user: &str) -> i64 {
    platform
        .count(&format!(
            "SELECT (SELECT count(*) FROM users WHERE id = {user}) + (SELECT count(*) FROM user_identities WHERE user_id = {user})
                  + (SELECT count(*) FROM wallets WHERE user_id = {user}) + (SELECT count(*) FROM sessions WHERE user_id = {user})
                  + (SELECT count(*) FROM generation_requests WHERE user_id = {user})
                  + (SELECT count(*) FROM community_posts WHERE user_id = {user})
                  + (SELECT count(*) FROM artists WHERE user_id = {user}) AS n"
        ))
        .await
}

#[tokio::test]
async fn deleting_an_account_deletes_its_data_and_ends_its_sessions() {
    let fixture = Fixture::start(10).await;
    let platform = &fixture.platform;
    let user = &fixture.user;
    let form = reqwest::multipart::Form::new().part("profile_image", file(images::png(60, 60, 1), "a.png"));
    let before = platform.objects();
    patch_form(user, form).await.data(200);
    let made = fixture.create_generation().await;
    fixture.complete(made).await;
    set_public(user, made, true).await;
    let id = user.me().await["id"].to_string();
    let page = profile_path(user).await;
    let elsewhere = platform.user("user@example.com").await;

    let deleted = user.delete(ME).await;
    assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (204, ""));
    assert_eq!((user.cookie("sessionid"), user.cookie("csrftoken")), (None, None));
    elsewhere.get("/api/auth/me").await.error(401, "UNAUTHORIZED");
    assert_eq!(count_rows_of(platform, &id).await, 0);
    platform.browser().get(&page).await.error(404, "NOT_FOUND");
    platform
        .browser()
        .get(&format!("/api/generations/{made}"))
        .await
        .error(404, "GENERATION_NOT_FOUND");
    let feed = platform.browser().get("/api/generations/feed").await.data(200);
    assert_eq!(feed["results"], json!([]));
    until_objects_deleted(platform).await;
    assert_eq!(platform.objects(), before);
    platform.assert_ledger_balances().await;

    // The artist's transactions still show the earnings, without a sender.
    let list = fixture
        .artist
        .get("/api/tokens/transactions?type=usage")
        .await
        .data(200);
    let rows = list["results"].as_array().expect("rows");
    assert_eq!(rows.len(), 1, "{list}");
    assert_eq!(
        (&rows[0]["sender"]["username"], &rows[0]["status"]),
        (&json!(null), &json!("completed")),
        "{list}"
    );
    // Signing in again creates a new account.
    let again = platform.user("user@example.com").await;
    let again = again.me().await;
    assert_ne!(again["id"].to_string(), id);
    assert_eq!(again["token_balance"], 100);
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn open_generations_are_released_and_late_reports_are_404() {
    let fixture = Fixture::start(10).await;
    let platform = &fixture.platform;
    let (queued, processing, retrying) = (
        fixture.create_generation().await,
        fixture.create_generation().await,
        fixture.create_generation().await,
    );
    fixture.progress(processing).await;
    fixture.fail(retrying, "INFERENCE_ERROR").await;
    assert_eq!(fixture.user.delete(ME).await.status, 204);
    let settled = "SELECT count(*) AS n FROM token_transactions WHERE kind = 'release'";
    assert_eq!(platform.count(settled).await, 3);
    platform
        .assert_rows("outbox_messages WHERE topic = 'image_generation'", 0)
        .await;
    let worker = platform.worker();
    for id in [queued, processing, retrying] {
        worker
            .report("inference/progress", &progress_report(id, 10))
            .await
            .error(404, "GENERATION_NOT_FOUND");
        worker
            .report("inference/complete", &platform.completion(id))
            .await
            .error(404, "GENERATION_NOT_FOUND");
    }
    // Objects are deleted again after a day, and after the presigned upload URLs have expired.
    for (after, times) in [("24 hours", 2), ("7 days", 1), ("8 days", 0)] {
        let late = format!(
            "SELECT count(*) AS n FROM outbox_messages WHERE topic = 'storage_delete'
                AND available_at > now() + interval '{after}'
                AND convert_from(payload, 'UTF8') LIKE '%\"media\"%generations/%'"
        );
        assert_eq!(platform.count(&late).await, times, "{after}");
    }
    let folder = platform.storage.bucket_folder("media").join("generations");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("gen-{processing}.png")), b"late").unwrap();
    platform
        .execute("UPDATE outbox_messages SET available_at = now() WHERE topic = 'storage_delete'")
        .await;
    until_objects_deleted(platform).await;
    assert!(!folder.join(format!("gen-{processing}.png")).exists());
    platform.assert_ledger_balances().await;
}

#[tokio::test]
async fn an_artist_is_deleted_with_unused_styles_and_running_trainings() {
    let fixture = Fixture::start(10).await;
    let platform = &fixture.platform;
    let own = crate::support::fixture::create_generation(&fixture.artist, fixture.style).await;
    fixture.complete(own).await;
    let (second, training) = fixture.untrained_style().await;
    let id = fixture.artist.me().await["id"].to_string();
    for artist in [&fixture.artist, &second] {
        assert_eq!(artist.delete(ME).await.status, 204);
    }
    assert_eq!(count_rows_of(platform, &id).await, 0);
    platform
        .assert_rows("outbox_messages WHERE topic = 'model_training'", 0)
        .await;
    let report = json!({"style_id": training, "progress": {}});
    platform
        .worker()
        .report("training/progress", &report)
        .await
        .error(404, "STYLE_NOT_FOUND");
    fixture
        .user
        .generate(fixture.style, "1:1")
        .await
        .error(404, "STYLE_NOT_FOUND");
    until_objects_deleted(platform).await;
    assert!(platform.objects().is_empty(), "{:?}", platform.objects());
    platform.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_deletions_of_an_account_have_one_effect() {
    let fixture = Fixture::start(10).await;
    fixture.create_generation().await;
    let answers = at_once((0..4).map(|_| {
        let user = fixture.user.clone();
        async move { user.delete(ME).await }
    }))
    .await;
    assert!(answers.iter().any(|answer| answer.status == 204));
    for answer in &answers {
        assert!([204, 401].contains(&answer.status.as_u16()), "{}", answer.text);
    }
    fixture
        .platform
        .assert_rows("token_transactions WHERE kind = 'adjustment'", 1)
        .await;
    fixture.platform.assert_ledger_balances().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_p4_a_deletion_during_generations_and_reports_loses_no_tokens() {
    let fixture = Fixture::start(1).await;
    let platform = &fixture.platform;
    let mut open = Vec::new();
    for _ in 0..6 {
        open.push(fixture.create_generation().await);
    }
    let requests = (0..6).map(|_| {
        let user = fixture.user.clone();
        let style = fixture.style;
        Box::pin(async move { user.generate(style, "1:1").await })
            as std::pin::Pin<Box<dyn Future<Output = _> + Send>>
    });
    let reports = open.iter().map(|id| {
        let (worker, report) = (platform.worker(), platform.completion(*id));
        Box::pin(async move { worker.report("inference/complete", &report).await }) as _
    });
    let user = fixture.user.clone();
    let deletion = [Box::pin(async move { user.delete(ME).await }) as _];
    let answers = at_once(requests.chain(reports).chain(deletion)).await;
    for answer in &answers {
        assert!(
            [200, 201, 204, 401, 404, 503].contains(&answer.status.as_u16()),
            "{}",
            answer.text
        );
    }
    platform
        .until_count("SELECT count(*) AS n FROM users WHERE username = 'user'", 0)
        .await;
    platform
        .assert_rows("outbox_messages WHERE topic = 'image_generation'", 0)
        .await;
    platform.assert_ledger_balances().await;
}
