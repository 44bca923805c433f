//! Search.

use serde_json::json;

use crate::support::{expect::Known, shown::Shown, stage::Stage};

pub(super) const SEARCH: Shown = &[("GET /api/search", &["200", "422 VALIDATION_ERROR"])];

#[tokio::test]
async fn styles_and_artists_are_found() {
    let stage = Stage::set(10).await;
    let mut known = Known::new();
    let reader = stage.platform.browser();
    let artist = json!({"id": "<id:artist>", "artist_name": "Test Artist"});
    let style = json!({"id": "<id:style>", "name": "Bands", "thumbnail_url": "<url:thumbnail>", "artist": artist,
        "matched_by": "name", "usage_count": 0});
    let person = json!({"id": "<id:artist>", "username": "artist", "artist_name": "Test Artist",
        "profile_image": null, "follower_count": 0, "matched_by": "artist_name"});
    for (query, found) in [
        ("band", json!({"styles": [style], "artists": []})),
        ("test%20art", json!({"styles": [], "artists": [person]})),
        ("nothing", json!({"styles": [], "artists": []})),
    ] {
        let answer = reader.get(&format!("/api/search?q={query}")).await;
        known.data(&answer, 200, &found);
    }
    let bad = reader.get("/api/search?q=&type=tags&limit=101").await;
    let details = json!({"q": "This field is required.", "type": "Must be one of: all, styles, artists.",
        "limit": "Must be between 1 and 100."});
    known.error(&bad, 422, "VALIDATION_ERROR", &details);
    known.shows(SEARCH);
}
