//! The demo worker with a webhook recorder and an in-memory storage.

pub mod support;

use std::io::Cursor;
use std::time::Duration;

use bytes::Bytes;
use domain::ObjectAddress;
use domain::object::{Buckets, ObjectBody, ObjectStorage};
use domain::workers::Topic;
use serde_json::json;
use stylelicense_local_worker::WorkerError;
use stylelicense_local_worker::painter::Palette;
use testkit::storage::TestStorage;

use self::support::{
    generation_task, start_recorder, storage_with_images, test_worker, test_worker_with, training_task,
};

#[actix_web::test]
async fn a_training_and_a_generation_are_completed() {
    let (recorder, api) = start_recorder();
    let storage = storage_with_images();
    let worker = test_worker(&storage);

    let task = training_task(&api, &["s3://private/a.png", "s3://private/b.png"]);
    worker.run_task(Topic::ModelTraining, &task).await.unwrap();
    let calls = recorder.calls();
    assert_eq!(calls.len(), 6, "{calls:?}");
    let (method, path, body) = &calls[2];
    assert_eq!(
        (method.as_str(), path.as_str()),
        ("PATCH", "/api/webhooks/training/progress")
    );
    assert_eq!(body["style_id"], 7);
    assert_eq!(body["task_id"], "t-1");
    assert_eq!(
        body["progress"],
        json!({ "current_epoch": 80, "total_epochs": 200, "progress_percent": 40, "estimated_seconds": 0 })
    );
    let (method, path, body) = &calls[5];
    assert_eq!(
        (method.as_str(), path.as_str()),
        ("POST", "/api/webhooks/training/complete")
    );
    let model = "s3://private/models/style-7/adapter_model.safetensors";
    assert_eq!(body["model_path"], model);
    assert_eq!(body["training_metric"]["epochs"], 200);
    let palette = Palette::from_model(&storage.object(model).unwrap()).unwrap();
    assert_eq!(palette.swatches.len(), 4);

    worker
        .run_task(
            Topic::ImageGeneration,
            &generation_task(&api, &format!("{api}/upload/0a.png")),
        )
        .await
        .unwrap();
    let calls = recorder.calls();
    assert_eq!(calls.len(), 12);
    assert_eq!(calls[6].2["progress"]["total_steps"], 50);
    let (method, path, body) = &calls[11];
    assert_eq!(
        (method.as_str(), path.as_str()),
        ("POST", "/api/webhooks/inference/complete")
    );
    assert_eq!(body["generation_id"], 3);
    assert_eq!(body["result_url"], "s3://media/generations/0a.png");
    assert_eq!(body["metadata"]["seed"], 42);
    assert_eq!(body["metadata"]["guidance_scale"], 7.5);

    let file = recorder.uploaded().unwrap();
    let reader = png::Decoder::new(Cursor::new(&file)).read_info().unwrap();
    let info = reader.info();
    assert_eq!((info.width, info.height), (96, 192));
    let author = info
        .utf8_text
        .iter()
        .find(|chunk| chunk.keyword == "Author")
        .unwrap();
    assert_eq!(author.get_text().unwrap(), "데모 작가");
    let license = info
        .uncompressed_latin1_text
        .iter()
        .find(|chunk| chunk.keyword == "License")
        .unwrap();
    assert_eq!(license.text, "personal");
}

#[actix_web::test]
async fn without_an_upload_url_the_image_is_written_to_the_public_bucket() {
    let (recorder, api) = start_recorder();
    let storage = storage_with_images();
    let worker = test_worker(&storage);
    worker
        .run_task(
            Topic::ModelTraining,
            &training_task(&api, &["s3://private/a.png"]),
        )
        .await
        .unwrap();
    worker
        .run_task(Topic::ImageGeneration, &generation_task(&api, ""))
        .await
        .unwrap();
    assert_eq!(recorder.last().1, "/api/webhooks/inference/complete");
    assert!(storage.object("s3://media/generations/0a.png").is_some());
}

#[actix_web::test]
async fn failed_tasks_are_reported() {
    let (recorder, api) = start_recorder();
    let storage = storage_with_images();
    let worker = test_worker(&storage);

    worker
        .run_task(
            Topic::ModelTraining,
            &training_task(&api, &["s3://private/missing.png"]),
        )
        .await
        .unwrap();
    let (method, path, body) = recorder.last();
    assert_eq!(
        (method.as_str(), path.as_str()),
        ("POST", "/api/webhooks/training/failed")
    );
    assert_eq!(
        (&body["style_id"], &body["error_code"]),
        (&json!(7), &json!("TRAINING_FAILED"))
    );
    assert!(!body["error_message"].as_str().unwrap().contains("s3://"));

    let broken = Bytes::from_static(b"no model at all");
    let model = "s3://private/models/style-7/adapter_model.safetensors".to_owned();
    storage.objects.lock().unwrap().insert(model, broken);
    worker
        .run_task(Topic::ImageGeneration, &generation_task(&api, ""))
        .await
        .unwrap();
    let (_, path, body) = recorder.last();
    assert_eq!(path, "/api/webhooks/inference/failed");
    assert_eq!(
        (&body["generation_id"], &body["error_code"]),
        (&json!(3), &json!("GENERATION_ERROR"))
    );
}

#[actix_web::test]
async fn only_connection_errors_are_retryable() {
    let storage = storage_with_images();
    let worker = test_worker(&storage);
    let task = training_task("http://127.0.0.1:9", &["s3://private/a.png"]);
    let error = worker.run_task(Topic::ModelTraining, &task).await.unwrap_err();
    assert!(
        matches!(error, WorkerError::Unreachable { .. }) && error.is_retryable(),
        "{error}"
    );
    let error = worker.run_task(Topic::ModelTraining, b"{}").await.unwrap_err();
    assert!(matches!(error, WorkerError::Task(_)) && !error.is_retryable());
    let task = String::from_utf8(task)
        .unwrap()
        .replace("/training/complete", "/elsewhere");
    let error = worker
        .run_task(Topic::ModelTraining, task.as_bytes())
        .await
        .unwrap_err();
    assert!(matches!(error, WorkerError::CallbackUrl));
}

#[actix_web::test]
async fn objects_are_stored_in_s3_and_with_presigned_urls() {
    let (recorder, api) = start_recorder();
    let store = TestStorage::start().unwrap();
    let objects = store.storage().unwrap();
    let private = |key: &str| ObjectAddress::new(&store.private_bucket, key);
    let picture = storage_with_images().object("s3://private/a.png").unwrap();
    for key in ["a.png", "signatures/s.png"] {
        let body = ObjectBody::Bytes(picture.clone());
        objects.put(&private(key), body, "image/png").await.unwrap();
    }
    let buckets = Buckets {
        public: store.public_bucket.clone(),
        private: store.private_bucket.clone(),
        ..support::buckets()
    };
    let worker = test_worker_with(std::sync::Arc::new(store.storage().unwrap()), buckets);
    let uri = format!("gs://{}/a.png", store.private_bucket);
    worker
        .run_task(Topic::ModelTraining, &training_task(&api, &[&uri]))
        .await
        .unwrap();
    assert_eq!(recorder.last().1, "/api/webhooks/training/complete");
    let model = objects
        .get(&private("models/style-7/adapter_model.safetensors"))
        .await
        .unwrap();
    assert!(Palette::from_model(&model).is_ok());

    let result = ObjectAddress::new(&store.public_bucket, "generations/0a.png");
    let presigned = objects
        .presign_put(&result, Duration::from_mins(10))
        .await
        .unwrap();
    let task = String::from_utf8(generation_task(&api, &presigned)).unwrap();
    let task = task.replace("s3://private/", &format!("s3://{}/", store.private_bucket));
    worker
        .run_task(Topic::ImageGeneration, task.as_bytes())
        .await
        .unwrap();
    assert_eq!(recorder.last().1, "/api/webhooks/inference/complete");
    assert!(objects.get(&result).await.unwrap().starts_with(b"\x89PNG"));
}
