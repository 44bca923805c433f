//! A tour of the API with two users and an artist, as a web client on another origin calls it. The answers are written
//! to `docs/api.md`. The test fails if the page differs or a route is not called.

mod community;
mod images;
mod json;
mod leaving;
mod page;
mod record;
mod studio;
mod tokens;

use serde_json::Value;
use testkit::client::Answer;

use crate::support::{
    Platform,
    document::{Operation, matches_route},
};
use record::{Person, Tour};

struct Cast {
    /// Not signed in.
    visitor: Person,
    artist: Person,
    /// Generates an image.
    reader: Person,
    /// Likes it and comments on it.
    friend: Person,
}

fn id(answer: &Answer) -> Value {
    answer.json()["data"]["id"].clone()
}

#[tokio::test]
async fn the_tour_calls_every_route_and_matches_the_page() {
    let mut tour = Tour::new(Platform::start().await);
    let cast = Cast {
        visitor: tour.person("a visitor"),
        artist: tour.person("the artist"),
        reader: tour.person("the reader"),
        friend: tour.person("the friend"),
    };
    studio::signing_in(&mut tour, &cast).await;
    let style = studio::a_style(&mut tour, &cast).await;
    tokens::buying(&mut tour, &cast).await;
    let image = images::an_image(&mut tour, &cast, &style).await;
    images::without_image(&mut tour, &cast, &style).await;
    community::a_public_image(&mut tour, &cast, &image).await;
    community::notifications(&mut tour, &cast).await;
    studio::selling(&mut tour, &cast, &style).await;
    leaving::changing_and_leaving(&mut tour, &cast, &image).await;

    let routes = tour.platform.operations().await;
    let not_called: Vec<String> = routes
        .iter()
        .map(Operation::name)
        .filter(|name| !tour.visited.iter().any(|visited| matches_route(name, visited)))
        .collect();
    assert!(not_called.is_empty(), "the tour does not call {not_called:?}");
    tour.platform.assert_ledger_balances().await;
    page::compare(&tour.page());
}
