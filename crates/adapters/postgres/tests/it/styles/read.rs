//! Reads of styles: lists by tags, single styles, trainings.

use domain::{
    ObjectAddress, StorageError, StyleId,
    styles::{LicenseKind, StyleFilter, StyleName, StyleQueries, TrainingStatus, UploadCheck},
};
use serde_json::json;

use crate::queries::{add_image, add_style, first_page, tag_style, tags};
use crate::support::{STYLE, World, at, task, tokens};

async fn listed_ids(world: &World, filter: StyleFilter) -> Vec<i64> {
    let page = StyleQueries::list(&world.store, filter, first_page(10)).await;
    page.unwrap().rows.iter().map(|card| card.style.id.0).collect()
}

async fn ids_by_tags(world: &World, names: &[&str]) -> Vec<i64> {
    let filter = StyleFilter {
        tags: tags(names),
        ..StyleFilter::default()
    };
    listed_ids(world, filter).await
}

#[tokio::test]
async fn a_filter_by_tags_matches_styles_with_all_of_them() {
    let world = World::new().await;
    for (id, names) in [
        (2, &["ink", "sea"][..]),
        (3, &["ink"]),
        (4, &["sea", "oil", "ink"]),
    ] {
        add_style(&world, id, id).await;
        tag_style(&world, id, names).await;
    }
    assert_eq!(ids_by_tags(&world, &["ink"]).await, [4, 3, 2]);
    assert_eq!(ids_by_tags(&world, &["ink", "sea"]).await, [4, 2]);
    assert_eq!(ids_by_tags(&world, &["sea", "oil", "ink"]).await, [4]);
    assert_eq!(ids_by_tags(&world, &["ink", "unknown"]).await, Vec::<i64>::new());
    let filter = StyleFilter {
        tags: tags(&["sea"]),
        artist: Some(world.other),
        ..StyleFilter::default()
    };
    let none = Vec::<i64>::new();
    assert_eq!(listed_ids(&world, filter).await, none, "of another artist");
}

#[tokio::test]
async fn a_filter_by_a_tag_that_exceeds_the_window_finds_styles() {
    let world = World::new().await;
    // One tag is on more styles than the window; the other one only on the two oldest.
    world
        .sql("INSERT INTO tags (id, name) OVERRIDING SYSTEM VALUE VALUES (1, 'ink'), (2, 'rare')")
        .await;
    world
        .sql(&format!(
            "INSERT INTO style_models (id, artist_id, name, description, generation_cost_tokens, training_status,
               model_bucket, model_key, artwork_count, task_id, last_heartbeat_at, created_at)
             SELECT n, {}, 'Style ' || n, 'd', 10, 'completed', 'private', 'm', 10, gen_random_uuid(), now(),
                    timestamptz '2026-01-01' + n * interval '1 second' FROM generate_series(101, 10200) n",
            world.artist
        ))
        .await;
    world
        .sql(
            "INSERT INTO style_tags SELECT id, 1 FROM style_models WHERE id > 100;
             INSERT INTO style_tags VALUES (101, 2), (102, 2)",
        )
        .await;
    let newest: Vec<i64> = (0..10).map(|n| 10_200 - n).collect();
    assert_eq!(ids_by_tags(&world, &["ink"]).await, newest);
    assert_eq!(ids_by_tags(&world, &["ink", "rare"]).await, [102, 101]);
    world
        .sql("UPDATE style_models SET is_flagged = true WHERE id > 120")
        .await;
    let oldest: Vec<i64> = (0..10).map(|n| 120 - n).collect();
    assert_eq!(ids_by_tags(&world, &["ink"]).await, oldest);
}

#[tokio::test]
async fn a_style_has_all_its_details() {
    let world = World::new().await;
    tag_style(&world, 1, &["sea", "ink"]).await;
    world
        .sql(
            "UPDATE style_models SET usage_count = 7, thumbnail_bucket = 'media', thumbnail_key = 't.jpg',
               license_type = 'commercial', valid_to = '2099-01-01', training_metric = '{\"loss\": 0.1}',
               error_code = 'OOM_ERROR', error_message = 'Too large' WHERE id = 1",
        )
        .await;
    world.sql("UPDATE artists SET follower_count = 4").await;
    for (id, likes, public) in [(1, 2, true), (2, 3, true), (3, 3, true), (4, 0, false)] {
        add_image(&world, id, world.payer, id, public).await;
        world
            .sql(&format!(
                "UPDATE community_posts SET like_count = {likes} WHERE generation_id = {id}"
            ))
            .await;
    }
    let view = world.store.find(STYLE).await.unwrap().unwrap();
    let (style, artist) = (view.card.style, view.card.artist);
    assert_eq!(
        (style.name.as_str(), artist.username.as_str()),
        ("Ink 1", "artist")
    );
    assert_eq!(
        (artist.id, artist.artist_name.as_str()),
        (world.artist, "Demo Artist")
    );
    assert_eq!(
        (style.price.tokens(), style.status),
        (tokens(10), TrainingStatus::Completed)
    );
    assert_eq!(
        (&view.card.tags[..], style.license),
        (&["ink".into(), "sea".into()][..], LicenseKind::Commercial)
    );
    assert_eq!((style.usage_count, view.follower_count), (7, 4));
    assert!((view.avg_likes - 2.67).abs() < f64::EPSILON, "{}", view.avg_likes);
    assert_eq!(view.error, Some(("OOM_ERROR".into(), "Too large".into())));
    assert_eq!(view.training_metric, Some(json!({ "loss": 0.1 })));
    assert!(style.valid_to.is_some() && style.is_active && !style.is_flagged);
    assert_eq!(view.samples, [], "the thumbnail of the style is not a sample");
    assert!(world.store.find(StyleId(99)).await.unwrap().is_none());
}

async fn add_images(world: &World) {
    world
        .sql(
            "INSERT INTO training_datasets VALUES (1, gen_random_uuid(), 10, 1000, now());
             INSERT INTO training_images (style_id, position, bucket, key, width, height, size_bytes, content_type)
             SELECT 1, n, 'private', 'train-x-' || n || '.png', 512, 512, 100, 'image/png'
               FROM generate_series(9, 0, -1) n;
             WITH t AS (INSERT INTO tags (name) VALUES ('sea'), ('boat') RETURNING id)
             INSERT INTO training_image_tags SELECT i.id, t.id FROM training_images i, t WHERE i.position = 1",
        )
        .await;
}

#[tokio::test]
async fn only_images_with_thumbnails_are_samples() {
    let world = World::new().await;
    add_images(&world).await;
    let style = world.store.find(STYLE).await.unwrap().unwrap();
    assert_eq!(style.samples, [], "originals are never public");
    assert!(style.avg_likes.abs() < f64::EPSILON);
    world
        .sql("UPDATE training_images SET thumbnail_bucket = 'media', thumbnail_key = 't-1.jpg' WHERE position = 1")
        .await;
    let style = world.store.find(STYLE).await.unwrap().unwrap();
    let [sample] = &style.samples[..] else {
        panic!("{:?}", style.samples)
    };
    assert_eq!(sample.image, ObjectAddress::new("media", "t-1.jpg"));
    assert_eq!(sample.tags, ["boat", "sea"]);
}

#[tokio::test]
async fn a_training_brief_lists_images_in_upload_order() {
    let world = World::new().await;
    add_images(&world).await;
    tag_style(&world, 1, &["ink"]).await;
    world
        .sql("UPDATE style_models SET training_status = 'pending', attempt = 2")
        .await;
    let brief = world.store.training_brief(STYLE).await.unwrap().unwrap();
    assert_eq!(
        (brief.artist, brief.status, &brief.tags[..]),
        (world.artist, TrainingStatus::Pending, &["ink".into()][..])
    );
    assert_eq!(
        (brief.attempt.number, brief.attempt.task_id, brief.attempt.taken),
        (2, task(1), false)
    );
    assert!(brief.attempt.waiting);
    let keys: Vec<&str> = brief.images.iter().map(|(image, _)| image.key.as_str()).collect();
    assert_eq!(keys.len(), 10);
    assert!(keys.is_sorted() && keys[0] == "train-x-0.png");
    assert_eq!(brief.images[1].1, ["boat", "sea"]);
    assert!(world.store.training_brief(StyleId(99)).await.unwrap().is_none());
}

#[tokio::test]
async fn an_upload_is_checked_against_the_artists_own_styles() {
    let world = World::new().await;
    world.insert_style(StyleId(2), "failed").await;
    let check = async |user, name| {
        let name = StyleName::parse(name).unwrap();
        world.store.upload_check(user, Some(name)).await.unwrap()
    };
    let taken = Some(UploadCheck {
        unfailed_styles: 1,
        name_taken: true,
    });
    assert_eq!(check(world.artist, "iNK 1").await, taken);
    assert_eq!(
        check(world.artist, "ink 2").await,
        taken,
        "also the name of a failed style"
    );
    assert_eq!(
        check(world.artist, "Oil").await,
        Some(UploadCheck {
            unfailed_styles: 1,
            name_taken: false
        })
    );
    assert_eq!(check(world.payer, "Oil").await, None);
    let unnamed = world.store.upload_check(world.artist, None).await.unwrap();
    assert_eq!(
        unnamed,
        Some(UploadCheck {
            unfailed_styles: 1,
            name_taken: false
        })
    );
}

#[tokio::test]
async fn silent_trainings_are_found_by_heartbeat_or_by_queue_time() {
    let world = World::new().await;
    for (id, status, taken, heartbeat) in [
        (2, "training", Some(5), 10),
        (3, "training", Some(5), 20),
        (4, "pending", None, 10),
        (5, "pending", None, 1),
        (6, "failed", Some(1), 1),
    ] {
        world.insert_style(StyleId(id), status).await;
        let taken = taken.map_or("NULL".to_owned(), |second| {
            format!("'{}'", at(second).to_rfc3339())
        });
        let heartbeat = at(heartbeat).to_rfc3339();
        world
            .sql(&format!(
                "UPDATE style_models SET taken_at = {taken}, last_heartbeat_at = '{heartbeat}' WHERE id = {id}"
            ))
            .await;
    }
    let silent = StyleQueries::silent(&world.store, at(15), at(5), 10)
        .await
        .unwrap();
    let found: Vec<_> = silent
        .iter()
        .map(|style| (style.id.0, style.sent_at, style.last_heartbeat_at))
        .collect();
    assert_eq!(found, [(2, at(5), at(10)), (5, at(1), at(1))]);
    assert_eq!(
        StyleQueries::silent(&world.store, at(15), at(5), 1)
            .await
            .unwrap()
            .len(),
        2,
        "the limit applies to each part"
    );
}

#[tokio::test]
async fn an_unknown_stored_value_is_corrupt() {
    let world = World::new().await;
    world
        .sql(
            "ALTER TABLE style_models DROP CONSTRAINT ck_style_models_license;
             UPDATE style_models SET license_type = 'borrowed'",
        )
        .await;
    let error = world.store.find(STYLE).await.unwrap_err();
    assert!(matches!(error, StorageError::Corrupt(_)), "{error}");
}

#[tokio::test]
async fn the_average_of_likes_covers_the_newest_thousand_public_images() {
    let world = World::new().await;
    // The five oldest have the most likes, and the two newest are hidden. Neither count.
    world
        .sql(&format!(
            "WITH generation AS (
               INSERT INTO generation_requests (id, user_id, style_id, artist_id, status, consumed_tokens, task_id,
                 prompt_tags, aspect_ratio, seed, result_key, last_heartbeat_at, created_at, updated_at, settled_at)
               SELECT n, {payer}, {STYLE}, {artist}, 'completed', 10, gen_random_uuid(), '{{cat}}', '1:1', 1, 'k', at, at,
                      at, at
                 FROM generate_series(1, 1007) n, LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 minute') t (at)
               RETURNING id, created_at
             ), image AS (
               INSERT INTO generated_images SELECT id, 'media', 'k', NULL, id <= 1005, created_at, created_at FROM generation
             )
             INSERT INTO community_posts (generation_id, user_id, style_id, like_count, visible, created_at)
             SELECT id, {payer}, {STYLE}, CASE WHEN id <= 5 OR id > 1005 THEN 1000 ELSE 1 + id % 2 END, id <= 1005, created_at
               FROM generation",
            payer = world.payer,
            artist = world.artist,
        ))
        .await;
    let likes = world.store.find(STYLE).await.unwrap().unwrap().avg_likes;
    assert!((likes - 1.5).abs() < f64::EPSILON, "{likes}");
}
