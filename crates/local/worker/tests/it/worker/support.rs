//! Test support: a webhook recorder, an in-memory storage, and task messages.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use async_trait::async_trait;
use bytes::Bytes;
use domain::ObjectAddress;
use domain::object::{Buckets, ObjectBody, ObjectError, ObjectInfo, ObjectStorage, UriScheme};
use image::{Rgb, RgbImage};
use serde_json::{Value, json};
use stylelicense_local_worker::{DemoWorker, DemoWorkerOptions};
use tokio::sync::watch;

const TOKEN: &str = "a-token-of-this-test-and-nothing-else";

/// Method, path and body of a webhook call.
pub type Call = (String, String, Value);

#[derive(Default)]
pub struct Recorder {
    calls: Mutex<Vec<Call>>,
    upload: Mutex<Option<Bytes>>,
}

impl Recorder {
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// The last body at `/upload/…`, which replaces a presigned URL.
    pub fn uploaded(&self) -> Option<Bytes> {
        self.upload.lock().unwrap().clone()
    }

    pub fn last(&self) -> Call {
        self.calls().pop().unwrap()
    }
}

async fn webhook(
    request: HttpRequest,
    body: web::Json<Value>,
    recorder: web::Data<Recorder>,
) -> HttpResponse {
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    let source = if request.path().contains("/training/") {
        "training-server"
    } else {
        "inference-server"
    };
    let bearer = format!("Bearer {TOKEN}");
    if header("authorization") != Some(bearer) || header("x-request-source").as_deref() != Some(source) {
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

async fn upload(body: Bytes, recorder: web::Data<Recorder>) -> HttpResponse {
    *recorder.upload.lock().unwrap() = Some(body);
    HttpResponse::Ok().finish()
}

async fn get_style() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "success": true, "data": {
        "id": 7, "name": "Test Style", "license_type": "personal", "artist": { "artist_name": "데모 작가" },
    } }))
}

/// Starts the recorder on a free port and returns it with its base URL.
pub fn start_recorder() -> (web::Data<Recorder>, String) {
    let recorder = web::Data::new(Recorder::default());
    let data = recorder.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(8 << 20))
            .route("/api/styles/7", web::get().to(get_style))
            .route("/upload/{key}", web::put().to(upload))
            .default_service(web::to(webhook))
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let address = format!("http://{}", server.addrs()[0]);
    actix_web::rt::spawn(server.run());
    (recorder, address)
}

/// An in-memory storage that can block reads.
#[derive(Default)]
pub struct MemoryStorage {
    pub objects: Mutex<HashMap<String, Bytes>>,
    reads: AtomicUsize,
    is_blocked: watch::Sender<bool>,
}

impl MemoryStorage {
    pub fn object(&self, uri: &str) -> Option<Bytes> {
        self.objects.lock().unwrap().get(uri).cloned()
    }

    pub fn block_reads(&self) {
        self.is_blocked.send_replace(true);
    }

    pub fn unblock_reads(&self) {
        self.is_blocked.send_replace(false);
    }

    /// Number of started reads.
    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl ObjectStorage for MemoryStorage {
    async fn get(&self, at: &ObjectAddress) -> Result<Bytes, ObjectError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.is_blocked
            .subscribe()
            .wait_for(|is_blocked| !*is_blocked)
            .await
            .unwrap();
        self.object(&at.uri(UriScheme::S3)).ok_or(ObjectError::NotFound)
    }

    async fn put(
        &self,
        at: &ObjectAddress,
        body: ObjectBody,
        _content_type: &str,
    ) -> Result<(), ObjectError> {
        let ObjectBody::Bytes(body) = body else {
            panic!("the worker does not upload from a file");
        };
        self.objects.lock().unwrap().insert(at.uri(UriScheme::S3), body);
        Ok(())
    }

    async fn copy(&self, _from: &ObjectAddress, _to: &ObjectAddress) -> Result<(), ObjectError> {
        panic!("not used by the worker");
    }

    async fn delete(&self, _at: &ObjectAddress) -> Result<(), ObjectError> {
        panic!("not used by the worker");
    }

    async fn head(&self, _at: &ObjectAddress) -> Result<Option<ObjectInfo>, ObjectError> {
        panic!("not used by the worker");
    }

    async fn list(&self, _bucket: &str, _prefix: &str) -> Result<Vec<String>, ObjectError> {
        panic!("not used by the worker");
    }

    async fn presign_get(&self, _at: &ObjectAddress, _lifetime: Duration) -> Result<String, ObjectError> {
        panic!("not used by the worker");
    }

    async fn presign_put(&self, _at: &ObjectAddress, _lifetime: Duration) -> Result<String, ObjectError> {
        panic!("not used by the worker");
    }

    async fn check(&self) -> Result<(), ObjectError> {
        panic!("not used by the worker");
    }
}

fn checkerboard_png(colours: [[u8; 3]; 2]) -> Bytes {
    let picture = RgbImage::from_fn(64, 64, |x, y| {
        Rgb(colours[usize::from((x / 16 + y / 16) % 2 == 0)])
    });
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner().into()
}

pub fn buckets() -> Buckets {
    Buckets {
        public: "media".to_owned(),
        private: "private".to_owned(),
        public_base_url: "http://media.test".to_owned(),
        endpoint: None,
        scheme: UriScheme::S3,
    }
}

pub fn test_worker(storage: &Arc<MemoryStorage>) -> DemoWorker {
    test_worker_with(storage.clone(), buckets())
}

pub fn test_worker_with(storage: Arc<dyn ObjectStorage>, buckets: Buckets) -> DemoWorker {
    let options = DemoWorkerOptions {
        buckets,
        internal_token: TOKEN.into(),
        stage_delay: Duration::ZERO,
    };
    DemoWorker::new(storage, options).unwrap()
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

pub fn storage_with_images() -> Arc<MemoryStorage> {
    let storage = Arc::new(MemoryStorage::default());
    let mut objects = storage.objects.lock().unwrap();
    objects.insert(
        "s3://private/a.png".to_owned(),
        checkerboard_png([[200, 60, 40], [30, 40, 90]]),
    );
    objects.insert(
        "s3://private/b.png".to_owned(),
        checkerboard_png([[240, 220, 180], [90, 140, 160]]),
    );
    objects.insert(
        "s3://private/signatures/s.png".to_owned(),
        checkerboard_png([[0, 0, 0], [255, 255, 255]]),
    );
    drop(objects);
    storage
}
