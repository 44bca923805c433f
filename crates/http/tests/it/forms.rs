//! Multipart forms.

use actix_web::{test::TestRequest, web::Bytes};
use serde_json::json;

use crate::support::{Api, TestResponse};

const BOUNDARY: &str = "xxBOUNDARYxx";

fn text(name: &str, value: &str) -> Vec<u8> {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
}

fn file(name: &str, file_name: &str, bytes: usize) -> Vec<u8> {
    let mut part = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
         Content-Type: image/svg+xml\r\n\r\n"
    )
    .into_bytes();
    part.extend(vec![b'x'; bytes]);
    part.extend(b"\r\n");
    part
}

fn complete_form(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut body = parts.concat();
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

async fn send_raw(body: impl Into<Bytes>, media_type: &str) -> TestResponse {
    let request = TestRequest::post()
        .uri("/api/upload")
        .insert_header(("Content-Type", media_type.to_owned()))
        .set_payload(body);
    Api::new().send(request).await
}

async fn send(parts: &[Vec<u8>]) -> TestResponse {
    send_raw(
        complete_form(parts),
        &format!("multipart/form-data; boundary={BOUNDARY}"),
    )
    .await
}

#[actix_web::test]
async fn text_fields_and_files_are_read() {
    let response = send(&[
        text("name", "바다"),
        text("tags", "a"),
        file("images", "one.png", 10),
        text("tags", "b"),
        text("unknown", "ignored"),
        file("images", "", 1_000),
        file("signature", "s.png", 5),
    ])
    .await;
    assert_eq!(
        response.json()["data"],
        json!({ "name": "바다", "tags": ["a", "b"], "count": 2, "kept": [[0, 10, 10], [1, 1000, 1000]], "signature": true })
    );
}

#[actix_web::test]
async fn a_file_over_the_limit_is_a_field_error() {
    let details = send(&[
        file("images", "a", 10),
        file("images", "b", 1_001),
        text("name", "a"),
    ])
    .await
    .assert_error(422, "IMAGE_SIZE_EXCEEDED");
    assert_eq!(details, json!({ "images[1]": "Must not exceed 1000 bytes." }));
    let details = send(&[file("signature", "b", 50_000)])
        .await
        .assert_error(422, "IMAGE_SIZE_EXCEEDED");
    assert!(details["signature"].is_string());
}

#[actix_web::test]
async fn excess_files_are_counted_and_discarded() {
    let parts: Vec<_> = (0..5).map(|_| file("images", "a", 10)).collect();
    let data = send(&parts).await.json()["data"].clone();
    assert_eq!(
        (&data["count"], data["kept"].as_array().unwrap().len()),
        (&json!(5), 2)
    );
}

#[actix_web::test]
async fn an_empty_file_input_is_no_file() {
    let data = send(&[file("images", "", 0), file("signature", "", 0)])
        .await
        .json()["data"]
        .clone();
    assert_eq!((&data["count"], &data["signature"]), (&json!(0), &json!(false)));
    assert_eq!(
        send(&[file("images", "empty.png", 0)]).await.json()["data"]["count"],
        1
    );
}

#[actix_web::test]
async fn u1_a_body_over_the_limit_is_413_with_and_without_content_length() {
    let post = |payload: Vec<u8>, length: &'static str| {
        TestRequest::post()
            .uri("/api/upload")
            .insert_header((
                "Content-Type",
                format!("multipart/form-data; boundary={BOUNDARY}"),
            ))
            .set_payload(payload)
            .insert_header(("Content-Length", length))
    };
    let api = Api::new();
    let declared = post(b"not read at all".to_vec(), "100001");
    api.send(declared).await.assert_error(413, "PAYLOAD_TOO_LARGE");
    // Without a usable `Content-Length`. Unknown fields count, too.
    for name in ["images", "unknown"] {
        let big: Vec<_> = (0..5).map(|_| file(name, "a", 30_000)).collect();
        let undeclared = post(complete_form(&big), "0");
        api.send(undeclared).await.assert_error(413, "PAYLOAD_TOO_LARGE");
    }
}

#[actix_web::test]
async fn invalid_text_fields_are_field_errors() {
    let mut not_utf8 = text("name", "");
    not_utf8.truncate(not_utf8.len() - 2);
    not_utf8.extend(b"\xff\xfe\r\n");
    for parts in [
        vec![text("name", &"a".repeat(101))],
        vec![text("name", "one"), text("name", "two")],
        vec![text("name", "a\0b")],
        vec![not_utf8],
    ] {
        let details = send(&parts).await.assert_error(422, "VALIDATION_ERROR");
        assert!(details["name"].is_string(), "{details}");
    }
    // A discarded text gets the limit of the field, not the memory limit.
    let long = send(&[text("name", &"a".repeat(101))]).await;
    let details = long.assert_error(422, "VALIDATION_ERROR");
    assert_eq!(details["name"], "Must have at most 25 characters.");
}

#[actix_web::test]
async fn u6_client_file_names_are_ignored() {
    for name in ["../../etc/passwd", "a%0d%0ab", "C:\\x", &"n".repeat(5_000)] {
        let data = send(&[file("images", name, 10)]).await.json()["data"].clone();
        assert_eq!(data["kept"], json!([[0, 10, 10]]), "{name}");
    }
    for name in ["a\u{1}b", "a\0b"] {
        send(&[file("images", name, 10)])
            .await
            .assert_error(400, "INVALID_REQUEST");
    }
}

#[actix_web::test]
async fn another_media_type_is_415_and_a_malformed_form_400() {
    for media_type in [
        "application/json",
        "text/plain",
        "multipart/mixed; boundary=x",
        "",
    ] {
        send_raw("{}", media_type)
            .await
            .assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let unclosed = text("name", "a");
    let nameless =
        complete_form(&[format!("--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n").into_bytes()]);
    let headless = complete_form(&[format!("--{BOUNDARY}\r\n\r\nx\r\n").into_bytes()]);
    for body in [
        b"".to_vec(),
        b"nonsense".to_vec(),
        unclosed[..40].to_vec(),
        nameless,
        headless,
    ] {
        send_raw(body, &media_type)
            .await
            .assert_error(400, "INVALID_REQUEST");
    }
    send_raw(complete_form(&[]), "multipart/form-data")
        .await
        .assert_error(400, "INVALID_REQUEST");
}
