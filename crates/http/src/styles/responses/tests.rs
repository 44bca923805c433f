//! What a style looks like on the wire, to the last field.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{
    ObjectAddress, StyleId, Tokens, UserId,
    object::{Buckets, MockObjectStorage, UriScheme},
    styles::{LicenseKind, SampleArtwork, StyleArtist, TrainingStatus},
};
use serde_json::json;

use super::*;

const CARD: &str = concat!(
    r#""id":7,"name":"Blue Harbour","description":"Boats.","thumbnail_url":"https://media.example.com/thumbnails/a.jpg","#,
    r#""artist":{"id":12,"username":"demo_artist","artist_name":"Demo Artist"},"training_status":"completed","#,
    r#""generation_cost_tokens":30,"usage_count":3,"tags":["boat","sea"],"created_at":"1970-01-01T00:00:00.000000Z""#,
);

fn media() -> MediaUrls {
    let buckets = Buckets {
        public: "media".into(),
        private: "media-private".into(),
        public_base_url: "https://media.example.com".into(),
        endpoint: None,
        scheme: UriScheme::S3,
    };
    MediaUrls {
        buckets,
        storage: Arc::new(MockObjectStorage::new()),
    }
}

fn card() -> StyleCard {
    StyleCard {
        id: StyleId(7),
        name: "Blue Harbour".into(),
        description: "Boats.".into(),
        thumbnail: Some(ObjectAddress::new("media", "thumbnails/a.jpg")),
        artist: StyleArtist {
            id: UserId(12),
            username: "demo_artist".into(),
            artist_name: "Demo Artist".into(),
        },
        status: TrainingStatus::Completed,
        price: Tokens::new(30).unwrap(),
        usage_count: 3,
        tags: vec!["boat".into(), "sea".into()],
        created_at: DateTime::UNIX_EPOCH,
    }
}

fn view() -> StyleView {
    let epoch: DateTime<Utc> = DateTime::UNIX_EPOCH;
    StyleView {
        card: card(),
        license: LicenseKind::Commercial,
        valid_from: Some(epoch),
        valid_to: None,
        is_active: true,
        is_flagged: false,
        updated_at: epoch,
        artist_image: Some(ObjectAddress::new("media", "profiles/b.jpg")),
        follower_count: 2,
        total_generations: 3,
        avg_likes: 1.5,
        samples: vec![SampleArtwork {
            id: 1,
            image: ObjectAddress::new("media", "thumbnails/c.jpg"),
            tags: vec!["boat".into()],
        }],
        progress: None,
        model: Some(ObjectAddress::new(
            "media-private",
            "models/style-7/adapter_model.safetensors",
        )),
        training_metric: Some(json!({ "loss": 0.5 })),
        error: None,
    }
}

async fn page(inside: bool) -> String {
    let page = StyleDetail::of(view(), inside, &media()).await.unwrap();
    serde_json::to_string(&page).unwrap()
}

#[actix_web::test]
async fn a_style_in_a_list_has_the_fields_of_the_contract() {
    let shown = StyleSummary::of(card(), &media()).await.unwrap();
    assert_eq!(serde_json::to_string(&shown).unwrap(), format!("{{{CARD}}}"));
}

#[actix_web::test]
async fn a_styles_page_has_those_of_the_list_and_more() {
    let more_of_artist = r#""artist_name":"Demo Artist","profile_image":"https://media.example.com/profiles/b.jpg","follower_count":2}"#;
    let card = CARD.replace(r#""artist_name":"Demo Artist"}"#, more_of_artist);
    let more = concat!(
        r#""license_type":"commercial","valid_from":"1970-01-01T00:00:00.000000Z","valid_to":null,"is_active":true,"#,
        r#""updated_at":"1970-01-01T00:00:00.000000Z","stats":{"total_generations":3,"avg_likes":1.5},"#,
        r#""sample_artworks":[{"id":1,"image_url":"https://media.example.com/thumbnails/c.jpg","tags":["boat"]}],"#,
        r#""progress":null"#,
    );
    assert_eq!(page(false).await, format!("{{{card},{more}}}"));
    let inside = concat!(
        r#""model_path":"s3://media-private/models/style-7/adapter_model.safetensors","#,
        r#""training_metric":{"loss":0.5},"error_message":null"#,
    );
    assert_eq!(page(true).await, format!("{{{card},{more},{inside}}}"));
}
