//! The read side: what is shown, to whom, in which order and in how many statements. How PostgreSQL reads it is tested
//! beside the statements.

mod paging;
mod round_trips;
mod visibility;

use domain::{
    GenerationId, UserId,
    page::{Page, PageRequest, PageSize, Position},
    styles::TagName,
};

use crate::support::{STYLE, World, at};

/// A first page of so many rows.
pub fn first(rows: i64) -> PageRequest {
    PageRequest {
        after: None,
        size: PageSize::new(rows).unwrap(),
    }
}

/// The page of so many rows after a place.
pub fn after(place: Position, rows: i64) -> PageRequest {
    PageRequest {
        after: Some(place),
        ..first(rows)
    }
}

pub fn tags(names: &[&str]) -> Vec<TagName> {
    names.iter().map(|name| TagName::parse(name).unwrap()).collect()
}

/// Reads a list to its end, two rows at a time, doing `between` after each page.
pub async fn walk<T>(page: impl AsyncFn(PageRequest) -> Page<T>, between: impl AsyncFn()) -> Vec<T> {
    let mut rows = Vec::new();
    let mut request = first(2);
    loop {
        let page = page(request).await;
        rows.extend(page.rows);
        let Some(place) = page.next else {
            return rows;
        };
        assert!(rows.len() < 100, "the list has no end");
        request = after(place, 2);
        between().await;
    }
}

/// A finished request with its image, asked for at `second`; with a post, as old as the request, when public.
pub async fn finished(world: &World, id: i64, user: UserId, second: i64, public: bool) -> GenerationId {
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

/// A style of the artist, ready to use, uploaded at `second`.
pub async fn style(world: &World, id: i64, second: i64) {
    world.insert_style(domain::StyleId(id), "completed").await;
    let time = at(second).to_rfc3339();
    world
        .sql(&format!(
            "UPDATE style_models SET created_at = '{time}' WHERE id = {id}"
        ))
        .await;
}

/// Gives a style these tags, made as needed.
pub async fn tag_style(world: &World, style: i64, names: &[&str]) {
    for name in names {
        world
            .sql(&format!(
                "WITH made AS (INSERT INTO tags (name) VALUES ('{name}') ON CONFLICT DO NOTHING RETURNING id)
                 INSERT INTO style_tags (style_id, tag_id)
                 SELECT {style}, id FROM made UNION SELECT {style}, id FROM tags WHERE name = '{name}'"
            ))
            .await;
    }
}

/// Gives a post these tags, made as needed.
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
