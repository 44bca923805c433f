//! Answers to reports of workers.

use serde_json::{Value, json};
use testkit::client::WorkerClient;

use crate::support::{
    Platform,
    answers::{Answers, assert_answers},
    fixture::{FINAL_FAILURE, Fixture, failure_report, progress_report},
};

/// Adds the answers to reports with an unknown id and with an invalid id.
async fn add_refusals(answers: &mut Answers, worker: &WorkerClient, id: &str, reports: &[(&str, &Value)]) {
    for (path, report) in reports {
        for invalid in [json!(999_999_999), json!("7")] {
            let mut report = (*report).clone();
            report[id] = invalid;
            answers.add(&worker.report(path, &report).await);
        }
    }
}

#[tokio::test]
async fn trainings_are_reported() {
    let platform = Platform::start().await;
    let mut answers = Answers::new();
    let worker = platform.worker();
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    let style = artist.upload_style("Bands", 10).await;
    let progress = json!({"style_id": style, "progress": {"current_epoch": 3, "total_epochs": 200}});
    let failed = json!({"style_id": style, "error_code": "GPU_OOM", "error_message": "no memory"});
    let mut complete = platform.training_report(style);
    complete["training_metric"] = json!({"loss": 0.05, "epochs": 200});
    let foreign = json!({"style_id": style, "model_path": "s3://elsewhere/model.safetensors"});
    for (path, report) in [
        ("training/progress", &progress),
        ("training/failed", &failed),
        ("training/failed", &failed),
        ("training/progress", &progress),
        // A completion after a failure is applied.
        ("training/complete", &complete),
        ("training/complete", &complete),
        ("training/failed", &failed),
        ("training/complete", &foreign),
    ] {
        answers.add(&worker.report(path, report).await);
    }
    let reports = [
        ("training/progress", &progress),
        ("training/complete", &complete),
        ("training/failed", &failed),
    ];
    add_refusals(&mut answers, &worker, "style_id", &reports).await;
    assert_answers!(answers, &platform);
}

#[tokio::test]
async fn images_are_reported() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let worker = fixture.platform.worker();
    let (made, lost) = (
        fixture.create_generation().await,
        fixture.create_generation().await,
    );
    let progress = progress_report(made, 10);
    let retry = failure_report(made, "GPU_OOM");
    let complete = fixture.platform.completion(made);
    let failed = failure_report(lost, FINAL_FAILURE);
    let foreign = json!({"generation_id": made, "result_url": "https://example.com/a.png"});
    for (path, report) in [
        ("inference/progress", &progress),
        ("inference/failed", &retry),
        ("inference/complete", &complete),
        ("inference/complete", &complete),
        ("inference/failed", &retry),
        ("inference/progress", &progress),
        ("inference/failed", &failed),
        ("inference/failed", &failed),
        ("inference/complete", &foreign),
    ] {
        answers.add(&worker.report(path, report).await);
    }
    let reports = [
        ("inference/progress", &progress),
        ("inference/complete", &complete),
        ("inference/failed", &failed),
    ];
    add_refusals(&mut answers, &worker, "generation_id", &reports).await;
    assert_answers!(answers, &fixture.platform);
}
