//! `stylelicense dev` in an empty folder.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use image::{RgbImage, imageops};
use serde_json::json;
use tempfile::TempDir;
use testkit::{client::Client, images};

use crate::support::{
    TIMEOUT,
    media::Downloaded,
    process::{Server, free_port},
};

/// A local platform in a temporary folder.
struct LocalPlatform {
    // Dropped in this order, so that the server stops before its folder is removed.
    server: Option<Server>,
    folder: TempDir,
    base: String,
    environment: Vec<(String, String)>,
}

impl LocalPlatform {
    async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        // As root, PostgreSQL runs as another account, which must be able to enter the folder.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("an open folder");
        let port = free_port();
        let environment = vec![
            (
                "STYLELICENSE_DATA_DIR".to_owned(),
                folder.path().join("data").display().to_string(),
            ),
            ("BIND_ADDR".to_owned(), format!("127.0.0.1:{port}")),
        ];
        let mut local = Self {
            server: None,
            folder,
            base: format!("http://localhost:{port}"),
            environment,
        };
        local.run().await;
        local
    }

    async fn run(&mut self) {
        self.server = Some(Server::start_as("dev", &self.environment, &self.base).await);
    }

    /// Stops the server with SIGTERM. Asserts that none of its processes is left.
    async fn stop(&mut self) {
        let mut server = self.server.take().expect("the server runs");
        server.signal("TERM").await;
        assert_eq!(server.wait(Duration::from_mins(1)).await, Some(0));
        assert_eq!(processes_inside(self.folder.path()), Vec::<String>::new());
    }
}

impl Drop for LocalPlatform {
    /// Stops PostgreSQL if the test fails.
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.stop_blocking();
        }
    }
}

/// Processes whose working directory is in `folder`, such as those of PostgreSQL.
fn processes_inside(folder: &Path) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("/proc").flatten();
    let inside = processes
        .filter(|entry| fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder)));
    inside
        .map(|entry| fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default())
        .collect()
}

/// Difference between the signature and the lower part of the picture at `left`.
fn distance(picture: &RgbImage, signature: &RgbImage, left: u32) -> u64 {
    let top = picture.height() - MARGIN - signature.height();
    let corner = imageops::crop_imm(picture, left, top, signature.width(), signature.height()).to_image();
    let channels = corner.iter().zip(signature.iter());
    channels
        .map(|(seen, wanted)| u64::from(seen.abs_diff(*wanted)))
        .sum()
}

/// Margin of the signature in a picture of 512 pixels.
const MARGIN: u32 = 15;

#[tokio::test]
async fn dev_runs_the_whole_platform_in_an_empty_folder() {
    let mut local = LocalPlatform::start().await;
    assert_ne!(
        processes_inside(local.folder.path()),
        Vec::<String>::new(),
        "a private PostgreSQL runs"
    );
    let artist = Client::signed_in(&local.base, "artist@example.com").await;
    artist.become_artist("Demo Artist").await;
    let style = artist.upload_style("Bands", 10).await;
    let path = format!("/api/styles/{style}");
    artist
        .poll(&path, TIMEOUT, |seen| seen["training_status"] == "completed")
        .await;

    let user = Client::signed_in(&local.base, "collector@example.com").await;
    for (ratio, size) in [("1:1", (512, 512)), ("2:2", (1024, 1024)), ("1:2", (512, 1024))] {
        let id = user.generate(style, ratio).await.data(201)["id"]
            .as_i64()
            .unwrap();
        let path = format!("/api/generations/{id}");
        let seen = user
            .poll(&path, TIMEOUT, |seen| seen["status"] == "completed")
            .await;
        let image = Downloaded::from(seen["result_url"].as_str().unwrap()).await;
        assert_eq!(image.size(), size, "{ratio}");
        assert_eq!(
            (image.text["Author"].as_str(), image.text["License"].as_str()),
            ("Demo Artist", "personal")
        );
        if ratio == "1:1" {
            // A quarter of the width of the picture.
            let signature = imageops::resize(
                &images::picture(120, 40, 3),
                128,
                43,
                imageops::FilterType::Triangle,
            );
            let signed = distance(&image.picture, &signature, 512 - MARGIN - 128);
            let other = distance(&image.picture, &signature, MARGIN);
            assert!(
                signed * 2 < other,
                "the signature is bottom right: {signed} there, {other} on the left"
            );
        }
    }
    let earned = |seen: &serde_json::Value| seen["artist_earned_balance"] == 30;
    artist.poll("/api/tokens/balance", TIMEOUT, earned).await;

    local.stop().await;
    local.run().await;
    // The session and all data survive the restart.
    let me = user.me().await;
    assert_eq!(me["token_balance"], 70);
    let images = user.get("/api/generations/me").await.data(200)["results"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(images.len(), 3);
    for image in &images {
        Downloaded::from(image["result_url"].as_str().unwrap()).await;
    }
    let again = Client::signed_in(&local.base, "artist@example.com").await;
    assert_eq!(
        again.get("/api/tokens/balance").await.data(200)["artist_earned_balance"],
        30
    );
    let logout = user.post("/api/auth/logout", &json!({})).await;
    assert_eq!(logout.status, 200, "{}", logout.text);
    local.stop().await;
}
