//! Changes of images by their owners, and their posts.

use domain::{
    GenerationId,
    generations::{Caption, GenerationStatus as S, ImageUpdate},
};

use crate::support::{World, at};

async fn update_image(world: &World, id: GenerationId, change: ImageUpdate, second: i64) {
    let mut unit = world.unit().await;
    unit.generations()
        .update_image(id, change, at(second))
        .await
        .unwrap();
    unit.commit().await.unwrap();
}

fn public(is_public: bool) -> ImageUpdate {
    ImageUpdate {
        is_public: Some(is_public),
        caption: None,
    }
}

fn caption(text: Option<&str>) -> ImageUpdate {
    ImageUpdate {
        is_public: None,
        caption: Some(text.map(|text| Caption::parse(text).unwrap())),
    }
}

#[tokio::test]
async fn a_published_image_has_a_post_with_the_tags_of_its_prompt() {
    let world = World::new().await;
    let id = world.in_state(7, S::Completed).await;
    update_image(&world, id, public(true), 50).await;
    let post = format!(
        "community_posts p WHERE generation_id = 7 AND user_id = {} AND style_id = 1 AND visible
           AND created_at = '{}' AND tag_ids = (SELECT array_agg(id ORDER BY name) FROM tags
             WHERE name IN ('cat', 'sea')) AND cardinality(tag_ids) = 2",
        world.payer,
        at(50).to_rfc3339()
    );
    assert_eq!(world.count(&post).await, 1);
    assert_eq!(world.count("generated_images WHERE is_public").await, 1);
    // 1 by the hold, 2 by the capture, 3 by the change.
    assert_eq!(world.count("generation_requests WHERE version = 3").await, 1);
}

#[tokio::test]
async fn a_republished_post_keeps_its_age_likes_and_comments() {
    let world = World::new().await;
    let id = world.in_state(7, S::Completed).await;
    update_image(&world, id, public(true), 50).await;
    world
        .sql("UPDATE community_posts SET like_count = 4, comment_count = 2")
        .await;
    update_image(&world, id, public(false), 60).await;
    assert_eq!(
        world
            .count("community_posts WHERE NOT visible AND like_count = 4")
            .await,
        1
    );
    assert_eq!(world.count("generated_images WHERE NOT is_public").await, 1);
    update_image(&world, id, public(true), 70).await;
    let kept = format!(
        "community_posts WHERE visible AND like_count = 4 AND comment_count = 2 AND created_at = '{}'",
        at(50).to_rfc3339()
    );
    assert_eq!(world.count(&kept).await, 1);
}

#[tokio::test]
async fn a_private_image_gets_no_post() {
    let world = World::new().await;
    let id = world.in_state(7, S::Completed).await;
    update_image(&world, id, public(false), 50).await;
    assert_eq!(world.count("community_posts").await, 0);
}

#[tokio::test]
async fn a_caption_is_set_kept_and_removed() {
    let world = World::new().await;
    let id = world.in_state(7, S::Completed).await;
    update_image(&world, id, caption(Some("바다")), 50).await;
    update_image(&world, id, public(true), 51).await;
    assert_eq!(
        world
            .count("generation_requests WHERE description = '바다'")
            .await,
        1
    );
    update_image(&world, id, caption(None), 52).await;
    assert_eq!(
        world.count("generation_requests WHERE description IS NULL").await,
        1
    );
    assert_eq!(world.count("generated_images WHERE is_public").await, 1);
}

#[tokio::test]
async fn a_generation_without_an_image_cannot_be_changed() {
    let world = World::new().await;
    let id = world.queued(7).await;
    let mut unit = world.unit().await;
    assert!(
        unit.generations()
            .update_image(id, public(true), at(50))
            .await
            .is_err()
    );
    drop(unit);
    assert_eq!(world.count("community_posts").await, 0);
}

#[tokio::test]
async fn a_lock_tells_owner_state_and_visibility() {
    let world = World::new().await;
    let (open, done) = (world.queued(7).await, world.in_state(8, S::Completed).await);
    update_image(&world, done, public(true), 50).await;
    let mut unit = world.unit().await;
    let (generation, image) = unit.generations().lock(open).await.unwrap().unwrap();
    assert_eq!(
        (generation.user_id, generation.status, image),
        (world.payer, S::Queued, None)
    );
    let (generation, image) = unit.generations().lock(done).await.unwrap().unwrap();
    assert_eq!(
        (generation.status, image.unwrap().is_public),
        (S::Completed, true)
    );
    assert!(
        unit.generations()
            .lock(GenerationId(404))
            .await
            .unwrap()
            .is_none()
    );
}
