//! Upgrade to artist: the signature is validated and re-encoded.

use image::ImageFormat;
use reqwest::{
    Body,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use testkit::{
    client::{Answer, Client, file},
    images,
};
use tokio_util::io::ReaderStream;

use crate::support::{Platform, media::data_url};

const PATH: &str = "/api/users/me/upgrade-to-artist";

fn form(signature: Vec<u8>) -> Form {
    Form::new()
        .text("artist_name", "Test Artist")
        .text("verified_email", "studio@example.com")
        .part("signature_image", file(signature, "signature.png"))
}

fn body(signature: &str) -> Value {
    json!({"artist_name": "Test Artist", "verified_email": "studio@example.com", "signature_image": signature})
}

async fn stored_signature(artist: &Client) -> Vec<u8> {
    let me = artist.me().await;
    let url = me["artist"]["signature_image_url"]
        .as_str()
        .expect("an address")
        .to_owned();
    assert!(url.contains("X-Amz-Signature"), "{url}");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "image/png");
    answer.bytes().await.unwrap().into()
}

fn assert_upgraded(answer: &Answer) {
    let upgraded = answer.data(200);
    assert_eq!(upgraded["user"]["role"], "artist");
    assert_eq!(upgraded["artist"]["artist_name"], "Test Artist");
    assert_eq!(upgraded["artist"]["verified_email"], "studio@example.com");
    assert_eq!(upgraded["artist"]["id"], upgraded["user"]["id"]);
    assert_eq!(upgraded["artist"]["earned_token_balance"], 0);
    assert_eq!(upgraded["artist"]["follower_count"], 0);
}

#[tokio::test]
async fn an_account_can_be_upgraded_once_by_json_or_form() {
    let platform = Platform::start().await;
    let (one, two) = (
        platform.user("one@example.com").await,
        platform.user("two@example.com").await,
    );
    assert_upgraded(
        &one.post(PATH, &body(&data_url("image/png", &images::png(120, 40, 3))))
            .await,
    );
    assert_upgraded(&two.post_form(PATH, form(images::jpeg(120, 40, 3))).await);
    for artist in [&one, &two] {
        let read =
            image::load_from_memory_with_format(&stored_signature(artist).await, ImageFormat::Png).unwrap();
        assert_eq!((read.width(), read.height()), (120, 40));
        let before = platform.snapshot().await;
        artist
            .post_form(PATH, form(images::png(120, 40, 4)))
            .await
            .error(409, "CONFLICT");
        artist
            .post(PATH, &body(&data_url("image/png", &images::png(9, 9, 1))))
            .await
            .error(409, "CONFLICT");
        assert_eq!(platform.snapshot().await, before);
        assert_eq!(artist.me().await["role"], "artist");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_upgrades_create_one_artist() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    let answers = crate::support::fixture::at_once((0..4).map(|seed| {
        let user = user.clone();
        async move { user.post_form(PATH, form(images::png(100, 30, seed))).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        refused.error(409, "CONFLICT");
    }
    assert_eq!(platform.objects().len(), 1, "one signature is kept");
    platform.assert_rows("uploads", 0).await;
}

#[tokio::test]
async fn an_invalid_signature_is_refused_and_not_stored() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    let before = platform.snapshot().await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
    let png = images::png(120, 40, 3);
    let files: [(&[u8], &str); 4] = [
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "INVALID_IMAGE_FORMAT"),
        (svg, "INVALID_IMAGE_FORMAT"),
        (&png[..png.len() / 2], "INVALID_IMAGE_FORMAT"),
        (&vec![0; 2 * 1024 * 1024 + 1], "IMAGE_SIZE_EXCEEDED"),
    ];
    for (bytes, code) in files {
        let details = user.post_form(PATH, form(bytes.to_vec())).await.error(422, code);
        assert!(details["signature_image"].is_string(), "{details}");
        let details = user
            .post(PATH, &body(&data_url("image/png", bytes)))
            .await
            .error(422, code);
        assert!(details["signature_image"].is_string(), "{details}");
    }
    let no_data_urls = [
        data_url("text/html", b"<script>"),
        "https://example.com/signature.png".to_owned(),
        "file:///etc/passwd".to_owned(),
        "data:image/png;base64,***".to_owned(),
        "data:image/png,plain".to_owned(),
        String::new(),
    ];
    for text in no_data_urls {
        let details = user.post(PATH, &body(&text)).await.error(422, "VALIDATION_ERROR");
        assert!(details["signature_image"].is_string(), "{text}: {details}");
    }
    let details = user
        .post(PATH, &json!({"verified_email": "nobody"}))
        .await
        .error(422, "VALIDATION_ERROR");
    for field in ["artist_name", "verified_email", "signature_image"] {
        assert!(details[field].is_string(), "{details}");
    }
    assert_eq!(platform.snapshot().await, before);
    assert_eq!(user.me().await["role"], "user");
}

#[tokio::test]
async fn an_oversized_body_is_413_with_and_without_length() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    let before = platform.snapshot().await;
    let huge = "A".repeat(4 * 1024 * 1024);
    user.post(PATH, &body(&format!("data:image/png;base64,{huge}")))
        .await
        .error(413, "PAYLOAD_TOO_LARGE");
    user.post_form(PATH, form(huge.clone().into_bytes()))
        .await
        .error(413, "PAYLOAD_TOO_LARGE");
    // Without a length, the body is sent chunked.
    let chunked: &'static [u8] = huge.leak().as_bytes();
    let chunked = Part::stream(Body::wrap_stream(ReaderStream::new(chunked))).file_name("a.png");
    user.post_form(PATH, Form::new().part("signature_image", chunked))
        .await
        .error(413, "PAYLOAD_TOO_LARGE");
    assert_eq!(platform.snapshot().await, before);
}

#[tokio::test]
async fn u4_data_hidden_in_a_signature_is_removed() {
    let platform = Platform::start().await;
    let script = b"<html><script>alert(1)</script></html>";
    let hidden = [&images::png(120, 40, 3)[..], script].concat();
    let in_json = platform.user("one@example.com").await;
    assert_upgraded(&in_json.post(PATH, &body(&data_url("image/png", &hidden))).await);
    let in_form = platform.user("two@example.com").await;
    let jpeg = images::jpeg(120, 40, 3);
    let comment = [&jpeg[..2], b"\xFF\xFE\x00\x0A<script>", &jpeg[2..]].concat();
    assert_upgraded(&in_form.post_form(PATH, form(comment)).await);
    for artist in [in_json, in_form] {
        let kept = stored_signature(&artist).await;
        assert!(!kept.windows(8).any(|window| window == b"<script>"));
        assert!(image::load_from_memory_with_format(&kept, ImageFormat::Png).is_ok());
    }
}
