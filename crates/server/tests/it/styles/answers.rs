//! Answers of styles: uploads, reads by the artist and by others, changes and retries.

use serde_json::json;
use testkit::images;

use super::uploads::form::{StyleForm, artist};
use crate::support::{
    NO_BROKER, Platform,
    answers::{Answers, assert_answers},
    fixture::Fixture,
};

#[tokio::test]
async fn an_artist_uploads_a_style() {
    let platform = Platform::with(&[("AMQP_URL", NO_BROKER), ("MAX_STYLES_PER_ARTIST", "2")]).await;
    let mut answers = Answers::new();
    let artist = artist(&platform).await;
    let user = platform.user("user@example.com").await;
    for (sender, name) in [
        (&artist, "Blue Harbour"),
        (&artist, "BLUE harbour"),
        (&artist, "Second"),
        (&artist, "Third"),
        (&user, "Blue Harbour"),
    ] {
        answers.add(&StyleForm::valid().with("name", name).send(sender).await);
    }
    assert_answers!(answers, &platform);
}

#[tokio::test]
async fn an_upload_reports_all_errors() {
    let platform = Platform::start().await;
    let mut answers = Answers::new();
    let artist = artist(&platform).await;
    let good = StyleForm::valid;
    let everything = good()
        .with("name", " ")
        .with("description", &"x".repeat(2001))
        .with("generation_cost_tokens", "free")
        .with("license_type", "any")
        .with("tags", "바다")
        .with("image_tags", r#"{"99": ["sea"], "1": ["바다"]}"#)
        .file(2, b"GIF89a".to_vec(), "a.png")
        .file(3, images::png(511, 512, 1), "b.png");
    for form in [
        everything,
        good().pictures(9),
        good().pictures(101),
        good().file(4, b"GIF89a".to_vec(), "a.png"),
        good().file(5, vec![0x89; 10 * 1024 * 1024 + 1], "a.png"),
        good().file(6, images::png(512, 511, 1), "a.png"),
        good().with("tags", "바다"),
    ] {
        answers.add(&form.send(&artist).await);
    }
    assert_answers!(answers, &platform);
}

#[tokio::test]
async fn a_style_is_shown_during_and_after_training() {
    let platform = Platform::start().await;
    let mut answers = Answers::new();
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let stranger = platform.user("stranger@example.com").await;
    let visitor = platform.browser();
    let id = artist.upload_style("Bands", 10).await;
    let path = format!("/api/styles/{id}");
    let (own, all) = ("/api/styles/me", "/api/styles?training_status=all");

    let figures =
        json!({"current_epoch": 3, "total_epochs": 200, "progress_percent": 1.5, "estimated_seconds": 600});
    let report = json!({"style_id": id, "progress": figures});
    platform.report("training/progress", &report).await;
    for (reader, path) in [
        (&artist, path.as_str()),
        (&artist, own),
        (&artist, all),
        (&stranger, &path),
        (&stranger, all),
        (&visitor, &path),
        (&visitor, all),
    ] {
        answers.add(&reader.get(path).await);
    }

    let mut report = platform.training_report(id);
    report["training_metric"] = json!({"loss": 0.05, "epochs": 200});
    platform.report("training/complete", &report).await;
    platform
        .execute(&format!(
            "SET session_replication_role = replica;
             UPDATE style_models SET usage_count = 3 WHERE id = {id};
             UPDATE artists SET follower_count = 2;
             UPDATE user_profiles SET profile_image_bucket = '{}', profile_image_key = 'profiles/a.jpg'
              WHERE user_id = (SELECT artist_id FROM style_models WHERE id = {id});
             INSERT INTO community_posts (generation_id, user_id, style_id, visible, like_count, created_at)
             VALUES (1, 1, {id}, true, 1, now()), (2, 1, {id}, true, 2, now())",
            platform.storage.public_bucket
        ))
        .await;
    let found = "/api/styles?sort=popular&tags=bands";
    for (reader, path) in [
        (&stranger, path.as_str()),
        (&stranger, found),
        (&visitor, &path),
        (&visitor, found),
        (&artist, &path),
        (&artist, own),
        (&stranger, own),
        (&artist, "/api/styles/me?limit=0"),
        (
            &visitor,
            "/api/styles?sort=oldest&training_status=failed&artist_id=x&limit=101",
        ),
        (&visitor, "/api/styles?tags=%EB%B0%94%EB%8B%A4"),
    ] {
        answers.add(&reader.get(path).await);
    }
    assert_answers!(answers, &platform);
}

#[tokio::test]
async fn an_artist_changes_a_style() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let path = format!("/api/styles/{}", fixture.style);
    let change = json!({"description": "Harbours.", "generation_cost_tokens": 7, "license_type": "commercial",
        "valid_to": "2999-01-01T00:00:00+09:00", "is_active": true});
    answers.add(&fixture.artist.patch(&path, &change).await);
    answers.add(&fixture.user.patch(&path, &change).await);
    let bad = json!({"description": "", "generation_cost_tokens": 10_001, "is_active": "perhaps",
        "license_type": "free", "valid_to": "tomorrow"});
    answers.add(&fixture.artist.patch(&path, &bad).await);
    let ended = json!({"valid_to": "2020-01-01T00:00:00Z"});
    answers.add(&fixture.artist.patch(&path, &ended).await);

    let (second, waiting) = fixture.untrained_style().await;
    let path = format!("/api/styles/{waiting}");
    answers.add(&second.patch(&path, &change).await);
    answers.add(&fixture.user.patch(&path, &change).await);
    assert_answers!(answers, &fixture.platform);
}

#[tokio::test]
async fn a_failed_training_is_retried() {
    let platform = Platform::start().await;
    let mut answers = Answers::new();
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let user = platform.user("user@example.com").await;
    let id = artist.upload_style("Bands", 10).await;
    let path = format!("/api/styles/{id}");
    let retry = format!("{path}/retry-training");
    let nothing = json!({});
    answers.add(&artist.post(&retry, &nothing).await);
    platform.fail_training(id).await;
    answers.add(&artist.get(&path).await);
    answers.add(&user.post(&retry, &nothing).await);
    answers.add(&artist.post(&retry, &nothing).await);
    platform
        .report("training/complete", &platform.training_report(id))
        .await;
    answers.add(&artist.post(&retry, &nothing).await);
    answers.add(&user.post(&retry, &nothing).await);

    // A second style reaches the limit.
    let second = platform.user("second@example.com").await;
    second.become_artist("Second Artist").await;
    let first = second.upload_style("First", 10).await;
    platform.fail_training(first).await;
    second.upload_style("Second", 10).await;
    let retry = format!("/api/styles/{first}/retry-training");
    answers.add(&second.post(&retry, &nothing).await);
    assert_answers!(answers, &platform);
}
