//! Profile changes.

use reqwest::{
    Body,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use testkit::{client::file, images};
use tokio_util::io::ReaderStream;

use super::{ME, patch_form, profile_path};
use crate::support::{Platform, fixture::at_once, media::data_url};

#[tokio::test]
async fn a_change_by_json_or_form_is_visible_everywhere() {
    let platform = Platform::start().await;
    let (one, two) = (
        platform.user("one@example.com").await,
        platform.user("two@example.com").await,
    );
    let request_body = json!({"username": " Mina ", "bio": "Ink and rain."});
    let changed = one.patch(ME, &request_body).await.data(200);
    let form = Form::new().text("username", "Jun").text("bio", "먹과 비");
    let in_form = patch_form(&two, form).await.data(200);
    for (user, changed, name, bio) in [
        (&one, changed, "Mina", "Ink and rain."),
        (&two, in_form, "Jun", "먹과 비"),
    ] {
        assert_eq!(
            (&changed["username"], &changed["bio"]),
            (&json!(name), &json!(bio))
        );
        assert!(changed["updated_at"].as_str() > changed["created_at"].as_str());
        let seen = platform.browser().get(&profile_path(user).await).await.data(200);
        assert_eq!((&seen["username"], &seen["bio"]), (&json!(name), &json!(bio)));
        let own = user.me().await;
        assert_eq!((&own["username"], &own["bio"]), (&json!(name), &json!(bio)));
    }
}

#[tokio::test]
async fn omitted_fields_are_kept_and_a_biography_can_be_removed() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    user.patch(ME, &json!({"bio": "Ink and rain."})).await.data(200);
    let renamed = user.patch(ME, &json!({"username": "Mina"})).await.data(200);
    assert_eq!(renamed["bio"], "Ink and rain.");
    let untouched = user.patch(ME, &json!({})).await.data(200);
    assert_eq!(untouched, renamed, "not even the time of the last change");
    assert_eq!(
        user.patch(ME, &json!({"username": "Mina"})).await.data(200)["username"],
        "Mina"
    );
    for none in [json!({"bio": ""}), json!({"bio": null}), json!({"bio": "  "})] {
        user.patch(ME, &json!({"bio": "Again."})).await.data(200);
        assert_eq!(user.patch(ME, &none).await.data(200)["bio"], Value::Null);
    }
    let long = "가".repeat(500);
    assert_eq!(
        user.patch(ME, &json!({"bio": long})).await.data(200)["bio"],
        json!(long)
    );
}

#[tokio::test]
async fn p12_all_invalid_fields_are_reported_at_once_and_nothing_changes() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    let before = platform.snapshot().await;
    let bad =
        json!({"username": "ab", "bio": "x".repeat(501), "profile_image": data_url("image/png", b"GIF89a")});
    let by_form = Form::new()
        .text("username", "ab")
        .text("bio", "x".repeat(501))
        .part("profile_image", file(b"GIF89a".to_vec(), "a.png"));
    for answer in [user.patch(ME, &bad).await, patch_form(&user, by_form).await] {
        let details = answer.error(422, "VALIDATION_ERROR");
        assert_eq!(details.as_object().unwrap().len(), 3, "{details}");
    }
    let refused = [
        json!({"username": null}),
        json!({"username": ""}),
        json!({"username": 5}),
        json!({"username": "a".repeat(51)}),
        json!({"username": "line\u{0}feed"}),
        json!({"bio": ["x"]}),
        json!({"profile_image": 5, "bio": "good"}),
    ];
    for body in refused {
        let details = user.patch(ME, &body).await.error(422, "VALIDATION_ERROR");
        assert_eq!(details.as_object().unwrap().len(), 1, "{body}: {details}");
    }
    user.patch(ME, &json!("text")).await.error(400, "INVALID_REQUEST");
    assert_eq!(platform.snapshot().await, before);
}

#[tokio::test]
async fn p12_a_taken_name_is_a_conflict_and_the_picture_is_not_stored() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    platform.user("two@example.com").await;
    let before = platform.snapshot().await;
    user.patch(ME, &json!({"username": "two"}))
        .await
        .error(409, "CONFLICT");
    let form = Form::new()
        .text("username", "two")
        .part("profile_image", file(images::png(60, 60, 1), "a.png"));
    patch_form(&user, form).await.error(409, "CONFLICT");
    assert_eq!(platform.snapshot().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_concurrent_changes_to_one_name_one_succeeds() {
    let platform = Platform::start().await;
    let mut calls = Vec::new();
    for n in 0..4 {
        let user = platform.user(&format!("person-{n}@example.com")).await;
        calls.push(async move { user.patch(ME, &json!({"username": "the-name"})).await });
    }
    let answers = at_once(calls).await;
    let got = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((got, refused), (1, 3));
}

#[tokio::test]
async fn an_oversized_body_is_413_with_and_without_length_and_text_is_415() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    let before = platform.snapshot().await;
    let huge = "A".repeat(9 * 1024 * 1024);
    user.patch(ME, &json!({"bio": huge}))
        .await
        .error(413, "PAYLOAD_TOO_LARGE");
    let part = file(huge.clone().into_bytes(), "a.png");
    patch_form(&user, Form::new().part("profile_image", part))
        .await
        .error(413, "PAYLOAD_TOO_LARGE");
    let chunked: &'static [u8] = huge.leak().as_bytes();
    let chunked = Part::stream(Body::wrap_stream(ReaderStream::new(chunked))).file_name("a.png");
    patch_form(&user, Form::new().part("profile_image", chunked))
        .await
        .error(413, "PAYLOAD_TOO_LARGE");
    let text = user.request(reqwest::Method::PATCH, ME).body("username=Mina");
    user.send(text).await.error(415, "UNSUPPORTED_MEDIA_TYPE");
    assert_eq!(platform.snapshot().await, before);
}

#[tokio::test]
async fn a3_extra_fields_of_a_change_have_no_effect() {
    let platform = Platform::start().await;
    let user = platform.user("one@example.com").await;
    let before = user.me().await;
    let forged = json!({"bio": "new", "id": 99, "role": "admin", "is_admin": true, "is_active": false,
        "token_balance": 1_000_000, "created_at": "2020-01-01T00:00:00Z", "following_count": 9});
    user.patch(ME, &forged).await.data(200);
    let mut after = user.me().await;
    assert_eq!(after["bio"], "new");
    after["bio"] = Value::Null;
    assert_eq!(after, before);
}
