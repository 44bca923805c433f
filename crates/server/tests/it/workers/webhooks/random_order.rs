//! Random reports in random order (P8).

use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::{Value, json};
use testkit::client::{Client, WorkerClient};
use tokio::task::JoinSet;

use crate::support::{
    Platform,
    fixture::{FINAL_FAILURE, create_generation, failure_report, progress_report},
};

const SEEDS: [u64; 4] = [1, 2, 3, 4];
const GENERATIONS: i64 = 12;
const CALLS_EACH: usize = 10;

#[derive(Debug)]
enum Call {
    Report(&'static str, Value),
    Cancel(i64),
}

impl Call {
    fn random(random: &mut StdRng, platform: &Platform, generation: i64) -> Self {
        let failed = |code| Self::Report("inference/failed", failure_report(generation, code));
        match random.random_range(0..10) {
            0..3 => Self::Report(
                "inference/progress",
                progress_report(generation, random.random_range(0..50)),
            ),
            3 | 4 => Self::Report("inference/complete", platform.completion(generation)),
            5 => failed(FINAL_FAILURE),
            6 => failed("GPU_OOM"),
            7 => failed("TIMEOUT"),
            8 => failed("INFERENCE_ERROR"),
            _ => Self::Cancel(generation),
        }
    }

    /// Sends the call and asserts a documented answer.
    async fn send(self, worker: WorkerClient, owner: Client) {
        match self {
            Self::Report(path, body) => {
                worker.accepted(path, &body).await;
            }
            Self::Cancel(generation) => {
                let answer = owner
                    .post(&format!("/api/generations/{generation}/cancel"), &json!({}))
                    .await;
                assert!(matches!(answer.status.as_u16(), 200 | 409), "{}", answer.text);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p8_webhooks_in_any_order_settle_each_generation_at_most_once() {
    let platform = Platform::start().await;
    let (_, style) = platform.trained_style(5).await;
    for seed in SEEDS {
        println!("seed {seed}");
        run_round(&platform, style, seed).await;
    }
}

async fn run_round(platform: &Platform, style: i64, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let owner = platform.user(&format!("user-{seed}@example.com")).await;
    let mut calls = Vec::new();
    let mut generations = Vec::new();
    for _ in 0..GENERATIONS {
        let generation = create_generation(&owner, style).await;
        generations.push(generation);
        calls.extend((0..CALLS_EACH).map(|_| Call::random(&mut random, platform, generation)));
    }
    calls.shuffle(&mut random);
    send_all(platform, &owner, calls).await;
    platform.assert_ledger_balances().await;

    // Completes the open generations.
    let open = generations
        .iter()
        .map(|id| Call::Report("inference/complete", platform.completion(*id)));
    send_all(platform, &owner, open.collect()).await;
    platform.assert_ledger_balances().await;
    assert_settled(platform, &owner, &generations).await;
}

async fn send_all(platform: &Platform, owner: &Client, calls: Vec<Call>) {
    let sent: JoinSet<()> = calls
        .into_iter()
        .map(|call| call.send(platform.worker(), owner.clone()))
        .collect();
    sent.join_all().await;
}

/// Asserts that every generation has ended and has one settlement, according to its status.
async fn assert_settled(platform: &Platform, owner: &Client, generations: &[i64]) {
    for generation in generations {
        let seen = owner
            .get(&format!("/api/generations/{generation}"))
            .await
            .data(200);
        let settled_by = match seen["status"].as_str().unwrap() {
            "completed" => "capture",
            "failed" | "canceled" => "release",
            other => panic!("generation {generation} is {other}"),
        };
        let sql = format!(
            "SELECT string_agg(kind, ',') FROM token_transactions
              WHERE generation_id = {generation} AND kind <> 'hold'"
        );
        assert_eq!(platform.text(&sql).await, settled_by, "generation {generation}");
        let images = format!("SELECT count(*) AS n FROM generated_images WHERE generation_id = {generation}");
        assert_eq!(platform.count(&images).await, i64::from(settled_by == "capture"));
        let unsent = format!(
            "SELECT count(*) AS n FROM outbox_messages WHERE topic = 'image_generation' AND subject_id = {generation}"
        );
        assert_eq!(
            platform.count(&unsent).await,
            0,
            "a settled generation has no task"
        );
    }
}
