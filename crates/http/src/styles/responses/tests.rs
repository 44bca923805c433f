//! The exact JSON of styles.

use std::sync::Arc;

use chrono::DateTime;
use domain::{
    ObjectAddress, StyleId, UserId,
    object::{Buckets, MockObjectStorage, UriScheme},
    styles::{
        GenerationPrice, LicenseKind, SampleArtwork, StyleArtist, StyleDescription, StyleModel, StyleName,
        TrainingStatus,
    },
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
        style: StyleModel {
            id: StyleId(7),
            artist_id: UserId(12),
            name: StyleName::from_stored("Blue Harbour".into()),
            description: StyleDescription::from_stored("Boats.".into()),
            price: GenerationPrice::new(30).unwrap(),
            license: LicenseKind::Commercial,
            valid_from: DateTime::UNIX_EPOCH,
            valid_to: None,
            is_active: true,
            is_flagged: false,
            status: TrainingStatus::Completed,
            thumbnail: Some(ObjectAddress::new("media", "thumbnails/a.jpg")),
            model: Some(ObjectAddress::new(
                "media-private",
                "models/style-7/adapter_model.safetensors",
            )),
            usage_count: 3,
            created_at: DateTime::UNIX_EPOCH,
        },
        artist: StyleArtist {
            id: UserId(12),
            username: "demo_artist".into(),
            artist_name: "Demo Artist".into(),
        },
        tags: vec!["boat".into(), "sea".into()],
    }
}

fn view() -> StyleView {
    StyleView {
        card: card(),
        updated_at: DateTime::UNIX_EPOCH,
        artist_image: Some(ObjectAddress::new("media", "profiles/b.jpg")),
        follower_count: 2,
        avg_likes: 1.5,
        samples: vec![SampleArtwork {
            id: 1,
            image: ObjectAddress::new("media", "thumbnails/c.jpg"),
            tags: vec!["boat".into()],
        }],
        progress: None,
        training_metric: Some(json!({ "loss": 0.5 })),
        error: None,
    }
}

async fn detail_json(is_internal: bool) -> String {
    let detail = StyleDetail::of(view(), is_internal, &media()).await.unwrap();
    serde_json::to_string(&detail).unwrap()
}

#[actix_web::test]
async fn style_summary_json() {
    let summary = StyleSummary::of(card(), &media()).await.unwrap();
    assert_eq!(serde_json::to_string(&summary).unwrap(), format!("{{{CARD}}}"));
}

#[actix_web::test]
async fn style_detail_json() {
    let artist_detail = r#""artist_name":"Demo Artist","profile_image":"https://media.example.com/profiles/b.jpg","follower_count":2}"#;
    let card = CARD.replace(r#""artist_name":"Demo Artist"}"#, artist_detail);
    let detail = concat!(
        r#""license_type":"commercial","valid_from":"1970-01-01T00:00:00.000000Z","valid_to":null,"is_active":true,"#,
        r#""updated_at":"1970-01-01T00:00:00.000000Z","stats":{"total_generations":3,"avg_likes":1.5},"#,
        r#""sample_artworks":[{"id":1,"image_url":"https://media.example.com/thumbnails/c.jpg","tags":["boat"]}],"#,
        r#""progress":null"#,
    );
    assert_eq!(detail_json(false).await, format!("{{{card},{detail}}}"));
    let internals = concat!(
        r#""model_path":"s3://media-private/models/style-7/adapter_model.safetensors","#,
        r#""training_metric":{"loss":0.5},"error_message":null"#,
    );
    assert_eq!(
        detail_json(true).await,
        format!("{{{card},{detail},{internals}}}")
    );
}
