//! Rows and objects of an upload, and their visibility.

use image::ImageFormat;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use testkit::images;

use super::form::{StyleForm, artist};
use crate::support::Platform;

/// Bytes of a GPS position in EXIF metadata.
const LOCATION: &[u8] = b"GPS-37.5665N-126.9780E";

/// GET without cookies or signature.
async fn get_anonymously(url: &str) -> Response {
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .get(url)
        .send()
        .await
        .unwrap()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// A JPEG with a GPS position in its EXIF segment.
fn jpeg_with_gps(seed: u8) -> Vec<u8> {
    let plain = images::jpeg(800, 600, seed);
    let gps_tag = [0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 26];
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01".to_vec();
    exif.extend_from_slice(&gps_tag);
    exif.extend_from_slice(&[0; 4]);
    // The GPS directory has one text entry. It is longer than four bytes, so its value follows the directory.
    exif.extend_from_slice(&[
        0,
        1,
        0,
        0x1D,
        0,
        2,
        0,
        0,
        0,
        u8::try_from(LOCATION.len()).unwrap(),
        0,
        0,
        0,
        44,
        0,
        0,
        0,
        0,
    ]);
    exif.extend_from_slice(LOCATION);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xFF, 0xE1], &length[..], &exif[..], &plain[2..]].concat()
}

#[tokio::test]
async fn an_upload_is_answered_and_shown_as_documented() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let answer = StyleForm::valid()
        .with("license_type", "commercial")
        .send(&artist)
        .await;
    let created = answer.data(201);
    let id = created["id"].as_i64().unwrap();
    assert_eq!(answer.location(), format!("/api/styles/{id}"));
    assert_eq!(created["name"], "Blue Harbour");
    assert_eq!(created["training_status"], "pending");
    assert_eq!(created["artwork_count"], 10);
    assert_eq!(created["progress"], Value::Null);
    assert!(
        created["created_at"].as_str().is_some_and(|at| at.ends_with('Z')),
        "{created}"
    );
    let own = artist.get(&format!("/api/styles/{id}")).await.data(200);
    assert_eq!(own["license_type"], "commercial");
    assert_eq!(own["generation_cost_tokens"], 20);
    // Only the owner sees it before it is trained.
    platform
        .browser()
        .get(&format!("/api/styles/{id}"))
        .await
        .error(404, "STYLE_NOT_FOUND");
    assert_eq!(
        platform.count_rows("uploads").await,
        0,
        "the row of the upload is deleted"
    );
    assert_eq!(
        platform.objects().len(),
        18,
        "ten originals, a thumbnail, six samples and the signature"
    );
}

#[tokio::test]
async fn an_english_name_and_the_images_tags_become_tags_of_the_style() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let form = StyleForm::valid()
        .with("tags", r#"["Boat", "evening light"]"#)
        .with("image_tags", r#"{"0": ["Gull", "boat"], "9": ["rope"]}"#);
    let id = form.send(&artist).await.data(201)["id"].as_i64().unwrap();
    let own = artist.get(&format!("/api/styles/{id}")).await.data(200);
    let mut tags: Vec<&str> = own["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag.as_str().unwrap())
        .collect();
    tags.sort_unstable();
    assert_eq!(tags, ["blue harbour", "boat", "evening light", "gull", "rope"]);

    let task = "SELECT convert_from(payload, 'UTF8') FROM outbox_messages WHERE topic = 'model_training'";
    let task: Value = serde_json::from_str(&platform.text(task).await).unwrap();
    let image_tags = &task["data"]["image_tags"];
    assert_eq!(image_tags["0"], json!(["blue harbour", "boat", "gull"]));
    assert_eq!(image_tags["1"], json!(["blue harbour"]));
    assert_eq!(image_tags["9"], json!(["blue harbour", "rope"]));
    assert_eq!(task["data"]["images"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn a_korean_name_is_not_a_tag() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let form = StyleForm::valid().with("name", "푸른 항구").with("tags", "boat");
    let created = form.send(&artist).await.data(201);
    assert_eq!(created["name"], "푸른 항구");
    let own = artist
        .get(&format!("/api/styles/{}", created["id"]))
        .await
        .data(200);
    assert_eq!(own["tags"], json!(["boat"]));
}

#[tokio::test]
async fn tags_may_be_a_repeated_field() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let form = StyleForm::valid().form().text("tags", "boat").text("tags", "sea");
    let id = artist.post_form("/api/styles", form).await.data(201)["id"].clone();
    let own = artist.get(&format!("/api/styles/{id}")).await.data(200);
    let tags = own["tags"].as_array().unwrap();
    assert!(
        ["boat", "sea", "blue harbour"]
            .iter()
            .all(|tag| tags.contains(&json!(tag))),
        "{tags:?}"
    );
}

#[tokio::test]
async fn u5_the_thumbnail_is_a_public_256_pixel_square_without_location() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let mut form = StyleForm::valid();
    for index in 0..10 {
        form = form.file(index, jpeg_with_gps(u8::try_from(index).unwrap()), "photo.jpg");
    }
    let id = form.send(&artist).await.data(201)["id"].clone();
    let own = artist.get(&format!("/api/styles/{id}")).await.data(200);
    let answer = get_anonymously(own["thumbnail_url"].as_str().unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    let thumbnail = answer.bytes().await.unwrap();
    let read = image::load_from_memory_with_format(&thumbnail, ImageFormat::Jpeg).unwrap();
    assert_eq!((read.width(), read.height()), (256, 256));
    assert!(!contains(&thumbnail, b"Exif") && !contains(&thumbnail, LOCATION));

    // Only the private originals contain the location.
    let bucket = platform.storage.bucket_folder(&platform.storage.public_bucket);
    let public = platform
        .objects()
        .into_iter()
        .filter(|object| object.starts_with("media/"));
    for object in public {
        let bytes = std::fs::read(bucket.join(object.trim_start_matches("media/"))).unwrap();
        assert!(!contains(&bytes, LOCATION), "{object}");
    }
    for sample in own["sample_artworks"].as_array().unwrap() {
        assert!(
            sample["image_url"]
                .as_str()
                .unwrap()
                .contains("/media/thumbnails/"),
            "{sample}"
        );
    }
}

#[tokio::test]
async fn originals_signatures_and_models_are_not_publicly_readable() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let id = StyleForm::valid().send(&artist).await.data(201)["id"].clone();
    let storage = &platform.storage;
    let private: Vec<String> = platform
        .objects()
        .into_iter()
        .filter(|o| o.starts_with("media-private/"))
        .collect();
    assert_eq!(private.len(), 11);
    for object in &private {
        let status = get_anonymously(&format!("{}/{object}", storage.endpoint))
            .await
            .status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{object}");
    }
    let listing = get_anonymously(&format!(
        "{}/{}?list-type=2",
        storage.endpoint, storage.private_bucket
    ))
    .await;
    assert_eq!(listing.status(), StatusCode::FORBIDDEN);
    // Answers do not contain keys of originals.
    let own = artist.get(&format!("/api/styles/{id}")).await;
    assert!(!own.text.contains("train-"), "{}", own.text);
}

#[tokio::test]
async fn u4_a_polyglot_is_kept_private_and_its_thumbnail_is_clean() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let mut form = StyleForm::valid();
    let script = b"<html><script>alert(1)</script></html>";
    for index in 0..10 {
        let polyglot = [&images::png(512, 512, 3)[..], script].concat();
        form = form.file(index, polyglot, "a.html");
    }
    let id = form.send(&artist).await.data(201)["id"].clone();
    let own = artist.get(&format!("/api/styles/{id}")).await.data(200);
    let answer = get_anonymously(own["thumbnail_url"].as_str().unwrap()).await;
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    assert!(!contains(&answer.bytes().await.unwrap(), b"<script>"));
}
