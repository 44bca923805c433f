//! Becoming an artist.

use reqwest::multipart::Form;
use serde_json::{Value, json};
use testkit::{client::file, images};

use crate::support::{Platform, expect::Known, media::data_url, shown::Shown};

const PATH: &str = "/api/users/me/upgrade-to-artist";

pub(super) const UPGRADE: Shown = &[(
    "POST /api/users/me/upgrade-to-artist",
    &[
        "200",
        "409 CONFLICT",
        "422 VALIDATION_ERROR",
        "422 INVALID_IMAGE_FORMAT",
        "422 IMAGE_SIZE_EXCEEDED",
    ],
)];

#[tokio::test]
async fn people_become_artists_by_json_or_by_a_form() {
    let platform = Platform::start().await;
    let mut known = Known::new();
    let user = platform.user("user@example.com").await;
    let faulty = json!({"artist_name": " ", "verified_email": "nobody", "signature_image": "signature.png"});
    let details = json!({"artist_name": "This field is required.", "verified_email": "This value is not valid.",
        "signature_image": "Must be a file."});
    known.error(&user.post(PATH, &faulty).await, 422, "VALIDATION_ERROR", &details);
    let wish = |signature: &[u8]| {
        json!({"artist_name": "Test Artist", "verified_email": "studio@example.com",
            "signature_image": data_url("image/png", signature)})
    };
    let details = json!({"signature_image": "Must be a PNG or JPEG image."});
    let refused = user.post(PATH, &wish(b"GIF89a")).await;
    known.error(&refused, 422, "INVALID_IMAGE_FORMAT", &details);
    let heavy = Form::new()
        .text("artist_name", "Test Artist")
        .text("verified_email", "studio@example.com")
        .part("signature_image", file(vec![0x89; 2 * 1024 * 1024 + 1], "a.png"));
    let details = json!({"signature_image": "Must not exceed 2 MB."});
    let refused = user.post_form(PATH, heavy).await;
    known.error(&refused, 422, "IMAGE_SIZE_EXCEEDED", &details);

    let taken = user.post(PATH, &wish(&images::png(120, 40, 3))).await;
    let upgraded = |id: &str, name: &str| {
        json!({"user": {"id": id, "role": "artist"},
            "artist": {"id": id, "artist_name": name, "signature_image_url": "<presigned>",
                "verified_email": "studio@example.com", "earned_token_balance": 0, "follower_count": 0}})
    };
    known.data(&taken, 200, &upgraded("<id:first>", "Test Artist"));
    let again = user.post(PATH, &wish(&images::png(120, 40, 3))).await;
    known.error(&again, 409, "CONFLICT", &Value::Null);

    let other = platform.user("other@example.com").await;
    let form = Form::new()
        .text("artist_name", "둘째 작가")
        .text("verified_email", "studio@example.com")
        .part("signature_image", file(images::png(120, 40, 3), "signature.png"));
    let taken = other.post_form(PATH, form).await;
    known.data(&taken, 200, &upgraded("<id:second>", "둘째 작가"));
    known.shows(UPGRADE);
}
