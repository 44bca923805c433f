//! People as others see them; one's own profile changed, and deleted.

use reqwest::{Method, multipart::Form};
use serde_json::{Value, json};
use testkit::{client::file, images};

use crate::support::{Platform, expect::Known, media::data_url, shown::Shown, stage::Stage};

const ME: &str = "/api/users/me";

pub(super) const SEEN: Shown = &[("GET /api/users/{id}", &["200", "404 NOT_FOUND"])];

#[tokio::test]
async fn people_see_each_other() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let image = stage.requested().await;
    stage.complete(image).await;
    let artist = stage.artist.get("/api/auth/me").await.data(200)["id"].clone();
    let path = format!("/api/users/{artist}");
    let stats = |made: i64| json!({"total_generations": made, "public_generations": 0, "following_count": 0});
    let mut profile = json!({"id": "<id:artist>", "username": "artist", "profile_image": null, "bio": null,
        "role": "artist", "created_at": "<time>",
        "artist": {"id": "<id:artist>", "artist_name": "Test Artist", "follower_count": 0}, "stats": stats(0)});
    let anybody = stage.platform.browser();
    known.data(&anybody.get(&path).await, 200, &profile);
    profile["is_following"] = json!(false);
    known.data(&stage.user.get(&path).await, 200, &profile);
    stage
        .user
        .post(&format!("{path}/follow"), &json!({}))
        .await
        .data(200);
    profile["is_following"] = json!(true);
    profile["artist"]["follower_count"] = json!(1);
    known.data(&stage.user.get(&path).await, 200, &profile);

    let user = stage.user.get("/api/auth/me").await.data(200)["id"].clone();
    let mut stats = stats(1);
    stats["following_count"] = json!(1);
    let plain = json!({"id": "<id:user>", "username": "user", "profile_image": null, "bio": null, "role": "user",
        "created_at": "<time>", "artist": null, "stats": stats});
    known.data(&anybody.get(&format!("/api/users/{user}")).await, 200, &plain);
    known.error(
        &anybody.get("/api/users/999999999").await,
        404,
        "NOT_FOUND",
        &Value::Null,
    );
    known.shows(SEEN);
}

pub(super) const CHANGED: Shown = &[(
    "PATCH /api/users/me",
    &[
        "200",
        "409 CONFLICT",
        "422 VALIDATION_ERROR",
        "422 INVALID_IMAGE_FORMAT",
        "422 IMAGE_SIZE_EXCEEDED",
    ],
)];

#[tokio::test]
async fn people_change_their_profile() {
    let platform = Platform::start().await;
    let mut known = Known::new();
    let user = platform.user("user@example.com").await;
    platform.user("taken@example.com").await;
    let wish = json!({"username": "mina", "bio": "Ink and rain.",
        "profile_image": data_url("image/png", &images::png(60, 60, 1))});
    let mut changed = json!({"id": "<id:user>", "username": "mina", "profile_image": "<url:first>",
        "bio": "Ink and rain.", "role": "user", "created_at": "<time:created>", "updated_at": "<time>",
        "artist": null, "is_following": false,
        "stats": {"total_generations": 0, "public_generations": 0, "following_count": 0}});
    let answer = user.patch(ME, &wish).await;
    let seen = known.data(&answer, 200, &changed);
    let address = seen["profile_image"].as_str().expect("an address");
    assert!(address.contains("/profiles/"), "{address}");
    let form = Form::new()
        .text("bio", "먹과 비")
        .part("profile_image", file(images::png(60, 60, 2), "a.png"));
    let answer = user.send(user.request(Method::PATCH, ME).multipart(form)).await;
    changed["bio"] = json!("먹과 비");
    changed["profile_image"] = json!("<url:second>");
    known.data(&answer, 200, &changed);
    let answer = user.patch(ME, &json!({"profile_image": null, "bio": null})).await;
    changed["bio"] = Value::Null;
    changed["profile_image"] = Value::Null;
    known.data(&answer, 200, &changed);

    let taken = user.patch(ME, &json!({"username": "taken"})).await;
    known.error(&taken, 409, "CONFLICT", &Value::Null);
    let bad = json!({"username": "ab", "bio": "x".repeat(501), "profile_image": "picture.png"});
    let details = json!({"username": "Must have at least 3 characters.", "bio": "Must have at most 500 characters.",
        "profile_image": "Must be a file."});
    known.error(&user.patch(ME, &bad).await, 422, "VALIDATION_ERROR", &details);
    let gif = json!({"profile_image": data_url("image/png", b"GIF89a")});
    let details = json!({"profile_image": "Must be a PNG or JPEG image."});
    known.error(&user.patch(ME, &gif).await, 422, "INVALID_IMAGE_FORMAT", &details);
    let heavy = Form::new().part("profile_image", file(vec![0x89; 5 * 1024 * 1024 + 1], "a.png"));
    let details = json!({"profile_image": "Must not exceed 5 MB."});
    let refused = user.send(user.request(Method::PATCH, ME).multipart(heavy)).await;
    known.error(&refused, 422, "IMAGE_SIZE_EXCEEDED", &details);
    known.shows(CHANGED);
}

pub(super) const DELETED: Shown = &[("DELETE /api/users/me", &["204"])];

#[tokio::test]
async fn people_delete_their_account() {
    let platform = Platform::start().await;
    let mut known = Known::new();
    let user = platform.user("user@example.com").await;
    let left = user.delete(ME).await;
    known.nothing(&left);
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
    known.error(&user.delete(ME).await, 401, "UNAUTHORIZED", &Value::Null);
    known.shows(DELETED);
}
