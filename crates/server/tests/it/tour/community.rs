//! A public image, and notifications.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Cast, id,
    record::{Body, Tour},
};

pub async fn a_public_image(tour: &mut Tour, cast: &Cast, image: &Value) {
    tour.chapter(
        "Publishing it",
        "A new image is private. A public image is listed in the feed, and others can like it and comment on it.",
    );
    let path = format!("/api/generations/{image}");
    let show = Body::Json(json!({"is_public": true, "description": "A lighthouse in a storm."}));
    tour.call(
        &cast.reader,
        "The owner makes it public.",
        Method::PATCH,
        &path,
        show,
        200,
    )
    .await;
    tour.get(
        &cast.visitor,
        "It is listed in the feed.",
        "/api/generations/feed?tags=lighthouse",
    )
    .await;
    tour.call(
        &cast.friend,
        "The friend likes it.",
        Method::POST,
        &format!("{path}/like"),
        Body::None,
        200,
    )
    .await;
    commenting(tour, cast, &path).await;
    finding_and_following(tour, cast).await;
}

async fn commenting(tour: &mut Tour, cast: &Cast, image: &str) {
    let comments = format!("{image}/comments");
    let body = |content: &str, parent: &Value| Body::Json(json!({"content": content, "parent_id": parent}));
    let comment = tour
        .call(
            &cast.friend,
            "The friend comments on it.",
            Method::POST,
            &comments,
            body("The light is wonderfull.", &Value::Null),
            201,
        )
        .await;
    let comment = id(&comment);
    let edit = Body::Json(json!({"content": "The light is wonderful."}));
    tour.call(
        &cast.friend,
        "Authors can edit their comments.",
        Method::PATCH,
        &format!("/api/comments/{comment}"),
        edit,
        200,
    )
    .await;
    let reply = tour
        .call(
            &cast.reader,
            "The owner replies.",
            Method::POST,
            &comments,
            body("Thank you!", &comment),
            201,
        )
        .await;
    tour.call(
        &cast.friend,
        "Replies are one level deep.",
        Method::POST,
        &comments,
        body("You are welcome.", &id(&reply)),
        422,
    )
    .await;
    tour.get(&cast.visitor, "Comments are public.", &comments).await;
}

async fn finding_and_following(tour: &mut Tour, cast: &Cast) {
    let found = tour
        .get(
            &cast.friend,
            "Search finds styles and artists by any part of a name or tag.",
            "/api/search?q=demo",
        )
        .await;
    let artist = found.json()["data"]["artists"][0]["id"].clone();
    let person = format!("/api/users/{artist}");
    tour.call(
        &cast.friend,
        "The friend follows the artist.",
        Method::POST,
        &format!("{person}/follow"),
        Body::None,
        200,
    )
    .await;
    tour.get(&cast.friend, "The profile of the artist shows it.", &person)
        .await;
    tour.get(
        &cast.friend,
        "The artists that the friend follows.",
        "/api/users/me/following",
    )
    .await;
}

pub async fn notifications(tour: &mut Tour, cast: &Cast) {
    tour.chapter(
        "Notifications",
        "Users are notified of follows, likes and comments, and of the end of their generations and trainings.",
    );
    let inbox = tour
        .get(
            &cast.reader,
            "The owner of the image is notified of its completion, the like and the comment.",
            "/api/notifications?unread_only=true",
        )
        .await;
    let first = inbox.json()["data"]["results"][0]["id"].clone();
    tour.call(
        &cast.reader,
        "One is marked as read.",
        Method::PATCH,
        &format!("/api/notifications/{first}/read"),
        Body::None,
        200,
    )
    .await;
    tour.call(
        &cast.reader,
        "All are marked as read.",
        Method::POST,
        "/api/notifications/read-all",
        Body::None,
        200,
    )
    .await;
    tour.get(
        &cast.artist,
        "The artist is notified of the follower and of the training.",
        "/api/notifications",
    )
    .await;
}
