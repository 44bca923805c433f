//! TypeScript and Python clients, generated from the OpenAPI document and run against the server. The generators must
//! accept the whole document. Each client distinguishes the states of a generation by type.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::fixture::{FINAL_FAILURE, Fixture};

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

/// A file of this folder.
fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/edge/clients")
        .join(name)
}

/// Runs a program and returns its output.
async fn run(command: &mut Command) -> String {
    let output = command
        .kill_on_drop(true)
        .output()
        .await
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{printed}\n{errors}");
    printed
}

/// Runs a client and checks the objects that it read.
async fn check(client: &mut Command) {
    let fixture = Fixture::start(10).await;
    let mut ids = Vec::new();
    for state in [
        "queued",
        "processing",
        "retrying",
        "completed",
        "failed",
        "canceled",
    ] {
        let id = fixture.create_generation().await;
        match state {
            "processing" => _ = fixture.progress(id).await,
            "retrying" => _ = fixture.fail(id, "GPU_OOM").await,
            "completed" => _ = fixture.complete(id).await,
            "failed" => _ = fixture.fail(id, FINAL_FAILURE).await,
            "canceled" => {
                let canceled = format!("/api/generations/{id}/cancel");
                fixture.user.post(&canceled, &json!({})).await.data(200);
            }
            _ => {}
        }
        ids.push(id.to_string());
    }
    let session = fixture.user.cookie("sessionid").expect("a session");
    client.arg(&fixture.platform.base).arg(session).args(ids);
    let printed = run(client).await;
    let read: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let expected = [
        json!({"username": "user", "role": "user"}),
        json!({"style": "Bands", "training_status": "completed"}),
        json!({"status": "queued", "queue_position": 0}),
        json!({"status": "processing", "percent": 20}),
        json!({"status": "retrying", "percent": null}),
        json!({"status": "completed", "seed": 7, "artist": "Test Artist"}),
        json!({"status": "failed", "error_code": FINAL_FAILURE, "refunded": true}),
        json!({"status": "canceled", "error_code": null, "refunded": true}),
    ];
    assert_eq!(read, expected);
}

#[tokio::test]
async fn a_generated_typescript_client_compiles_and_works() {
    let packages = env::var("NODE_FOLDER")
        .expect("NODE_FOLDER must be a folder with the packages of package.json; `cargo xtask test` sets it");
    let tool = |name: &str| Command::new(Path::new(&packages).join("node_modules/.bin").join(name));
    // Inside this folder Node.js finds the packages.
    let work = TempDir::new_in(&packages).expect("a folder");
    fs::write(work.path().join("package.json"), r#"{"type": "module"}"#).expect("written");
    let program = work.path().join("client.ts");
    fs::copy(source("client.ts"), &program).expect("copied");
    let schema = work.path().join("schema.ts");
    run(tool("openapi-typescript")
        .arg(document())
        .arg("--output")
        .arg(schema))
    .await;
    let options = [
        "--strict",
        "--target",
        "es2022",
        "--module",
        "nodenext",
        "--skipLibCheck",
        "false",
    ];
    run(tool("tsc").args(options).arg(&program).current_dir(&work)).await;
    check(Command::new("node").arg(program.with_extension("js"))).await;
}

#[tokio::test]
async fn a_generated_python_client_has_every_schema_and_works() {
    let python = env::var("PYTHON")
        .expect("PYTHON must be a python3 with requirements.txt of this folder; `cargo xtask test` sets it");
    let programs = Path::new(&python).parent().expect("a folder");
    // The generator runs a formatter from the same folder.
    let mut path = OsString::from(programs);
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or_default());
    let work = TempDir::new().expect("a folder");
    run(Command::new(programs.join("openapi-python-client"))
        .args([
            "generate",
            "--meta",
            "none",
            "--fail-on-warning",
            "--output-path",
            "generated",
            "--path",
        ])
        .arg(document())
        .current_dir(&work)
        .env("PATH", path))
    .await;
    let program = work.path().join("client.py");
    fs::copy(source("client.py"), &program).expect("copied");
    check(
        Command::new(&python)
            .arg("-B")
            .arg(program)
            .env("NO_PROXY", "127.0.0.1,localhost"),
    )
    .await;
}
