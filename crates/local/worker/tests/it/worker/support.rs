//! What stands around the worker in its tests: a recorder of webhooks, a storage in memory, tasks.

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

/// One webhook call: method, path, body.
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

    /// The body last put to `/upload/…`, which stands for a presigned address.
    pub fn uploaded(&self) -> Option<Bytes> {
        self.upload.lock().unwrap().clone()
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

async fn upload(body: Bytes, recorder: web::Data<Recorder>) -> HttpResponse {
    *recorder.upload.lock().unwrap() = Some(body);
    HttpResponse::Ok().finish()
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
            .app_data(web::PayloadConfig::new(8 << 20))
            .route("/api/styles/7", web::get().to(style_page))
            .route("/upload/{key}", web::put().to(upload))
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

/// A storage in memory that can keep its readers waiting.
#[derive(Default)]
pub struct Memory {
    pub objects: Mutex<HashMap<String, Bytes>>,
    reads: AtomicUsize,
    held: watch::Sender<bool>,
}

impl Memory {
    pub fn object(&self, uri: &str) -> Option<Bytes> {
        self.objects.lock().unwrap().get(uri).cloned()
    }

    /// Keeps readers waiting from now on.
    pub fn hold(&self) {
        self.held.send_replace(true);
    }

    /// Serves all readers again.
    pub fn release(&self) {
        self.held.send_replace(false);
    }

    /// How many reads have begun.
    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl ObjectStorage for Memory {
    async fn get(&self, at: &ObjectAddress) -> Result<Bytes, ObjectError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.held.subscribe().wait_for(|held| !*held).await.unwrap();
        self.object(&at.uri(UriScheme::S3)).ok_or(ObjectError::NotFound)
    }

    async fn put(
        &self,
        at: &ObjectAddress,
        body: ObjectBody,
        _content_type: &str,
    ) -> Result<(), ObjectError> {
        let ObjectBody::Bytes(body) = body else {
            panic!("the worker keeps its results in memory");
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

fn image_file(colours: [[u8; 3]; 2]) -> Bytes {
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

pub fn worker(storage: &Arc<Memory>) -> DemoWorker {
    worker_in(storage.clone(), buckets())
}

pub fn worker_in(storage: Arc<dyn ObjectStorage>, buckets: Buckets) -> DemoWorker {
    let options = DemoWorkerOptions {
        buckets,
        internal_token: TOKEN.into(),
        pace: Duration::ZERO,
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
