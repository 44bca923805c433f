//! Uploads of styles.

use serde_json::{Value, json};
use testkit::images;

use crate::{
    styles::uploads::form::{StyleForm, artist},
    support::{NO_BROKER, Platform, expect::Known, shown::Shown},
};

pub(super) const TAKEN: Shown = &[(
    "POST /api/styles",
    &[
        "201",
        "403 ARTIST_ONLY",
        "403 STYLE_LIMIT_REACHED",
        "409 DUPLICATE_STYLE_NAME",
    ],
)];

#[tokio::test]
async fn an_artist_uploads_a_style() {
    let platform = Platform::with(&[("AMQP_URL", NO_BROKER), ("MAX_STYLES_PER_ARTIST", "2")]).await;
    let mut known = Known::new();
    let artist = artist(&platform).await;
    let uploaded = StyleForm::good().send(&artist).await;
    let created = json!({"id": "<id:style>", "name": "Blue Harbour", "training_status": "pending",
        "artwork_count": 10, "created_at": "<time>", "progress": null});
    let id = known.data(&uploaded, 201, &created)["id"].clone();
    assert_eq!(uploaded.location(), format!("/api/styles/{id}"));
    let refused = StyleForm::good().with("name", "BLUE harbour").send(&artist).await;
    known.error(&refused, 409, "DUPLICATE_STYLE_NAME", &Value::Null);
    StyleForm::good()
        .with("name", "Second")
        .send(&artist)
        .await
        .data(201);
    let refused = StyleForm::good().with("name", "Third").send(&artist).await;
    known.error(&refused, 403, "STYLE_LIMIT_REACHED", &Value::Null);
    let user = platform.user("user@example.com").await;
    let refused = StyleForm::good().send(&user).await;
    known.error(&refused, 403, "ARTIST_ONLY", &Value::Null);
    known.shows(TAKEN);
}

pub(super) const REFUSED: Shown = &[(
    "POST /api/styles",
    &[
        "422 VALIDATION_ERROR",
        "422 INVALID_IMAGE_FORMAT",
        "422 IMAGE_SIZE_EXCEEDED",
        "422 IMAGE_RESOLUTION_TOO_LOW",
        "422 INSUFFICIENT_IMAGES",
        "422 TOO_MANY_IMAGES",
        "422 INVALID_TAG_LANGUAGE",
    ],
)];

#[tokio::test]
async fn an_upload_is_told_all_that_is_wrong() {
    let platform = Platform::start().await;
    let mut known = Known::new();
    let artist = artist(&platform).await;
    let good = StyleForm::good;
    let english = "Must be in English: letters, digits, space, _ ' and - only.";
    let bad = good()
        .with("name", " ")
        .with("description", &"x".repeat(2001))
        .with("generation_cost_tokens", "free")
        .with("license_type", "any")
        .with("tags", "바다")
        .with("image_tags", r#"{"99": ["sea"], "1": ["바다"]}"#)
        .file(2, b"GIF89a".to_vec(), "a.png")
        .file(3, images::png(511, 512, 1), "b.png");
    let everything = json!({"name": "This field is required.", "description": "Must have at most 2000 characters.",
        "generation_cost_tokens": "Must be a whole number.",
        "license_type": "Must be one of: personal, commercial, exclusive.", "tags": english,
        "image_tags": "This value is not valid.", "image_tags[1]": english,
        "images[2]": "Must be a PNG or JPEG image.", "images[3]": "Must be at least 512 pixels on each side."});
    for (form, code, details) in [
        (bad, "VALIDATION_ERROR", everything),
        (
            good().pictures(9),
            "INSUFFICIENT_IMAGES",
            json!({"images": "Must have between 10 and 100 entries."}),
        ),
        (
            good().pictures(101),
            "TOO_MANY_IMAGES",
            json!({"images": "Must have between 10 and 100 entries."}),
        ),
        (
            good().file(4, b"GIF89a".to_vec(), "a.png"),
            "INVALID_IMAGE_FORMAT",
            json!({"images[4]": "Must be a PNG or JPEG image."}),
        ),
        (
            good().file(5, vec![0x89; 10 * 1024 * 1024 + 1], "a.png"),
            "IMAGE_SIZE_EXCEEDED",
            json!({"images[5]": "Must not exceed 10 MB."}),
        ),
        (
            good().file(6, images::png(512, 511, 1), "a.png"),
            "IMAGE_RESOLUTION_TOO_LOW",
            json!({"images[6]": "Must be at least 512 pixels on each side."}),
        ),
        (
            good().with("tags", "바다"),
            "INVALID_TAG_LANGUAGE",
            json!({"tags": english}),
        ),
    ] {
        known.error(&form.send(&artist).await, 422, code, &details);
    }
    known.shows(REFUSED);
}
