//! What stands around the worker in its tests: a recorder of webhooks, a storage in memory, tasks.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use async_trait::async_trait;
use bytes::Bytes;
use image::{Rgb, RgbImage};
use serde_json::{Value, json};
use stylelicense_local_worker::{DemoWorker, DemoWorkerOptions, Storage, StorageFailure};

const TOKEN: &str = "a-token-of-this-test-and-nothing-else";

/// One webhook call: method, path, body.
pub type Call = (String, String, Value);

#[derive(Default)]
pub struct Recorder {
    calls: Mutex<Vec<Call>>,
}

impl Recorder {
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    pub fn last(&self) -> Call {
        self.calls().pop().unwrap()
    }
}

async fn hook(request: HttpRequest, body: web::Json<Value>, recorder: web::Data<Recorder>) -> HttpResponse {
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    let side = if request.path().contains("/training/") {
        "training-server"
    } else {
        "inference-server"
    };
    let bearer = format!("Bearer {TOKEN}");
    if header("authorization") != Some(bearer) || header("x-request-source").as_deref() != Some(side) {
        return HttpResponse::Unauthorized().finish();
    }
    let call = (
        request.method().to_string(),
        request.path().to_owned(),
        body.into_inner(),
    );
    recorder.calls.lock().unwrap().push(call);
    HttpResponse::Ok().json(json!({ "success": true, "data": { "applied": true } }))
}

async fn style_page() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "success": true, "data": {
        "id": 7, "name": "Test Style", "license_type": "personal", "artist": { "artist_name": "데모 작가" },
    } }))
}

/// Starts the recorder on a free port; returns it with its base address.
pub fn start() -> (web::Data<Recorder>, String) {
    let recorder = web::Data::new(Recorder::default());
    let data = recorder.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .route("/api/styles/7", web::get().to(style_page))
            .default_service(web::to(hook))
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let address = format!("http://{}", server.addrs()[0]);
    actix_web::rt::spawn(server.run());
    (recorder, address)
}

#[derive(Default)]
pub struct Memory {
    pub objects: Mutex<HashMap<String, Bytes>>,
}

impl Memory {
    pub fn object(&self, uri: &str) -> Option<Bytes> {
        self.objects.lock().unwrap().get(uri).cloned()
    }
}

#[async_trait]
impl Storage for Memory {
    async fn get(&self, uri: &str) -> Result<Bytes, StorageFailure> {
        self.object(uri)
            .ok_or_else(|| StorageFailure::new("get", uri, "no such object"))
    }

    async fn put(&self, uri: &str, body: Bytes, _content_type: &str) -> Result<(), StorageFailure> {
        self.objects.lock().unwrap().insert(uri.to_owned(), body);
        Ok(())
    }
}

fn image_file(colours: [[u8; 3]; 2]) -> Bytes {
    let picture = RgbImage::from_fn(64, 64, |x, y| {
        Rgb(colours[usize::from((x / 16 + y / 16) % 2 == 0)])
    });
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner().into()
}

pub fn worker(storage: &Arc<Memory>) -> DemoWorker {
    worker_on(storage.clone())
}

pub fn worker_on(storage: Arc<dyn Storage>) -> DemoWorker {
    let options = DemoWorkerOptions {
        endpoint: "http://127.0.0.1:9".to_owned(),
        region: "us-east-1".to_owned(),
        access_key: "key".to_owned(),
        secret_key: "secret".into(),
        private_bucket: "private".to_owned(),
        public_bucket: "media".to_owned(),
        internal_token: TOKEN.into(),
        pace: Duration::ZERO,
    };
    DemoWorker::with_storage(options, storage).unwrap()
}

pub fn training_task(api: &str, images: &[&str]) -> Vec<u8> {
    let callback = format!("{api}/api/webhooks/training/complete");
    let task = json!({ "task_id": "t-1", "type": "model_training", "data": {
        "style_id": 7, "images": images,
        "tags": ["oil"], "image_tags": { "0": ["sea"] },
        "parameters": { "epochs": 200, "learning_rate": 0.0001, "batch_size": 1 } },
        "callback_url": callback, "webhook_url": callback, "attempt": 1,
        "created_at": "2030-01-01T00:00:00Z" });
    serde_json::to_vec(&task).unwrap()
}

pub fn generation_task(api: &str, upload: &str) -> Vec<u8> {
    let callback = format!("{api}/api/webhooks/inference/complete");
    let task = json!({ "task_id": "t-2", "type": "image_generation", "data": {
        "generation_id": 3, "style_id": 7,
        "prompt": "sea, calm", "prompt_tags": ["sea", "calm"], "negative_prompt": "",
        "lora_path": "s3://private/models/style-7/adapter_model.safetensors", "num_inference_steps": 50,
        "result_key": "generations/0a.png", "result_upload_url": upload, "aspect_ratio": "1:2", "seed": 42,
        "signature_path": "s3://private/signatures/s.png",
        "signature_config": { "position": "bottom-right", "size": "medium", "opacity": 0.7 },
        "parameters": { "width": 96, "height": 192, "steps": 50, "cfg_scale": 7.5, "seed": 42 } },
        "callback_url": callback, "webhook_url": callback, "attempt": 1,
        "created_at": "2030-01-01T00:00:00Z" });
    serde_json::to_vec(&task).unwrap()
}

pub fn filled() -> Arc<Memory> {
    let storage = Arc::new(Memory::default());
    let mut objects = storage.objects.lock().unwrap();
    objects.insert(
        "s3://private/a.png".to_owned(),
        image_file([[200, 60, 40], [30, 40, 90]]),
    );
    objects.insert(
        "s3://private/b.png".to_owned(),
        image_file([[240, 220, 180], [90, 140, 160]]),
    );
    objects.insert(
        "s3://private/signatures/s.png".to_owned(),
        image_file([[0, 0, 0], [255, 255, 255]]),
    );
    drop(objects);
    storage
}
