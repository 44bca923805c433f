//! Refused uploads: error codes, and no row or object remains.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{client::Client, images};

use super::form::{StyleForm, artist};
use crate::support::{NO_BROKER, Platform};

const GIF: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\
    \x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
const SVG: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>";

/// Asserts that a form is refused and changes nothing. Returns the details.
async fn refused(platform: &Platform, artist: &Client, form: StyleForm, status: u16, code: &str) -> Value {
    let before = platform.snapshot().await;
    let details = form.send(artist).await.error(status, code);
    assert_eq!(platform.snapshot().await, before, "{code}");
    details
}

fn names(details: &Value) -> Vec<&str> {
    details
        .as_object()
        .expect("details")
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test]
async fn a_refused_upload_leaves_no_row_and_no_object() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let good = StyleForm::valid;
    let mut truncated = images::png(600, 600, 1);
    truncated.truncate(truncated.len() / 2);
    let eleven_mb = vec![0x89; 11 * 1024 * 1024];
    let faults: [(StyleForm, &str, &str); 20] = [
        (good().pictures(9), "INSUFFICIENT_IMAGES", "images"),
        (good().pictures(0), "INSUFFICIENT_IMAGES", "images"),
        (good().pictures(101), "TOO_MANY_IMAGES", "images"),
        (
            good().file(3, images::png(511, 600, 1), "a.png"),
            "IMAGE_RESOLUTION_TOO_LOW",
            "images[3]",
        ),
        (
            good().file(4, images::jpeg(600, 511, 1), "a.jpg"),
            "IMAGE_RESOLUTION_TOO_LOW",
            "images[4]",
        ),
        (
            good().file(0, GIF.to_vec(), "a.png"),
            "INVALID_IMAGE_FORMAT",
            "images[0]",
        ),
        (
            good().file(9, SVG.to_vec(), "a.svg"),
            "INVALID_IMAGE_FORMAT",
            "images[9]",
        ),
        (
            good().file(1, truncated, "a.png"),
            "INVALID_IMAGE_FORMAT",
            "images[1]",
        ),
        (
            good().file(1, Vec::new(), "a.png"),
            "INVALID_IMAGE_FORMAT",
            "images[1]",
        ),
        (
            good().file(2, bomb(), "a.png"),
            "IMAGE_SIZE_EXCEEDED",
            "images[2]",
        ),
        (
            good().file(5, eleven_mb, "a.png"),
            "IMAGE_SIZE_EXCEEDED",
            "images[5]",
        ),
        (good().with("tags", "수채화"), "INVALID_TAG_LANGUAGE", "tags"),
        (
            good().with("tags", r#"["sea", "a;b"]"#),
            "INVALID_TAG_LANGUAGE",
            "tags",
        ),
        (
            good().with("image_tags", r#"{"2": ["바다"]}"#),
            "INVALID_TAG_LANGUAGE",
            "image_tags[2]",
        ),
        (
            good().with("image_tags", r#"{"10": ["sea"]}"#),
            "VALIDATION_ERROR",
            "image_tags",
        ),
        (
            good().with("image_tags", r#"{"-1": ["sea"]}"#),
            "VALIDATION_ERROR",
            "image_tags",
        ),
        (good().with("image_tags", "sea"), "VALIDATION_ERROR", "image_tags"),
        (
            good().with("generation_cost_tokens", "0"),
            "VALIDATION_ERROR",
            "generation_cost_tokens",
        ),
        (
            good().with("license_type", "free"),
            "VALIDATION_ERROR",
            "license_type",
        ),
        (good().with("name", &"x".repeat(101)), "VALIDATION_ERROR", "name"),
    ];
    for (form, code, field) in faults {
        let details = refused(&platform, &artist, form, 422, code).await;
        assert_eq!(names(&details), [field], "{code}: {details}");
    }
    // A valid upload works afterwards.
    good().send(&artist).await.data(201);
}

/// A PNG whose header claims 60,000×60,000 pixels.
fn bomb() -> Vec<u8> {
    let mut png = images::png(512, 512, 1);
    png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    png[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let crc = !png[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    });
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    png
}

#[tokio::test]
async fn all_missing_and_invalid_fields_are_reported_at_once() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let empty = StyleForm {
        texts: vec![("unknown", "ignored".to_owned())],
        files: Vec::new(),
    };
    let details = refused(&platform, &artist, empty, 422, "VALIDATION_ERROR").await;
    assert_eq!(
        names(&details),
        ["description", "generation_cost_tokens", "images", "name"]
    );

    let bad = StyleForm::valid()
        .with("name", " ")
        .with("description", &"x".repeat(2001))
        .with("generation_cost_tokens", "free")
        .with("license_type", "any")
        .with("tags", "바다")
        .with("image_tags", r#"{"99": ["sea"], "1": ["바다"]}"#)
        .pictures(9);
    let details = refused(&platform, &artist, bad, 422, "VALIDATION_ERROR").await;
    let all = [
        "description",
        "generation_cost_tokens",
        "image_tags",
        "image_tags[1]",
        "images",
        "license_type",
        "name",
        "tags",
    ];
    assert_eq!(names(&details), all);
}

#[tokio::test]
async fn invalid_images_and_fields_are_reported_together() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let images_alone =
        StyleForm::valid()
            .file(2, GIF.to_vec(), "a.png")
            .file(7, images::png(100, 100, 1), "b.png");
    let details = refused(&platform, &artist, images_alone.clone(), 422, "VALIDATION_ERROR").await;
    assert_eq!(names(&details), ["images[2]", "images[7]"]);
    let both = images_alone
        .without("description")
        .with("generation_cost_tokens", "10001");
    let details = refused(&platform, &artist, both, 422, "VALIDATION_ERROR").await;
    assert_eq!(
        names(&details),
        ["description", "generation_cost_tokens", "images[2]", "images[7]"]
    );
    let of_one_kind = StyleForm::valid()
        .file(2, GIF.to_vec(), "a.png")
        .file(7, SVG.to_vec(), "b.png");
    let details = refused(&platform, &artist, of_one_kind, 422, "INVALID_IMAGE_FORMAT").await;
    assert_eq!(names(&details), ["images[2]", "images[7]"]);
}

#[tokio::test]
async fn a_name_that_differs_in_case_only_is_a_duplicate() {
    let platform = Platform::with(&[("AMQP_URL", NO_BROKER), ("MAX_STYLES_PER_ARTIST", "5")]).await;
    let artist = artist(&platform).await;
    StyleForm::valid().send(&artist).await.data(201);
    for name in ["blue harbour", "BLUE HARBOUR", "  Blue Harbour "] {
        let form = StyleForm::valid().with("name", name);
        refused(&platform, &artist, form, 409, "DUPLICATE_STYLE_NAME").await;
    }
    // Names are unique per artist.
    let other = platform.user("second-artist@example.com").await;
    other.become_artist("Second Artist").await;
    StyleForm::valid().send(&other).await.data(201);
}

#[tokio::test]
async fn the_number_of_styles_per_artist_is_limited() {
    let platform = Platform::start().await;
    let artist = artist(&platform).await;
    let style = StyleForm::valid().send(&artist).await.data(201)["id"].clone();
    let second = StyleForm::valid().with("name", "Second");
    refused(&platform, &artist, second.clone(), 403, "STYLE_LIMIT_REACHED").await;
    // A failed style does not count.
    let failed = json!({"style_id": style, "error_code": "BROKEN", "error_message": "broken"});
    platform.report("training/failed", &failed).await;
    second.send(&artist).await.data(201);
    let retry = artist
        .post(&format!("/api/styles/{style}/retry-training"), &json!({}))
        .await;
    retry.error(403, "STYLE_LIMIT_REACHED");
}

#[tokio::test]
async fn only_artists_can_upload() {
    let platform = Platform::start().await;
    let user = platform.user("user@example.com").await;
    refused(&platform, &user, StyleForm::valid(), 403, "ARTIST_ONLY").await;
    refused(
        &platform,
        &platform.browser(),
        StyleForm::valid(),
        401,
        "UNAUTHORIZED",
    )
    .await;
    let artist = artist(&platform).await;
    let before = platform.snapshot().await;
    let no_token = artist
        .request_without_csrf(Method::POST, "/api/styles")
        .multipart(StyleForm::valid().form());
    artist.send(no_token).await.error(403, "CSRF_FAILED");
    assert_eq!(platform.snapshot().await, before);
}
