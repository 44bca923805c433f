//! Styles.

use reqwest::Method;
use serde_json::json;
use testkit::client::style_form;

use super::{assert_fields, assert_time};
use crate::support::Platform;

const CARD: &str = "id name description thumbnail_url artist.id artist.username artist.artist_name training_status \
    generation_cost_tokens usage_count tags created_at";
const DETAIL: &str = "license_type valid_from valid_to is_active updated_at artist.profile_image artist.follower_count \
    stats.total_generations stats.avg_likes";
const SAMPLES: &str = "sample_artworks[].id sample_artworks[].image_url sample_artworks[].tags";
const OWN: &str = "id name training_status generation_cost_tokens usage_count total_earned_tokens created_at";
const PROGRESS: &str = "progress.current_epoch progress.total_epochs progress.progress_percent \
    progress.estimated_seconds progress.last_updated";

#[tokio::test]
async fn a4_styles() {
    let platform = Platform::start().await;
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let stranger = platform.user("stranger@example.com").await;

    let answer = artist.post_form("/api/styles", style_form("Bands", 10, 10)).await;
    let created = answer.data(201);
    assert_fields(
        "created style",
        &created,
        "id name training_status artwork_count created_at progress",
    );
    assert_eq!(
        (&created["training_status"], &created["artwork_count"]),
        (&json!("pending"), &json!(10))
    );
    let page = format!("/api/styles/{}", created["id"]);
    assert_eq!(answer.location(), page);
    assert_time(&created["created_at"]);

    // While it is trained: its owner's alone.
    let figures =
        json!({"current_epoch": 3, "total_epochs": 200, "progress_percent": 1.5, "estimated_seconds": 600});
    let report = json!({"style_id": created["id"], "progress": figures});
    platform.worker().accepted("training/progress", &report).await;
    let inside = "model_path training_metric error_message";
    let training = artist.get(&page).await.data(200);
    // Samples are there from the upload on, or from the end of the training on.
    let samples = if training["sample_artworks"] == json!([]) {
        "sample_artworks"
    } else {
        SAMPLES
    };
    assert_fields(
        "style in training",
        &training,
        &format!("{CARD} {DETAIL} {samples} {PROGRESS} {inside}"),
    );
    assert_eq!(training["progress"]["progress_percent"], 1.5);
    assert_time(&training["progress"]["last_updated"]);
    stranger.get(&page).await.error(404, "STYLE_NOT_FOUND");
    let mine = artist.get("/api/styles/me").await.data(200);
    assert_fields(
        "own style in training",
        &mine["results"][0],
        &format!("{OWN} {PROGRESS}"),
    );
    let unfinished = artist.get("/api/styles?training_status=all").await.data(200);
    assert_fields("card in training", &unfinished["results"][0], CARD);
    assert_eq!(
        stranger.get("/api/styles?training_status=all").await.data(200)["results"],
        json!([])
    );

    // Once it is trained: everybody's.
    let model = format!(
        "s3://{}/models/style-{}/adapter_model.safetensors",
        platform.storage.private_bucket, created["id"]
    );
    let report = json!({"style_id": created["id"], "model_path": model, "training_metric": {"loss": 0.05, "epochs": 200}});
    platform.worker().accepted("training/complete", &report).await;
    for reader in [&stranger, &platform.browser()] {
        let list = reader.get("/api/styles").await.data(200);
        assert_fields("card", &list["results"][0], CARD);
        let style = reader.get(&page).await.data(200);
        assert_fields(
            "style for a stranger",
            &style,
            &format!("{CARD} {DETAIL} {SAMPLES} progress"),
        );
    }
    let style = artist.get(&page).await.data(200);
    let own = format!(
        "{CARD} {DETAIL} {SAMPLES} progress model_path training_metric.loss training_metric.epochs error_message"
    );
    assert_fields("style for its owner", &style, &own);
    assert_eq!(
        (&style["model_path"], &style["license_type"]),
        (&json!(model), &json!("personal"))
    );
    assert_eq!(
        style["artist"]["id"],
        artist.get("/api/auth/me").await.data(200)["id"],
        "the artist's user id"
    );
    let mine = artist.get("/api/styles/me").await.data(200);
    assert_fields("own style", &mine["results"][0], &format!("{OWN} progress"));

    // The samples are pictures that anybody can load, and not the originals.
    for sample in style["sample_artworks"].as_array().expect("samples") {
        let address = sample["image_url"].as_str().expect("an address");
        assert!(
            address.starts_with(&format!(
                "{}/{}/",
                platform.storage.endpoint, platform.storage.public_bucket
            )),
            "{address}"
        );
        assert!(!address.contains("train-") && !address.contains('?'), "{address}");
        let browser = platform.browser();
        let picture = browser
            .bare_request(Method::GET, address)
            .send()
            .await
            .expect("an answer");
        assert_eq!(picture.status().as_u16(), 200, "{address}");
    }
}

#[tokio::test]
async fn a4_a_failed_style_and_its_retry() {
    let platform = Platform::start().await;
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let id = artist.upload_style("Bands", 10).await;
    let report = json!({"style_id": id, "error_code": "GPU_OOM", "error_message": "no memory"});
    platform.worker().accepted("training/failed", &report).await;
    let failed = artist.get(&format!("/api/styles/{id}")).await.data(200);
    assert_eq!(
        (&failed["training_status"], &failed["error_message"]),
        (&json!("failed"), &json!("no memory"))
    );
    assert!(failed.get("model_path").is_some() && failed.get("training_metric").is_some());
    let retried = artist
        .post(&format!("/api/styles/{id}/retry-training"), &json!({}))
        .await
        .data(202);
    assert_fields("retry", &retried, "id training_status");
    assert_eq!(retried, json!({"id": id, "training_status": "pending"}));
}
