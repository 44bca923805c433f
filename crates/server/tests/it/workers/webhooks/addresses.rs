//! URLs of results and models.

use serde_json::json;

use crate::support::fixture::{Fixture, outcome};

/// URLs outside the platform's buckets.
const OUTSIDE: [&str; 16] = [
    "javascript:alert(1)",
    "data:image/png;base64,aGk=",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data",
    "https://evil.example.com/media/generations/a.png",
    "https://media.s3.evil.example.com/a.png",
    "https://media.s3.amazonaws.com.evil.example.com/a.png",
    "https://evil.example.com/#https://media.s3.amazonaws.com/a.png",
    "https://media.s3.amazonaws.com@evil.example.com/a.png",
    "s3://somebody-elses/generations/a.png",
    "gs://somebody-elses/generations/a.png",
    "s3://media/../media-private/a.png",
    "s3://media//a.png",
    "s3://media/",
    "s3://media",
    "",
];

#[tokio::test]
async fn w5_a_result_outside_our_buckets_is_422_and_changes_nothing() {
    let fixture = Fixture::start(10).await;
    let generation = fixture.create_generation().await;
    let before = fixture.platform.snapshot().await;
    for address in OUTSIDE {
        let report = json!({"generation_id": generation, "result_url": address});
        let answer = fixture
            .platform
            .worker()
            .report("inference/complete", &report)
            .await;
        let details = answer.error(422, "VALIDATION_ERROR");
        assert!(details["result_url"].is_string(), "{address}: {details}");
    }
    assert_eq!(fixture.platform.snapshot().await, before);
}

#[tokio::test]
async fn w5_a_model_outside_our_buckets_is_422_and_changes_nothing() {
    let fixture = Fixture::start(10).await;
    let (_, style) = fixture.untrained_style().await;
    let before = fixture.platform.snapshot().await;
    // The URL of a model is never an https URL.
    for address in OUTSIDE
        .into_iter()
        .chain(["https://media-private.s3.amazonaws.com/models/m.safetensors"])
    {
        let report = json!({"style_id": style, "model_path": address});
        let answer = fixture
            .platform
            .worker()
            .report("training/complete", &report)
            .await;
        let details = answer.error(422, "VALIDATION_ERROR");
        assert!(details["model_path"].is_string(), "{address}: {details}");
    }
    assert_eq!(fixture.platform.snapshot().await, before);
}

#[tokio::test]
async fn w5_a_result_inside_our_buckets_is_accepted_in_every_form() {
    let fixture = Fixture::start(10).await;
    let public = format!(
        "{}/{}",
        fixture.platform.storage.endpoint, fixture.platform.storage.public_bucket
    );
    let forms = [
        "s3://media/generations/a.png".to_owned(),
        "gs://media/generations/a.png".to_owned(),
        "https://media.s3.amazonaws.com/generations/a.png".to_owned(),
        "https://media.s3.ap-northeast-2.amazonaws.com/generations/a.png?X-Amz-Signature=secret".to_owned(),
        "https://s3.ap-northeast-2.amazonaws.com/media/generations/a.png".to_owned(),
        "https://storage.googleapis.com/media/generations/a.png".to_owned(),
        format!("{public}/generations/a.png"),
    ];
    for address in forms {
        let generation = fixture.create_generation().await;
        let report = json!({"generation_id": generation, "result_url": address});
        let taken = fixture.platform.report("inference/complete", &report).await;
        assert_eq!(taken, outcome(true, "completed"), "{address}");
        let seen = fixture.generation(generation).await;
        assert_eq!(
            seen["result_url"],
            format!("{public}/generations/a.png"),
            "{address}"
        );
    }
}

#[tokio::test]
async fn w5_a_model_inside_our_buckets_is_accepted_with_either_scheme() {
    let fixture = Fixture::start(10).await;
    let (artist, style) = fixture.untrained_style().await;
    let report = json!({"style_id": style, "model_path": "gs://media-private/models/m.safetensors"});
    let taken = fixture.platform.report("training/complete", &report).await;
    assert_eq!(taken, outcome(true, "completed"));
    let own = artist.get(&format!("/api/styles/{style}")).await.data(200);
    assert!(
        own["model_path"]
            .as_str()
            .is_some_and(|path| path.ends_with("models/m.safetensors")),
        "{own}"
    );
    let public = fixture.user.get(&format!("/api/styles/{style}")).await.data(200);
    assert!(
        public.get("model_path").is_none_or(serde_json::Value::is_null),
        "{public}"
    );
}
