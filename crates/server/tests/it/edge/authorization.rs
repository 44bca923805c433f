//! Authorization (A1 to A3): a table of all routes. Bodies are tested in [`super::answers`].

mod calls;
mod objects;
mod roles;
mod table;

use reqwest::{Method, RequestBuilder};
use serde_json::json;
use testkit::client::{Client, file, style_form};
use testkit::images;

use crate::support::{Platform, TOKEN, fixture::create_generation};

#[derive(Debug, Clone, Copy)]
enum Caller {
    Anonymous,
    Other,
    Owner,
    Worker,
}

/// A platform with resources of one artist, each in a state that a route needs.
pub(crate) struct AuthorizationFixture {
    pub(crate) platform: Platform,
    /// Trained and public.
    style: i64,
    failed_style: i64,
    queued: i64,
    private: i64,
    public: i64,
    owner_id: i64,
    /// Of the owner, on the public image.
    comment: i64,
    /// Of the owner.
    notification: i64,
    /// Of the owner, pending.
    order: String,
}

/// Settings of the platform.
pub(crate) const SETTINGS: &[(&str, &str)] = &[
    ("AMQP_URL", crate::support::NO_BROKER),
    ("MAX_STYLES_PER_ARTIST", "5"),
];

const OWNER: &str = "artist@example.com";

impl AuthorizationFixture {
    pub(crate) async fn start() -> Self {
        Self::on(Platform::with(SETTINGS).await).await
    }

    /// As [`Self::start`], on a platform that was started with [`SETTINGS`].
    pub(crate) async fn on(platform: Platform) -> Self {
        let (artist, style) = platform.trained_style(10).await;
        let failed_style = artist.upload_style("Failed", 10).await;
        platform.fail_training(failed_style).await;
        let queued = create_generation(&artist, style).await;
        let private = platform.image(&artist, style).await;
        let public = platform.public_image(&artist, style).await;
        // After the earnings are added to balances, nothing changes in the background.
        platform
            .until_count("SELECT count(*) AS n FROM earning_deltas", 0)
            .await;
        let comment = json!({"content": "The first light."});
        let comments = format!("/api/generations/{public}/comments");
        let id_of = |resource: &serde_json::Value| resource["id"].as_i64().expect("an id");
        let comment = id_of(&artist.post(&comments, &comment).await.data(201));
        let notification = id_of(&artist.get("/api/notifications").await.data(200)["results"][0]);
        let package = json!({"package_id": "basic_100"});
        let order = artist.post("/api/tokens/purchase", &package).await.data(201)["order_id"].clone();
        let owner_id = artist.get("/api/auth/me").await.id(200);
        Self {
            platform,
            style,
            failed_style,
            queued,
            private,
            public,
            owner_id,
            comment,
            notification,
            order: order.as_str().expect("an order").to_owned(),
        }
    }

    /// The caller's browser; for [`Caller::Other`] a new account per `number`.
    async fn browser(&self, caller: Caller, number: usize) -> Client {
        match caller {
            Caller::Anonymous | Caller::Worker => self.platform.browser(),
            Caller::Owner => self.platform.user(OWNER).await,
            Caller::Other => self.platform.user(&format!("other-{number}@example.com")).await,
        }
    }

    /// The request of a case, with the caller's credentials and a valid body.
    fn request(&self, browser: &Client, caller: Caller, method: &Method, path: &str) -> RequestBuilder {
        let request = browser.request(method.clone(), path);
        let request = match caller {
            Caller::Worker => {
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

    /// Adds a valid body.
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
            path if path.contains("/comments") => request.json(&json!({"content": "A comment."})),
            path if path.starts_with("/api/generations/") && !path.ends_with("/cancel") => {
                request.json(&json!({"description": "changed"}))
            }
            _ => request,
        }
    }
}
