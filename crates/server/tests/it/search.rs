//! Search.

use serde_json::{Value, json};
use testkit::client::Client;

use crate::support::{
    Platform,
    answers::{Answers, assert_answers},
    fixture::Fixture,
};

fn names(found: &Value, kind: &str, name: &str) -> Vec<String> {
    let rows = found[kind].as_array().expect("results");
    rows.iter()
        .map(|row| row[name].as_str().expect("a name").to_owned())
        .collect()
}

async fn styles(reader: &Client, q: &str) -> Vec<String> {
    let request = reader
        .request(reqwest::Method::GET, "/api/search")
        .query(&[("q", q)]);
    names(&reader.send(request).await.data(200), "styles", "name")
}

/// A platform with one trained style of each name, by one artist.
async fn platform_with(style_names: &[&str]) -> Platform {
    let settings = [
        ("AMQP_URL", crate::support::NO_BROKER),
        ("MAX_STYLES_PER_ARTIST", "9"),
    ];
    let platform = Platform::with(&settings).await;
    let artist = platform.user("painter@example.com").await;
    artist.become_artist("수채화 작가 50%").await;
    for name in style_names {
        let style = artist.upload_style(name, 5).await;
        let report = platform.training_report(style);
        platform.report("training/complete", &report).await;
    }
    platform
}

#[tokio::test]
async fn styles_are_found_by_part_of_a_name_ignoring_case() {
    let platform = platform_with(&["Blue Harbour", "바다 수채화", "100% Wool_knit", "Bluebell"]).await;
    let reader = platform.browser();
    for (q, expected) in [
        ("HARB", vec!["Blue Harbour"]),
        ("수채화", vec!["바다 수채화"]),
        ("바다", vec!["바다 수채화"]),
        ("blu", vec!["Bluebell", "Blue Harbour"]),
        // Queries of fewer than three characters match prefixes only.
        ("bl", vec!["Bluebell", "Blue Harbour"]),
        ("ue", vec![]),
        ("0% ", vec![]),
        ("00%", vec!["100% Wool_knit"]),
        ("l_k", vec!["100% Wool_knit"]),
        ("l%k", vec![]),
        ("B_u", vec![]),
        ("%", vec![]),
        ("\\", vec![]),
        ("nothing", vec![]),
    ] {
        assert_eq!(styles(&reader, q).await, expected, "{q}");
    }
}

#[tokio::test]
async fn a_search_result_says_what_matched() {
    let platform = platform_with(&["Blue Harbour", "Bluebell"]).await;
    // The name is also a tag; `matched_by` prefers the name.
    platform
        .execute(
            "INSERT INTO tags (name) VALUES ('harbour lights');
             INSERT INTO style_tags (style_id, tag_id)
             SELECT m.id, t.id FROM style_models m, tags t WHERE m.name = 'Bluebell' AND t.name = 'harbour lights';
             UPDATE style_models SET usage_count = 3 WHERE name = 'Bluebell'",
        )
        .await;
    let reader = platform.browser();
    let found = reader.get("/api/search?q=harbour").await.data(200);
    let artist = found["styles"][0]["artist"]["id"].clone();
    let mut styles = found["styles"].clone();
    for style in styles.as_array_mut().expect("styles") {
        assert!(style["thumbnail_url"].take().is_string());
        assert!(style["id"].take().is_i64());
    }
    let by = json!({"id": artist, "artist_name": "수채화 작가 50%"});
    assert_eq!(
        styles,
        json!([
            {"id": null, "name": "Bluebell", "thumbnail_url": null, "artist": by, "matched_by": "tag", "usage_count": 3},
            {"id": null, "name": "Blue Harbour", "thumbnail_url": null, "artist": by, "matched_by": "name",
             "usage_count": 0},
        ])
    );
    assert_eq!(found["artists"], json!([]));

    for (q, matched_by) in [("수채화", "artist_name"), ("paint", "username")] {
        let request = reader
            .request(reqwest::Method::GET, "/api/search")
            .query(&[("q", q), ("type", "artists")]);
        let found = reader.send(request).await.data(200);
        assert_eq!(
            found,
            json!({"styles": [], "artists": [{"id": artist, "username": "painter", "artist_name": "수채화 작가 50%",
                "profile_image": null, "follower_count": 0, "matched_by": matched_by}]})
        );
    }
}

#[tokio::test]
async fn only_public_styles_and_artists_are_found() {
    let platform = platform_with(&["Harbour one", "Harbour two", "Harbour three"]).await;
    let reader = platform.user("painter@example.com").await;
    let waiting = reader.upload_style("Harbour four", 5).await;
    assert!(waiting > 0);
    platform
        .execute(
            "UPDATE style_models SET is_active = false WHERE name = 'Harbour one';
             UPDATE style_models SET is_flagged = true WHERE name = 'Harbour two'",
        )
        .await;
    assert_eq!(styles(&reader, "harbour").await, ["Harbour three"]);
    let one = reader
        .get("/api/search?q=harbour&limit=1&type=styles")
        .await
        .data(200);
    assert_eq!(names(&one, "styles", "name"), ["Harbour three"]);
    let found = async |q: &str| {
        let found = platform
            .browser()
            .get(&format!("/api/search?q={q}"))
            .await
            .data(200);
        (
            names(&found, "styles", "name"),
            names(&found, "artists", "username"),
        )
    };
    let nothing: Vec<String> = Vec::new();
    assert_eq!(
        found("harbour").await,
        (vec!["Harbour three".to_owned()], nothing.clone())
    );
    assert_eq!(
        found("paint").await,
        (nothing.clone(), vec!["painter".to_owned()])
    );
    platform
        .execute("UPDATE users SET is_active = false WHERE username = 'painter'")
        .await;
    for q in ["harbour", "paint"] {
        assert_eq!(found(q).await, (nothing.clone(), nothing.clone()), "{q}");
    }
}

#[tokio::test]
async fn an_empty_search_is_refused() {
    let platform = Platform::start().await;
    let reader = platform.browser();
    for query in [
        "",
        "?q=",
        "?q=%20%20",
        "?q=a&type=tags",
        "?q=a&limit=0",
        "?q=a&limit=101",
        "?q=%00",
    ] {
        reader
            .get(&format!("/api/search{query}"))
            .await
            .error(422, "VALIDATION_ERROR");
    }
    let long = "a".repeat(101);
    reader
        .get(&format!("/api/search?q={long}"))
        .await
        .error(422, "VALIDATION_ERROR");
}

#[tokio::test]
async fn styles_and_artists_are_found() {
    let fixture = Fixture::start(10).await;
    let mut answers = Answers::new();
    let reader = fixture.platform.browser();
    for query in ["q=band", "q=test%20art", "q=nothing", "q=&type=tags&limit=101"] {
        answers.add(&reader.get(&format!("/api/search?{query}")).await);
    }
    assert_answers!(answers, &fixture.platform);
}
