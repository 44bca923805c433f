//! Profile pictures.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use reqwest::multipart::Form;
use serde_json::{Value, json};
use testkit::{
    client::{Client, file},
    images,
};

use super::{ME, patch_form, profile_path, until_objects_deleted};
use crate::support::{Platform, media::data_url};

async fn upload_picture(user: &Client, picture: Vec<u8>) -> String {
    let form = Form::new().part("profile_image", file(picture, "me.png"));
    let changed = patch_form(user, form).await.data(200);
    changed["profile_image"].as_str().expect("an address").to_owned()
}

/// Body and content type of a public URL.
async fn download(url: &str) -> (Vec<u8>, String) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{url}");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    (answer.bytes().await.unwrap().into(), kind)
}

fn contains(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}

#[tokio::test]
async fn a_picture_is_public_resized_and_has_an_unguessable_key() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    let url = upload_picture(&user, images::jpeg(1600, 800, 3)).await;
    let (kept, kind) = download(&url).await;
    assert_eq!(kind, "image/jpeg");
    let read = image::load_from_memory_with_format(&kept, ImageFormat::Jpeg).unwrap();
    assert_eq!((read.width(), read.height()), (512, 256));
    let key = url.rsplit_once("/profiles/").unwrap().1;
    assert!(
        key.len() == 36 && key[..32].bytes().all(|b| b.is_ascii_hexdigit()),
        "{url}"
    );
    assert_eq!(user.me().await["profile_image"], json!(url));
    let seen = platform.browser().get(&profile_path(&user).await).await.data(200);
    assert_eq!(seen["profile_image"], json!(url));
    platform.assert_rows("uploads", 0).await;
    // Small pictures are not enlarged, and transparency is kept.
    let url = user
        .patch(
            ME,
            &json!({"profile_image": data_url("image/png", &images::png(40, 30, 1))}),
        )
        .await
        .data(200)["profile_image"]
        .clone();
    let (kept, kind) = download(url.as_str().unwrap()).await;
    assert_eq!(kind, "image/jpeg");
    assert_eq!(image::load_from_memory(&kept).unwrap().width(), 40);
    let mut clear = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(RgbaImage::from_pixel(20, 20, Rgba([9, 9, 9, 0])))
        .write_to(&mut clear, ImageFormat::Png)
        .unwrap();
    let (kept, kind) = download(&upload_picture(&user, clear.into_inner()).await).await;
    assert_eq!(kind, "image/png");
    assert_eq!(
        image::load_from_memory(&kept).unwrap().to_rgba8().get_pixel(3, 3)[3],
        0
    );
}

#[tokio::test]
async fn a_replaced_or_removed_picture_is_deleted_from_the_store() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    upload_picture(&user, images::png(60, 60, 1)).await;
    let one = platform.objects();
    let url = upload_picture(&user, images::png(60, 60, 2)).await;
    until_objects_deleted(&platform).await;
    let two = platform.objects();
    assert_eq!((one.len(), two.len()), (1, 1));
    assert!(one.is_disjoint(&two));
    // Other changes keep the picture.
    user.patch(ME, &json!({"bio": "new"})).await.data(200);
    assert_eq!(user.me().await["profile_image"], json!(url));
    for _ in 0..2 {
        let changed = user.patch(ME, &json!({"profile_image": null})).await.data(200);
        assert_eq!(changed["profile_image"], Value::Null);
        until_objects_deleted(&platform).await;
        assert!(platform.objects().is_empty());
    }
}

#[tokio::test]
async fn u4_p12_other_files_than_png_and_jpeg_are_refused_and_not_stored() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    upload_picture(&user, images::png(60, 60, 1)).await;
    let before = platform.snapshot().await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
    let png = images::png(120, 40, 3);
    let mut bomb = images::png(120, 40, 3);
    bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    let files: [(&[u8], &str); 6] = [
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "INVALID_IMAGE_FORMAT"),
        (svg, "INVALID_IMAGE_FORMAT"),
        (b"<html><script>alert(1)</script></html>", "INVALID_IMAGE_FORMAT"),
        (&png[..png.len() / 2], "INVALID_IMAGE_FORMAT"),
        (&bomb, "INVALID_IMAGE_FORMAT"),
        (&vec![0; 5 * 1024 * 1024 + 1], "IMAGE_SIZE_EXCEEDED"),
    ];
    for (bytes, code) in files {
        let form = Form::new()
            .text("bio", "new")
            .part("profile_image", file(bytes.to_vec(), "../../a.png"));
        let in_json = json!({"bio": "new", "profile_image": data_url("image/png", bytes)});
        for answer in [patch_form(&user, form).await, user.patch(ME, &in_json).await] {
            let details = answer.error(422, code);
            assert!(details["profile_image"].is_string(), "{details}");
        }
    }
    for text in [
        "",
        "https://example.com/a.png",
        "data:text/html;base64,aGk=",
        "data:image/png;base64,***",
    ] {
        let details = user
            .patch(ME, &json!({"profile_image": text}))
            .await
            .error(422, "VALIDATION_ERROR");
        assert!(details["profile_image"].is_string(), "{text}: {details}");
    }
    assert_eq!(platform.snapshot().await, before);
}

#[tokio::test]
async fn u4_data_hidden_in_a_picture_is_removed() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    let behind = [
        &images::png(60, 60, 3)[..],
        b"<html><script>alert(1)</script></html>",
    ]
    .concat();
    let jpeg = images::jpeg(60, 60, 3);
    let inside = [&jpeg[..2], b"\xFF\xFE\x00\x0A<script>", &jpeg[2..]].concat();
    for hidden in [behind, inside] {
        assert!(contains(&hidden, b"<script>"));
        let (kept, _) = download(&upload_picture(&user, hidden).await).await;
        assert!(!contains(&kept, b"<script>"));
    }
}

/// A JPEG with EXIF orientation and GPS position.
fn photograph() -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [
            &tag.to_le_bytes()[..],
            &kind.to_le_bytes(),
            &count.to_le_bytes(),
            &value,
        ]
        .concat()
    };
    let location = b"37.5665N 126.9780E\0";
    let turned = entry(0x0112, 3, 1, [6, 0, 0, 0]);
    // Offsets: header (8), first directory with two entries (2 + 24 + 4), second directory with two entries.
    let gps = entry(0x8825, 4, 1, 38_u32.to_le_bytes());
    let north = entry(0x0001, 2, 2, *b"N\0\0\0");
    let datum = entry(
        0x0012,
        2,
        u32::try_from(location.len()).unwrap(),
        68_u32.to_le_bytes(),
    );
    let none = [0; 4];
    let exif = [
        &b"Exif\0\0II*\0\x08\0\0\0\x02\0"[..],
        &turned,
        &gps,
        &none,
        b"\x02\0",
        &north,
        &datum,
        &none,
        location,
    ]
    .concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let jpeg = images::jpeg(600, 300, 3);
    [&jpeg[..2], b"\xFF\xE1", &length, &exif, &jpeg[2..]].concat()
}

#[tokio::test]
async fn u5_the_location_is_removed_and_the_orientation_applied() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    let photograph = photograph();
    assert!(contains(&photograph, b"37.5665N"));
    for url in [
        upload_picture(&user, photograph.clone()).await,
        user.patch(ME, &json!({"profile_image": data_url("image/jpeg", &photograph)}))
            .await
            .data(200)["profile_image"]
            .as_str()
            .unwrap()
            .to_owned(),
    ] {
        let (kept, _) = download(&url).await;
        for secret in [&b"37.5665N"[..], b"Exif", b"II*\0"] {
            assert!(!contains(&kept, secret));
        }
        let read = image::load_from_memory(&kept).unwrap();
        assert_eq!((read.width(), read.height()), (256, 512));
    }
}
