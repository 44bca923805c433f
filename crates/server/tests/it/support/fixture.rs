//! A platform with an artist, a trained style and a user.

use serde_json::{Value, json};
use testkit::client::{Answer, Client};
use tokio::task::JoinSet;

use super::Platform;

/// Error code of a permanent failure.
pub const FINAL_FAILURE: &str = "MODEL_CORRUPT";

/// Welcome bonus of a new account.
pub const WELCOME: i64 = 100;

pub struct Fixture {
    pub platform: Platform,
    pub artist: Client,
    pub style: i64,
    pub user: Client,
}

impl Fixture {
    /// Starts a platform. The style costs `cost` tokens, and the user has the welcome bonus.
    pub async fn start(cost: i64) -> Self {
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

    /// Requests a generation as the user. Returns its id.
    pub async fn create_generation(&self) -> i64 {
        create_generation(&self.user, self.style).await
    }

    /// The generation as its owner sees it.
    pub async fn generation(&self, id: i64) -> Value {
        self.user.get(&format!("/api/generations/{id}")).await.data(200)
    }

    pub async fn balance(&self) -> Value {
        self.user.get("/api/tokens/balance").await.data(200)
    }

    /// A pending style of a second artist.
    pub async fn untrained_style(&self) -> (Client, i64) {
        let artist = self.platform.user("second-artist@example.com").await;
        artist.become_artist("Second Artist").await;
        let style = artist.upload_style("Waiting", 5).await;
        (artist, style)
    }

    /// Reports progress of a generation.
    pub async fn progress(&self, generation: i64) -> Value {
        self.platform
            .report("inference/progress", &progress_report(generation, 10))
            .await
    }

    /// Reports a generation as completed.
    pub async fn complete(&self, generation: i64) -> Value {
        self.platform
            .report("inference/complete", &self.platform.completion(generation))
            .await
    }

    /// Reports a generation as failed.
    pub async fn fail(&self, generation: i64, code: &str) -> Value {
        self.platform
            .report("inference/failed", &failure_report(generation, code))
            .await
    }

    /// Task id of the current attempt.
    pub async fn task_id(&self, generation: i64) -> String {
        self.platform
            .text(&format!(
                "SELECT task_id FROM generation_requests WHERE id = {generation}"
            ))
            .await
    }

    pub async fn attempt(&self, generation: i64) -> i64 {
        let sql = format!("SELECT attempt::bigint AS n FROM generation_requests WHERE id = {generation}");
        self.platform.count(&sql).await
    }

    /// Number of tasks of a generation in the outbox.
    pub async fn unsent_tasks(&self, generation: i64) -> i64 {
        let sql = format!(
            "SELECT count(*) AS n FROM outbox_messages WHERE topic = 'image_generation' AND subject_id = {generation}"
        );
        self.platform.count(&sql).await
    }
}

/// Requests a generation. Returns its id.
pub async fn create_generation(user: &Client, style: i64) -> i64 {
    user.generate(style, "1:1").await.id(201)
}

pub fn progress_report(generation: i64, step: i64) -> Value {
    json!({"generation_id": generation, "progress":
        {"current_step": step, "total_steps": 50, "progress_percent": step * 2, "estimated_seconds": 50 - step}})
}

pub fn failure_report(generation: i64, code: &str) -> Value {
    json!({"generation_id": generation, "error_code": code, "error_message": "the worker failed"})
}

/// Runs calls concurrently. Returns their answers.
pub async fn at_once<F>(calls: impl IntoIterator<Item = F>) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    calls.into_iter().collect::<JoinSet<F::Output>>().join_all().await
}

/// `data` of the answer to a report.
pub fn outcome(applied: bool, status: &str) -> Value {
    json!({"applied": applied, "status": status})
}

pub async fn set_public(owner: &Client, image: i64, is_public: bool) {
    let (path, change) = (
        format!("/api/generations/{image}"),
        json!({"is_public": is_public}),
    );
    owner.patch(&path, &change).await.data(200);
}

pub fn ids(rows: &Value) -> Vec<i64> {
    let rows = rows.as_array().expect("rows").iter();
    rows.map(|row| row["id"].as_i64().expect("an id")).collect()
}

/// Number of reports that were applied. All must have been answered with 200.
pub fn applied(answers: &[Answer]) -> usize {
    answers
        .iter()
        .filter(|answer| answer.data(200)["applied"] == true)
        .count()
}
