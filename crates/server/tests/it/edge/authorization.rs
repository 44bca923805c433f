//! Who may do what (A1, A3 and the table of every route). What answers hold is in [`super::answers`].

mod calls;
mod objects;
mod roles;
mod table;

use reqwest::{Method, RequestBuilder};
use serde_json::json;
use testkit::client::{Client, file, style_form};
use testkit::images;

use crate::support::{Platform, TOKEN};

/// Where somebody may be coming from.
#[derive(Debug, Clone, Copy)]
enum Asker {
    Anonymous,
    Other,
    Owner,
    Worker,
}

/// Things of one artist's, each in the state that a route needs.
pub(crate) struct Site {
    pub(crate) platform: Platform,
    /// Trained, for everybody.
    style: i64,
    /// Failed its training.
    failed_style: i64,
    /// Waits for a worker.
    queued: i64,
    /// Made, and only the owner's.
    private: i64,
    /// Made, and everybody's.
    public: i64,
    owner_id: i64,
    /// The owner's, below the public image.
    comment: i64,
    /// The owner's.
    notification: i64,
    /// The owner's, not paid.
    order: String,
}

/// What the platform is started with.
pub(crate) const SETTINGS: &[(&str, &str)] = &[
    ("AMQP_URL", crate::support::NO_BROKER),
    ("MAX_STYLES_PER_ARTIST", "5"),
];

const OWNER: &str = "artist@example.com";

impl Site {
    pub(crate) async fn open() -> Self {
        Self::on(Platform::with(SETTINGS).await).await
    }

    /// The same on a platform that runs already, with [`SETTINGS`].
    pub(crate) async fn on(platform: Platform) -> Self {
        let (artist, style) = platform.trained_style(10).await;
        let failed_style = artist.upload_style("Failed", 10).await;
        let report = json!({"style_id": failed_style, "error_code": "GPU_OOM", "error_message": "no memory"});
        platform.worker().accepted("training/failed", &report).await;
        let mut made = Vec::new();
        for _ in 0..3 {
            made.push(
                artist.generate(style, "1:1").await.data(201)["id"]
                    .as_i64()
                    .expect("an id"),
            );
        }
        for generation in &made[1..] {
            platform
                .worker()
                .accepted("inference/complete", &platform.completion(*generation))
                .await;
        }
        artist
            .patch(
                &format!("/api/generations/{}", made[2]),
                &json!({"is_public": true}),
            )
            .await
            .data(200);
        // From here on nothing changes by itself: the earnings are in the artist's account.
        platform
            .until_count("SELECT count(*) AS n FROM earning_deltas", 0)
            .await;
        let remark = json!({"content": "The first light."});
        let comments = format!("/api/generations/{}/comments", made[2]);
        let id_of = |thing: &serde_json::Value| thing["id"].as_i64().expect("an id");
        let comment = id_of(&artist.post(&comments, &remark).await.data(201));
        let notification = id_of(&artist.get("/api/notifications").await.data(200)["results"][0]);
        let package = json!({"package_id": "basic_100"});
        let order = artist.post("/api/tokens/purchase", &package).await.data(201)["order_id"].clone();
        let owner_id = artist.get("/api/auth/me").await.data(200)["id"]
            .as_i64()
            .expect("an id");
        Self {
            platform,
            style,
            failed_style,
            queued: made[0],
            private: made[1],
            public: made[2],
            owner_id,
            comment,
            notification,
            order: order.as_str().expect("an order").to_owned(),
        }
    }

    /// A browser of the asker's; another person each time for [`Asker::Other`].
    async fn browser(&self, asker: Asker, number: usize) -> Client {
        match asker {
            Asker::Anonymous | Asker::Worker => self.platform.browser(),
            Asker::Owner => self.platform.user(OWNER).await,
            Asker::Other => self.platform.user(&format!("other-{number}@example.com")).await,
        }
    }

    /// The call of a case, as its asker makes it.
    fn request(&self, browser: &Client, asker: Asker, method: &Method, path: &str) -> RequestBuilder {
        let request = browser.request(method.clone(), path);
        let request = match asker {
            Asker::Worker => {
                let source = if path.contains("/training/") {
                    "training-server"
                } else {
                    "inference-server"
                };
                request.bearer_auth(TOKEN).header("X-Request-Source", source)
            }
            _ => request,
        };
        if method == Method::GET {
            request
        } else {
            self.with_body(request, path)
        }
    }

    /// The body with which the call would work.
    fn with_body(&self, request: RequestBuilder, path: &str) -> RequestBuilder {
        let model = format!(
            "s3://{}/models/x.safetensors",
            self.platform.storage.private_bucket
        );
        let failure = ("GPU_OOM", "no memory");
        match path {
            "/api/styles" => request.multipart(style_form("Another", 5, 10)),
            "/api/tokens/purchase" => request.json(&json!({"package_id": "basic_100"})),
            "/api/users/me" => request.json(&json!({"bio": "Ink and rain."})),
            "/api/users/me/upgrade-to-artist" => {
                let form = reqwest::multipart::Form::new()
                    .text("artist_name", "Name")
                    .text("verified_email", "a@example.com");
                request.multipart(form.part("signature_image", file(images::png(60, 20, 1), "signature.png")))
            }
            "/api/generations" => {
                request.json(&json!({"style_id": self.style, "prompt_tags": ["sea"], "aspect_ratio": "1:1"}))
            }
            "/api/webhooks/training/complete" => {
                request.json(&json!({"style_id": self.failed_style, "model_path": model}))
            }
            "/api/webhooks/inference/complete" => request.json(&self.platform.completion(self.private)),
            "/api/webhooks/toss/payment" => request.json(&json!({"orderId": self.order})),
            path if path.starts_with("/api/webhooks/") => request.json(&json!({
                "style_id": self.style, "generation_id": self.private, "progress": {},
                "error_code": failure.0, "error_message": failure.1,
            })),
            path if path.starts_with("/api/styles/") && !path.ends_with("/retry-training") => {
                request.json(&json!({"description": "changed"}))
            }
            path if path.contains("/comments") => request.json(&json!({"content": "A remark."})),
            path if path.starts_with("/api/generations/") && !path.ends_with("/cancel") => {
                request.json(&json!({"description": "changed"}))
            }
            _ => request,
        }
    }
}
