//! Writes of styles and uploads.

use domain::{
    ObjectAddress, StyleId, UserId,
    operations::Retention,
    styles::{
        GenerationPrice, LicenseKind, NewStyle, NewUpload, StyleDescription, StyleDraft, StyleName, TagName,
        TrainingDataset, TrainingImage, TrainingStatus,
    },
};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::support::{World, at, new_task, task};

fn tag(name: &str) -> TagName {
    TagName::parse(name).unwrap()
}

fn new_style(artist: UserId, name: &str, tags: &[&str]) -> NewStyle {
    let task_id = new_task();
    NewStyle {
        artist,
        draft: StyleDraft {
            name: StyleName::parse(name).unwrap(),
            description: StyleDescription::parse("Soft water").unwrap(),
            price: GenerationPrice::new(12).unwrap(),
            license: LicenseKind::Commercial,
        },
        thumbnail: ObjectAddress::new("media", "thumbnails/a.jpg"),
        tags: tags.iter().map(|name| tag(name)).collect(),
        dataset: TrainingDataset {
            upload_id: task_id.0,
            images: (0..10).map(new_image).collect(),
        },
        task_id,
        now: at(0),
    }
}

fn new_image(index: u32) -> TrainingImage {
    TrainingImage {
        object: ObjectAddress::new("private", format!("train-{index}.jpg")),
        sample: (index % 5 == 1).then(|| ObjectAddress::new("media", format!("thumbnails/{index}.jpg"))),
        content_type: "image/jpeg",
        width: 512 + index,
        height: 600,
        bytes: 1000 + u64::from(index),
        tags: if index < 2 {
            vec![tag("sea"), tag(&format!("t{index}")), tag("sea")]
        } else {
            Vec::new()
        },
    }
}

async fn begin_upload(world: &World, id: Uuid, owner: UserId) {
    let mut unit = world.unit().await;
    let upload = NewUpload {
        id,
        owner,
        prefix: format!("train-{id}-"),
        now: at(0),
    };
    unit.uploads().begin(upload).await.unwrap();
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn a_style_is_stored_with_dataset_images_and_tags() {
    let world = World::new().await;
    let mut unit = world.unit().await;
    let id = unit
        .styles()
        .insert(new_style(world.artist, "Water", &["sea", "soft", "t0", "t1"]))
        .await
        .unwrap()
        .unwrap();
    unit.commit().await.unwrap();

    let row = format!(
        "style_models WHERE id = {id} AND artist_id = {} AND name = 'Water' AND generation_cost_tokens = 12
           AND license_type = 'commercial' AND training_status = 'pending' AND attempt = 1 AND artwork_count = 10
           AND thumbnail_key = 'thumbnails/a.jpg' AND taken_at IS NULL AND last_heartbeat_at = '{}'",
        world.artist,
        at(0).to_rfc3339()
    );
    assert_eq!(world.count(&row).await, 1);
    let dataset =
        format!("training_datasets WHERE style_id = {id} AND image_count = 10 AND total_bytes = 10045");
    assert_eq!(world.count(&dataset).await, 1);
    let images: String = world
        .value("SELECT string_agg(format('%s:%s:%s:%s', position, key, width, size_bytes), ' ' ORDER BY position)
                  FROM training_images WHERE position < 2")
        .await;
    assert_eq!(images, "0:train-0.jpg:512:1000 1:train-1.jpg:513:1001");
    let samples: String = world
        .value("SELECT string_agg(format('%s:%s/%s', position, thumbnail_bucket, thumbnail_key), ' ' ORDER BY position)
                  FROM training_images WHERE thumbnail_key IS NOT NULL")
        .await;
    assert_eq!(samples, "1:media/thumbnails/1.jpg 6:media/thumbnails/6.jpg");
    let tags: String = world
        .value(
            "SELECT string_agg(t.name, ' ' ORDER BY t.name) FROM style_tags s JOIN tags t ON t.id = s.tag_id",
        )
        .await;
    assert_eq!(tags, "sea soft t0 t1");
    let image_tags: String = world
        .value("SELECT string_agg(i.position || t.name, ' ' ORDER BY i.position, t.name)
                  FROM training_image_tags x JOIN training_images i ON i.id = x.image_id JOIN tags t ON t.id = x.tag_id")
        .await;
    assert_eq!(image_tags, "0sea 0t0 1sea 1t1");
}

#[tokio::test]
async fn a_style_name_is_unique_per_artist_case_insensitively() {
    let world = World::new().await;
    let mut unit = world.unit().await;
    assert!(
        unit.styles()
            .insert(new_style(world.artist, "Water", &[]))
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        unit.styles()
            .insert(new_style(world.artist, "wATER", &["sea"]))
            .await
            .unwrap()
            .is_none()
    );
    unit.commit().await.unwrap();
    assert_eq!(world.count("style_models").await, 2);
    assert_eq!(world.count("training_datasets").await, 1);
}

#[tokio::test]
async fn concurrent_uploads_cannot_exceed_the_limit() {
    let world = World::new().await;
    let try_upload = |name: &'static str| {
        let world = &world;
        async move {
            let mut unit = world.unit().await;
            let locked = unit.styles().lock_artist(world.artist).await.unwrap().unwrap();
            if locked >= 2 {
                return false;
            }
            unit.styles()
                .insert(new_style(world.artist, name, &["b", "a"]))
                .await
                .unwrap()
                .unwrap();
            unit.commit().await.unwrap();
            true
        }
    };
    let stored = join_all(["One", "Two", "Three", "Four"].map(try_upload)).await;
    assert_eq!(stored.into_iter().filter(|stored| *stored).count(), 1);
    world
        .sql("UPDATE style_models SET training_status = 'failed' WHERE id > 1")
        .await;
    let mut unit = world.unit().await;
    assert_eq!(unit.styles().lock_artist(world.artist).await.unwrap(), Some(1));
    assert_eq!(unit.styles().lock_artist(world.payer).await.unwrap(), None);
}

#[tokio::test]
async fn concurrent_inserts_of_the_same_tags_do_not_deadlock() {
    let world = World::new().await;
    let names: Vec<String> = (0..30).map(|n| format!("tag-{n}")).collect();
    let store_style = |n: usize| {
        let (world, names) = (&world, &names);
        async move {
            let mut tags: Vec<&str> = names.iter().map(String::as_str).collect();
            tags.rotate_left(n * 7 % 30);
            if n.is_multiple_of(2) {
                tags.reverse();
            }
            let mut unit = world.unit().await;
            unit.styles()
                .insert(new_style(world.artist, &format!("Style {n}"), &tags))
                .await
                .unwrap()
                .unwrap();
            unit.commit().await.unwrap();
        }
    };
    join_all((0..10).map(store_style)).await;
    assert_eq!(world.count("tags WHERE name LIKE 'tag-%'").await, 30);
    assert_eq!(world.count("style_tags").await, 300);
}

#[tokio::test]
async fn a_failed_training_restarts_as_its_first_attempt() {
    let world = World::new().await;
    let id = StyleId(2);
    world.insert_style(id, "failed").await;
    world
        .sql(
            "UPDATE style_models SET attempt = 3, taken_at = now(), progress = '{}', error_code = 'X',
                error_message = 'Y' WHERE id = 2",
        )
        .await;
    let mut unit = world.unit().await;
    let locked = unit.styles().lock(id).await.unwrap().unwrap();
    assert_eq!(
        (locked.artist_id, locked.status),
        (world.artist, TrainingStatus::Failed)
    );
    unit.styles().restart_training(id, task(9), at(70)).await.unwrap();
    unit.commit().await.unwrap();
    let row = format!(
        "style_models WHERE id = 2 AND training_status = 'pending' AND attempt = 1 AND task_id = '{}'
           AND taken_at IS NULL AND progress IS NULL AND error_code IS NULL AND error_message IS NULL
           AND last_heartbeat_at = '{}' AND version = 2",
        task(9),
        at(70).to_rfc3339()
    );
    assert_eq!(world.count(&row).await, 1);
    assert!(
        world
            .unit()
            .await
            .styles()
            .lock(StyleId(404))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn an_upload_is_finished_once() {
    let world = World::new().await;
    let id = Uuid::from_u128(5);
    begin_upload(&world, id, world.artist).await;
    let mut unit = world.unit().await;
    assert!(unit.uploads().finish(id).await.unwrap());
    assert!(!unit.uploads().finish(id).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(world.count("uploads").await, 0);
}

#[tokio::test]
async fn a_claimed_upload_cannot_be_finished() {
    let world = World::new().await;
    let id = Uuid::from_u128(5);
    begin_upload(&world, id, world.artist).await;
    assert_eq!(world.store.claim_stale_uploads(at(1), 10).await.unwrap().len(), 1);
    assert!(!world.unit().await.uploads().finish(id).await.unwrap());
    // It is claimed again until it is deleted.
    assert_eq!(world.store.claim_stale_uploads(at(1), 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_upload_that_is_being_finished_is_not_claimed() {
    let world = World::new().await;
    let id = Uuid::from_u128(5);
    begin_upload(&world, id, world.artist).await;
    let mut unit = world.unit().await;
    assert!(unit.uploads().finish(id).await.unwrap());
    assert!(
        world
            .store
            .claim_stale_uploads(at(1), 10)
            .await
            .unwrap()
            .is_empty()
    );
    unit.commit().await.unwrap();
}
