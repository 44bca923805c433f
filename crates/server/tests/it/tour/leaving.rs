//! Edits of the profile, removals, logout and account deletion.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Cast, id,
    record::{Body, Tour},
};

pub async fn changing_and_leaving(tour: &mut Tour, cast: &Cast, image: &Value) {
    tour.chapter(
        "Changing and leaving",
        "Comments, likes and follows can be removed, and sessions and accounts can be ended.",
    );
    let edit = Body::Json(json!({"username": "lighthouse_keeper", "bio": "Ink and rain."}));
    tour.call(
        &cast.reader,
        "The reader edits the profile.",
        Method::PATCH,
        "/api/users/me",
        edit,
        200,
    )
    .await;
    removing(tour, cast, image).await;
    let friend = cast.friend.client.get("/api/auth/me").await;
    let friend = id(&friend);
    tour.call(
        &cast.friend,
        "The friend deletes the account and everything in it.",
        Method::DELETE,
        "/api/users/me",
        Body::None,
        204,
    )
    .await;
    tour.call(
        &cast.visitor,
        "The profile is gone.",
        Method::GET,
        &format!("/api/users/{friend}"),
        Body::None,
        404,
    )
    .await;
    tour.call(
        &cast.reader,
        "The reader signs out.",
        Method::POST,
        "/api/auth/logout",
        Body::None,
        200,
    )
    .await;
    tour.call(
        &cast.reader,
        "The session has ended.",
        Method::GET,
        "/api/notifications",
        Body::None,
        401,
    )
    .await;
    tour.get(
        &cast.visitor,
        "The liveness check for a load balancer.",
        "/api/health/live",
    )
    .await;
}

async fn removing(tour: &mut Tour, cast: &Cast, image: &Value) {
    let path = format!("/api/generations/{image}");
    let comments = cast.friend.client.get(&format!("{path}/comments")).await.json();
    let comment = comments["data"]["results"][0]["id"].clone();
    let following = cast.friend.client.get("/api/users/me/following").await.json();
    let artist = following["data"]["results"][0]["id"].clone();
    for (why, path) in [
        ("The friend removes the like.", format!("{path}/like")),
        (
            "A deleted comment takes its replies with it.",
            format!("/api/comments/{comment}"),
        ),
        (
            "The friend unfollows the artist.",
            format!("/api/users/{artist}/follow"),
        ),
    ] {
        tour.call(&cast.friend, why, Method::DELETE, &path, Body::None, 204)
            .await;
    }
}
