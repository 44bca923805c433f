//! One's own account, changed and deleted: whole answers, times and addresses masked.

use reqwest::{Method, multipart::Form};
use serde_json::{Value, json};
use testkit::{
    client::{Answer, Client, file},
    images,
};

use super::assert_time;
use crate::support::{Platform, media::data_url, stage::Stage};

const ME: &str = "/api/users/me";

/// An answer without what differs from run to run.
fn masked(answer: &Answer) -> Value {
    let mut body = answer.json();
    for time in ["created_at", "updated_at"] {
        if let Some(value) = body["data"].get_mut(time) {
            assert_time(value);
            *value = json!("TIME");
        }
    }
    if let Some(Value::String(address)) = body["data"].get_mut("profile_image") {
        let (start, key) = address.rsplit_once('/').expect("an address");
        assert!(start.ends_with("/media/profiles"), "{address}");
        let (id, extension) = key.split_once('.').expect("a name");
        assert!(id.len() == 32 && extension == "jpg", "{address}");
        "ADDRESS".clone_into(address);
    }
    body
}

fn refusal(code: &str, message: &str, details: &Value) -> Value {
    json!({"success": false, "error": {"code": code, "message": message, "details": details}})
}

#[tokio::test]
async fn a4_a_changed_profile() {
    let stage = Stage::set(10).await;
    let made = stage.requested().await;
    stage.complete(made).await;
    let user = &stage.user;
    let id = user.get("/api/auth/me").await.data(200)["id"].clone();
    let wish = json!({"username": "mina", "bio": "Ink and rain.", "profile_image": data_url("image/png", &images::png(60, 60, 1))});
    let answer = user.patch(ME, &wish).await;
    assert_eq!(answer.status, 200);
    let mut expected = json!({"success": true, "data": {
        "id": id, "username": "mina", "profile_image": "ADDRESS", "bio": "Ink and rain.", "role": "user",
        "created_at": "TIME", "updated_at": "TIME", "artist": null, "is_following": false,
        "stats": {"total_generations": 1, "public_generations": 0, "following_count": 0},
    }});
    assert_eq!(masked(&answer), expected);
    let form = Form::new()
        .text("bio", "먹과 비")
        .part("profile_image", file(images::png(60, 60, 2), "a.png"));
    let answer = user.send(user.request(Method::PATCH, ME).multipart(form)).await;
    expected["data"]["bio"] = json!("먹과 비");
    assert_eq!(masked(&answer), expected);
    let answer = user.patch(ME, &json!({"profile_image": null, "bio": null})).await;
    expected["data"]["bio"] = Value::Null;
    expected["data"]["profile_image"] = Value::Null;
    assert_eq!(masked(&answer), expected);

    let artist = stage.artist.patch(ME, &json!({})).await.data(200);
    assert_eq!(artist["role"], "artist");
    assert_eq!(
        artist["artist"],
        json!({"id": artist["id"], "artist_name": "Test Artist", "follower_count": 0})
    );
}

/// The same request in the reader's language.
async fn in_korean(user: &Client, body: &Value) -> Value {
    let request = user.request(Method::PATCH, ME).header("Accept-Language", "ko");
    user.send(request.json(body)).await.json()
}

#[tokio::test]
async fn every_error_of_a_change() {
    let platform = Platform::start().await;
    let user = platform.user("user@example.com").await;
    platform.user("taken@example.com").await;
    let taken = json!({"username": "taken"});
    let conflict = user.patch(ME, &taken).await;
    assert_eq!(conflict.status, 409);
    assert_eq!(
        conflict.json(),
        refusal("CONFLICT", "This conflicts with the current state.", &Value::Null)
    );
    assert_eq!(in_korean(&user, &taken).await["error"]["code"], "CONFLICT");

    let bad = json!({"username": "ab", "bio": "x".repeat(501), "profile_image": "picture.png"});
    let faults = user.patch(ME, &bad).await;
    assert_eq!(faults.status, 422);
    let details = json!({"username": "Must have at least 3 characters.", "bio": "Must have at most 500 characters.",
        "profile_image": "Must be a file."});
    assert_eq!(
        faults.json(),
        refusal("VALIDATION_ERROR", "Some fields are not valid.", &details)
    );
    let korean = in_korean(&user, &bad).await;
    for field in ["username", "bio", "profile_image"] {
        let text = korean["error"]["details"][field].as_str().expect("a message");
        assert!(text.chars().any(|c| ('가'..='힣').contains(&c)), "{text}");
    }
    let no_image = json!({"profile_image": data_url("image/png", b"GIF89a")});
    user.patch(ME, &no_image).await.error(422, "INVALID_IMAGE_FORMAT");

    let nobody = platform.browser();
    nobody.patch(ME, &taken).await.error(401, "UNAUTHORIZED");
    let without_token = user.bare_request(Method::PATCH, ME).json(&taken);
    user.send(without_token).await.error(403, "CSRF_FAILED");
    user.send(user.request(Method::PATCH, ME).body("{}"))
        .await
        .error(415, "UNSUPPORTED_MEDIA_TYPE");
    let torn = user
        .request(Method::PATCH, ME)
        .header("Content-Type", "application/json");
    user.send(torn.body("{")).await.error(400, "INVALID_REQUEST");
}

#[tokio::test]
async fn every_answer_of_a_deletion() {
    let platform = Platform::start().await;
    let user = platform.user("user@example.com").await;
    platform.browser().delete(ME).await.error(401, "UNAUTHORIZED");
    user.send(user.bare_request(Method::DELETE, ME))
        .await
        .error(403, "CSRF_FAILED");
    let foreign = user
        .request(Method::DELETE, ME)
        .header("Origin", "https://evil.example.net");
    user.send(foreign).await.error(403, "CSRF_FAILED");
    user.get("/api/auth/me").await.data(200);

    let left = user.delete(ME).await;
    assert_eq!((left.status.as_u16(), left.text.as_str()), (204, ""));
    let cleared: Vec<&str> = left
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().expect("plain text"))
        .collect();
    for name in ["sessionid=", "csrftoken="] {
        let cookie = cleared.iter().find(|cookie| cookie.starts_with(name));
        assert!(
            cookie.is_some_and(|cookie| cookie.contains("Max-Age=0")),
            "{cleared:?}"
        );
    }
    user.delete(ME).await.error(401, "UNAUTHORIZED");
}
