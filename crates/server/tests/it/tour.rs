//! A tour of the whole API: two users and an artist, with calls as the web client makes them from another origin. The
//! answers are written to `docs/api.md`; the test fails when the page differs, and when a route is not called.

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
    document::{Operation, fits},
};
use record::{Person, Tour};

/// Who is on the tour.
struct Cast {
    /// Not signed in.
    visitor: Person,
    artist: Person,
    /// Has an image made.
    reader: Person,
    /// Looks at other people's.
    friend: Person,
}

/// The id of what was answered.
fn id(answer: &Answer) -> Value {
    answer.json()["data"]["id"].clone()
}

#[tokio::test]
async fn two_users_and_an_artist_see_the_whole_api_and_the_page_shows_it() {
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
    images::what_may_happen(&mut tour, &cast, &style).await;
    community::a_public_image(&mut tour, &cast, &image).await;
    community::notifications(&mut tour, &cast).await;
    studio::selling(&mut tour, &cast, &style).await;
    leaving::changing_and_leaving(&mut tour, &cast, &image).await;

    let routes = tour.platform.operations().await;
    let unseen: Vec<String> = routes
        .iter()
        .map(Operation::name)
        .filter(|name| !tour.visited.iter().any(|visited| fits(name, visited)))
        .collect();
    assert!(unseen.is_empty(), "the tour does not visit {unseen:?}");
    tour.platform.assert_ledger_balances().await;
    page::compare(&tour.page());
}
