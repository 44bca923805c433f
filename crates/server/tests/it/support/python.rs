//! Runs the example worker in Python, an independent client of queues, storage and webhooks.

use std::{path::PathBuf, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use super::{Platform, TOKEN};

/// A running worker. Dropping it kills the process.
pub struct PythonWorker {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl PythonWorker {
    /// Starts `deploy/examples/worker.py` and waits until it is ready.
    pub async fn start(platform: &Platform, amqp_url: &str, arguments: &[&str]) -> Self {
        let python = std::env::var("PYTHON").expect(
            "PYTHON must be a python3 with deploy/examples/requirements.txt; `cargo xtask test` sets it",
        );
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy/examples/worker.py");
        let storage = &platform.storage;
        let mut child = Command::new(python)
            .arg("-B")
            .arg(script)
            .args(arguments)
            .env("AMQP_URL", amqp_url)
            .env("INTERNAL_API_TOKEN", TOKEN)
            .env("AWS_S3_ENDPOINT_URL", &storage.endpoint)
            .env("AWS_S3_REGION_NAME", &storage.region)
            .env("AWS_ACCESS_KEY_ID", &storage.access_key)
            .env("AWS_SECRET_ACCESS_KEY", &storage.secret_key)
            .env("AWS_STORAGE_BUCKET_NAME", &storage.public_bucket)
            .env("AWS_PRIVATE_BUCKET_NAME", &storage.private_bucket)
            .env("NO_PROXY", "127.0.0.1,localhost")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the worker starts");
        let stdout = child.stdout.take().expect("the output");
        let mut worker = Self {
            child,
            lines: BufReader::new(stdout).lines(),
        };
        worker.wait_for("ready", Duration::from_secs(30)).await;
        worker
    }

    /// Reads events until `event`. Panics after `limit`.
    pub async fn wait_for(&mut self, event: &str, limit: Duration) -> Value {
        let read = async {
            while let Some(line) = self.lines.next_line().await.expect("the worker's output") {
                let Ok(read) = serde_json::from_str::<Value>(&line) else {
                    continue;
                };
                if read["event"] == event {
                    return read;
                }
            }
            panic!("the worker ended before {event}");
        };
        timeout(limit, read)
            .await
            .unwrap_or_else(|_| panic!("no {event} of the worker within {limit:?}"))
    }

    /// Stops the worker with SIGTERM.
    pub async fn stop(mut self) {
        if let Some(pid) = self.child.id() {
            let killed = Command::new("kill")
                .args(["-TERM", &pid.to_string()])
                .status()
                .await;
            killed.expect("kill runs");
        }
        let _ = timeout(Duration::from_secs(10), self.child.wait()).await;
    }
}
