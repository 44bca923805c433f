//! What workers are answered.

use serde_json::{Value, json};

use crate::support::{
    Platform,
    expect::Known,
    shown::Shown,
    stage::{FINAL_FAILURE, Stage, failure_report, progress_report},
};

pub(super) const TRAININGS: Shown = &[
    (
        "PATCH /api/webhooks/training/progress",
        &["200", "404 STYLE_NOT_FOUND", "422 VALIDATION_ERROR"],
    ),
    (
        "POST /api/webhooks/training/complete",
        &["200", "404 STYLE_NOT_FOUND", "422 VALIDATION_ERROR"],
    ),
    (
        "POST /api/webhooks/training/failed",
        &["200", "404 STYLE_NOT_FOUND", "422 VALIDATION_ERROR"],
    ),
];

/// What became of a report.
fn became(applied: bool, status: &str) -> Value {
    json!({"applied": applied, "status": status})
}

/// Asserts what nobody's report and an unreadable one are answered.
async fn refused(known: &mut Known, platform: &Platform, path: &str, report: &Value, not_found: &str) {
    let worker = platform.worker();
    let id = if path.starts_with("training") {
        "style_id"
    } else {
        "generation_id"
    };
    let mut unknown = report.clone();
    unknown[id] = json!(999_999_999);
    let answer = worker.report(path, &unknown).await;
    known.error(&answer, 404, not_found, &Value::Null);
    let mut bad = report.clone();
    bad[id] = json!("7");
    let answer = worker.report(path, &bad).await;
    let details = json!({id: "Must be a whole number."});
    known.error(&answer, 422, "VALIDATION_ERROR", &details);
}

#[tokio::test]
async fn trainings_are_reported() {
    let platform = Platform::start().await;
    let mut known = Known::new();
    let worker = platform.worker();
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let style = artist.upload_style("Bands", 10).await;
    let progress = json!({"style_id": style, "progress": {"current_epoch": 3, "total_epochs": 200}});
    let failed = json!({"style_id": style, "error_code": "GPU_OOM", "error_message": "no memory"});
    let mut complete = platform.training_report(style);
    complete["training_metric"] = json!({"loss": 0.05, "epochs": 200});
    for (path, report, answer) in [
        ("training/progress", &progress, became(true, "training")),
        ("training/failed", &failed, became(true, "failed")),
        ("training/failed", &failed, became(false, "failed")),
        ("training/progress", &progress, became(false, "failed")),
        // It was trained after all.
        ("training/complete", &complete, became(true, "completed")),
        ("training/complete", &complete, became(false, "completed")),
        ("training/failed", &failed, became(false, "completed")),
    ] {
        known.data(&worker.report(path, report).await, 200, &answer);
    }
    for (path, report) in [
        ("training/progress", &progress),
        ("training/complete", &complete),
        ("training/failed", &failed),
    ] {
        refused(&mut known, &platform, path, report, "STYLE_NOT_FOUND").await;
    }
    let foreign = json!({"style_id": style, "model_path": "s3://elsewhere/model.safetensors"});
    let details = json!({"model_path": "Must be an address inside the platform's storage."});
    let answer = worker.report("training/complete", &foreign).await;
    known.error(&answer, 422, "VALIDATION_ERROR", &details);
    known.shows(TRAININGS);
}

pub(super) const IMAGES: Shown = &[
    (
        "PATCH /api/webhooks/inference/progress",
        &["200", "404 GENERATION_NOT_FOUND", "422 VALIDATION_ERROR"],
    ),
    (
        "POST /api/webhooks/inference/complete",
        &["200", "404 GENERATION_NOT_FOUND", "422 VALIDATION_ERROR"],
    ),
    (
        "POST /api/webhooks/inference/failed",
        &["200", "404 GENERATION_NOT_FOUND", "422 VALIDATION_ERROR"],
    ),
];

#[tokio::test]
async fn images_are_reported() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let worker = stage.platform.worker();
    let (made, lost) = (stage.requested().await, stage.requested().await);
    let progress = progress_report(made, 10);
    let retry = failure_report(made, "GPU_OOM");
    let complete = stage.platform.completion(made);
    let failed = failure_report(lost, FINAL_FAILURE);
    for (path, report, answer) in [
        ("inference/progress", &progress, became(true, "processing")),
        ("inference/failed", &retry, became(true, "retrying")),
        ("inference/complete", &complete, became(true, "completed")),
        ("inference/complete", &complete, became(false, "completed")),
        ("inference/failed", &retry, became(false, "completed")),
        ("inference/progress", &progress, became(false, "completed")),
        ("inference/failed", &failed, became(true, "failed")),
        ("inference/failed", &failed, became(false, "failed")),
    ] {
        known.data(&worker.report(path, report).await, 200, &answer);
    }
    for (path, report) in [
        ("inference/progress", &progress),
        ("inference/complete", &complete),
        ("inference/failed", &failed),
    ] {
        refused(&mut known, &stage.platform, path, report, "GENERATION_NOT_FOUND").await;
    }
    let foreign = json!({"generation_id": made, "result_url": "https://example.com/a.png"});
    let details = json!({"result_url": "Must be an address inside the platform's storage."});
    let answer = worker.report("inference/complete", &foreign).await;
    known.error(&answer, 422, "VALIDATION_ERROR", &details);
    known.shows(IMAGES);
}
