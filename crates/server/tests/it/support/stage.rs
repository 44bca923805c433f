//! A platform with an artist, a trained style and somebody who pays.

use serde_json::{Value, json};
use testkit::client::{Answer, Client};
use tokio::task::JoinSet;

use super::Platform;

/// Code of a failure that is not tried again.
pub const FINAL_FAILURE: &str = "MODEL_CORRUPT";

/// Tokens of a new account.
pub const WELCOME: i64 = 100;

/// A platform ready for requests.
pub struct Stage {
    pub platform: Platform,
    pub artist: Client,
    pub style: i64,
    pub user: Client,
}

impl Stage {
    /// With a style at `cost` tokens and a user who has the welcome bonus.
    pub async fn set(cost: i64) -> Self {
        let platform = Platform::start().await;
        let (artist, style) = platform.trained_style(cost).await;
        let user = platform.user("user@example.com").await;
        Self {
            platform,
            artist,
            style,
            user,
        }
    }

    /// A new request of the user's.
    pub async fn requested(&self) -> i64 {
        requested(&self.user, self.style).await
    }

    /// The request as its owner sees it.
    pub async fn seen(&self, generation: i64) -> Value {
        self.user
            .get(&format!("/api/generations/{generation}"))
            .await
            .data(200)
    }

    /// The user's balance.
    pub async fn balance(&self) -> Value {
        self.user.get("/api/tokens/balance").await.data(200)
    }

    /// A style that waits for its training.
    pub async fn untrained_style(&self) -> (Client, i64) {
        let artist = self.platform.user("second-artist@example.com").await;
        artist.become_artist("Second Artist").await;
        let style = artist.upload_style("Waiting", 5).await;
        (artist, style)
    }

    /// Reports progress on an image.
    pub async fn progress(&self, generation: i64) -> Value {
        self.platform
            .worker()
            .accepted("inference/progress", &progress_report(generation, 10))
            .await
    }

    /// Reports an image.
    pub async fn complete(&self, generation: i64) -> Value {
        self.platform
            .worker()
            .accepted("inference/complete", &self.platform.completion(generation))
            .await
    }

    /// Reports a failure with this code.
    pub async fn fail(&self, generation: i64, code: &str) -> Value {
        self.platform
            .worker()
            .accepted("inference/failed", &failure_report(generation, code))
            .await
    }

    /// The id of the task sent for the current attempt.
    pub async fn task_id(&self, generation: i64) -> String {
        self.platform
            .text(&format!(
                "SELECT task_id FROM generation_requests WHERE id = {generation}"
            ))
            .await
    }

    /// Number of the current attempt.
    pub async fn attempt(&self, generation: i64) -> i64 {
        let sql = format!("SELECT attempt::bigint AS n FROM generation_requests WHERE id = {generation}");
        self.platform.count(&sql).await
    }

    /// Tasks of a request that wait to be sent.
    pub async fn unsent(&self, generation: i64) -> i64 {
        let sql = format!(
            "SELECT count(*) AS n FROM outbox_messages WHERE topic = 'image_generation' AND subject_id = {generation}"
        );
        self.platform.count(&sql).await
    }
}

/// A new request of somebody's.
pub async fn requested(user: &Client, style: i64) -> i64 {
    user.generate(style, "1:1").await.data(201)["id"]
        .as_i64()
        .expect("an id")
}

/// Progress on an image.
pub fn progress_report(generation: i64, step: i64) -> Value {
    json!({"generation_id": generation, "progress":
        {"current_step": step, "total_steps": 50, "progress_percent": step * 2, "estimated_seconds": 50 - step}})
}

/// A failure to make an image.
pub fn failure_report(generation: i64, code: &str) -> Value {
    json!({"generation_id": generation, "error_code": code, "error_message": "the worker failed"})
}

/// Makes calls at the same time; returns their answers.
pub async fn at_once<F>(calls: impl IntoIterator<Item = F>) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    calls.into_iter().collect::<JoinSet<F::Output>>().join_all().await
}

/// How many of the reports changed something; all must have been accepted.
pub fn applied(answers: &[Answer]) -> usize {
    answers
        .iter()
        .filter(|answer| answer.data(200)["applied"] == true)
        .count()
}
