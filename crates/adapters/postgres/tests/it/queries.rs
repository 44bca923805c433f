//! Lists: visibility, pagination and number of statements. The query plans are tested in `plans` of the adapter.

mod paging;
mod round_trips;
mod visibility;

use domain::{
    GenerationId, UserId,
    page::{Page, PageRequest, PageSize, Position},
    styles::TagName,
};

use crate::support::{STYLE, World, at};

pub fn first_page(rows: i64) -> PageRequest {
    PageRequest {
        after: None,
        size: PageSize::new(rows).unwrap(),
    }
}

pub fn page_after(position: Position, rows: i64) -> PageRequest {
    PageRequest {
        after: Some(position),
        ..first_page(rows)
    }
}

pub fn tags(names: &[&str]) -> Vec<TagName> {
    names.iter().map(|name| TagName::parse(name).unwrap()).collect()
}

/// Reads all pages of two rows, and runs `between` after each.
pub async fn read_all_pages<T>(
    page: impl AsyncFn(PageRequest) -> Page<T>,
    between: impl AsyncFn(),
) -> Vec<T> {
    let mut rows = Vec::new();
    let mut request = first_page(2);
    loop {
        let page = page(request).await;
        rows.extend(page.rows);
        let Some(position) = page.next else {
            return rows;
        };
        assert!(rows.len() < 100, "the list does not end");
        request = page_after(position, 2);
        between().await;
    }
}

/// A completed generation with its image, created at `second`. A public one has a post of the same age.
pub async fn add_image(world: &World, id: i64, user: UserId, second: i64, public: bool) -> GenerationId {
    let time = at(second).to_rfc3339();
    world
        .sql(&format!(
            "INSERT INTO generation_requests (id, user_id, style_id, artist_id, status, consumed_tokens, task_id,
               prompt_tags, description, aspect_ratio, seed, result_key, last_heartbeat_at, created_at, updated_at, settled_at)
             VALUES ({id}, {user}, {STYLE}, {artist}, 'completed', 10, gen_random_uuid(), '{{cat,sea}}', 'Number {id}',
               '1:2', {id}, 'generations/{id}.png', '{time}', '{time}', '{time}', '{time}')",
            artist = world.artist
        ))
        .await;
    world
        .sql(&format!(
            "INSERT INTO generated_images (generation_id, bucket, object_key, is_public, created_at, updated_at)
             VALUES ({id}, 'media', 'generations/{id}.png', {public}, '{time}', '{time}')"
        ))
        .await;
    if public {
        world
            .sql(&format!(
                "INSERT INTO community_posts (generation_id, user_id, style_id, visible, created_at)
                 VALUES ({id}, {user}, {STYLE}, true, '{time}')"
            ))
            .await;
    }
    GenerationId(id)
}

/// A trained style of the artist, uploaded at `second`.
pub async fn add_style(world: &World, id: i64, second: i64) {
    world.insert_style(domain::StyleId(id), "completed").await;
    let time = at(second).to_rfc3339();
    world
        .sql(&format!(
            "UPDATE style_models SET created_at = '{time}' WHERE id = {id}"
        ))
        .await;
}

/// Adds tags to a style.
pub async fn tag_style(world: &World, style: i64, names: &[&str]) {
    for name in names {
        world
            .sql(&format!(
                "WITH inserted AS (INSERT INTO tags (name) VALUES ('{name}') ON CONFLICT DO NOTHING RETURNING id)
                 INSERT INTO style_tags (style_id, tag_id)
                 SELECT {style}, id FROM inserted UNION SELECT {style}, id FROM tags WHERE name = '{name}'"
            ))
            .await;
    }
}

/// Adds tags to a post.
pub async fn tag_post(world: &World, post: GenerationId, names: &[&str]) {
    for name in names {
        world
            .sql(&format!(
                "INSERT INTO tags (name) VALUES ('{name}') ON CONFLICT DO NOTHING"
            ))
            .await;
        world
            .sql(&format!(
                "UPDATE community_posts SET tag_ids = tag_ids || (SELECT id FROM tags WHERE name = '{name}')
                  WHERE generation_id = {post}"
            ))
            .await;
    }
}
