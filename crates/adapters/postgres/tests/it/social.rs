//! Reads of comments.

use domain::social::CommunityQueries;

use crate::queries::{add_image, first_page};
use crate::support::World;

#[tokio::test]
async fn a_comment_that_a_newer_rule_refuses_is_still_returned() {
    let world = World::new().await;
    let image = add_image(&world, 1, world.payer, 1, true).await;
    world
        .sql(&format!(
            "INSERT INTO comments (generation_id, user_id, content, created_at, updated_at)
             VALUES (1, {}, U&'\\200B', now(), now())",
            world.payer
        ))
        .await;
    let page = world.store.comments(image, None, first_page(5)).await.unwrap();
    assert_eq!(page.rows[0].comment.content.as_str(), "\u{200B}");
}
