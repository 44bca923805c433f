//! Deletion of a `users` row: which rows are deleted with it and which are kept.

use crate::support::{USERS_AND_STYLE, published, refused, run, texts, with_schema};

const OWNED_ROWS: &str = "
    INSERT INTO user_identities VALUES ('google', 's1', 1, 'payer@example.com', true, now());
    INSERT INTO sessions (id_hash, user_id, created_at, expires_at)
      VALUES (sha256('1'), 1, now(), now()), (sha256('2'), 2, now(), now());
    INSERT INTO idempotency_keys VALUES (1, 'k', 'POST /generations', '', 201, '{}', now());
    INSERT INTO follows VALUES (1, 2, now());
    INSERT INTO notifications (user_id, actor_id, type, target_type, target_id, created_at)
      VALUES (2, 1, 'follow', 'user', 1, now()), (1, 3, 'like', 'generation', 7, now());
    INSERT INTO uploads
      VALUES (gen_random_uuid(), 1, 'train-', now()), (gen_random_uuid(), 2, 'train-', now());
    INSERT INTO purchases (order_id, user_id, package_code, amount_tokens, total_price, currency_code,
      status, expires_at, created_at, updated_at)
      VALUES ('order-1', 1, 'basic_100', 100, 10000, 'KRW', 'paid', now(), now(), now());
    INSERT INTO token_transactions (key, kind, amount, debit_account, credit_account, credit_user_id,
      order_id, created_at)
      VALUES ('purchase:order-1', 'purchase', 100, 'platform', 'available', 1, 'order-1', now());";

fn reactions(generation: i64, user: i64) -> String {
    format!(
        "INSERT INTO post_likes VALUES ({generation}, {user}, now());
         INSERT INTO comments (generation_id, user_id, content, created_at, updated_at)
           VALUES ({generation}, {user}, 'Lovely', now(), now());
         INSERT INTO comments (generation_id, user_id, parent_id, content, created_at, updated_at)
           SELECT generation_id, user_id, id, 'Indeed', now(), now() FROM comments
            WHERE generation_id = {generation} AND parent_id IS NULL;"
    )
}

/// Number of rows of user `$1` in every table that refers to users.
const COUNT_OWNED_ROWS: &str = "
    SELECT format('%s %s', name, count) FROM (
      SELECT 'users' AS name, count(*) FROM users WHERE id = $1
      UNION ALL SELECT 'user_identities', count(*) FROM user_identities WHERE user_id = $1
      UNION ALL SELECT 'user_profiles', count(*) FROM user_profiles WHERE user_id = $1
      UNION ALL SELECT 'wallets', count(*) FROM wallets WHERE user_id = $1
      UNION ALL SELECT 'artists', count(*) FROM artists WHERE user_id = $1
      UNION ALL SELECT 'style_models', count(*) FROM style_models WHERE artist_id = $1
      UNION ALL SELECT 'sessions', count(*) FROM sessions WHERE user_id = $1
      UNION ALL SELECT 'idempotency_keys', count(*) FROM idempotency_keys WHERE user_id = $1
      UNION ALL SELECT 'follows', count(*) FROM follows WHERE $1 IN (follower_id, artist_id)
      UNION ALL SELECT 'notifications', count(*) FROM notifications WHERE $1 IN (user_id, actor_id)
      UNION ALL SELECT 'generation_requests', count(*) FROM generation_requests WHERE user_id = $1
      UNION ALL SELECT 'community_posts', count(*) FROM community_posts WHERE user_id = $1
      UNION ALL SELECT 'post_likes', count(*) FROM post_likes WHERE user_id = $1
      UNION ALL SELECT 'comments', count(*) FROM comments WHERE user_id = $1
      UNION ALL SELECT 'purchases', count(*) FROM purchases WHERE user_id = $1
      UNION ALL SELECT 'uploads', count(*) FROM uploads WHERE owner_id = $1
    ) AS rows WHERE count > 0";

async fn owned(db: &sea_orm::DatabaseConnection, user: i64) -> Vec<String> {
    texts(db, &COUNT_OWNED_ROWS.replace("$1", &user.to_string())).await
}

#[tokio::test]
async fn a_user_is_deleted_with_owned_rows_but_orders_and_ledger_are_kept() {
    with_schema(|db| async move {
        run(&db, USERS_AND_STYLE).await;
        run(&db, &published(7, 1)).await;
        run(&db, &published(8, 3)).await;
        run(&db, OWNED_ROWS).await;
        run(&db, &reactions(7, 3)).await;
        run(&db, &reactions(8, 1)).await;
        assert!(owned(&db, 1).await.len() > 10);

        run(&db, "DELETE FROM users WHERE id = 1").await;

        assert_eq!(owned(&db, 1).await, Vec::<String>::new());
        assert_eq!(
            texts(&db, "SELECT key FROM token_transactions").await,
            ["purchase:order-1"]
        );
        assert_eq!(
            texts(&db, "SELECT order_id FROM purchases WHERE user_id IS NULL").await,
            ["order-1"]
        );
        assert_eq!(
            texts(&db, "SELECT prefix FROM uploads WHERE owner_id IS NULL").await,
            ["train-"]
        );
        assert_eq!(
            texts(&db, "SELECT generation_id::text FROM community_posts").await,
            ["8"]
        );
    })
    .await;
}

#[tokio::test]
async fn an_artist_whose_style_others_have_used_cannot_be_deleted() {
    with_schema(|db| async move {
        run(&db, USERS_AND_STYLE).await;
        run(&db, &published(7, 1)).await;
        refused(
            &db,
            "DELETE FROM users WHERE id = 2",
            "fk_generation_requests_style",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn an_artist_is_deleted_with_styles_that_nobody_else_has_used() {
    with_schema(|db| async move {
        run(&db, USERS_AND_STYLE).await;
        run(&db, &published(7, 2)).await;
        run(&db, &reactions(7, 3)).await;
        run(&db, OWNED_ROWS).await;
        run(
            &db,
            "INSERT INTO tags (name) VALUES ('cat');
             INSERT INTO style_tags SELECT 1, id FROM tags;
             INSERT INTO training_datasets VALUES (1, gen_random_uuid(), 10, 1000, now());
             INSERT INTO training_images (style_id, position, bucket, key, width, height, size_bytes,
               content_type) VALUES (1, 0, 'private', 'train-0.png', 512, 512, 100, 'image/png');
             INSERT INTO training_image_tags SELECT i.id, t.id FROM training_images i, tags t;",
        )
        .await;

        run(&db, "DELETE FROM users WHERE id = 2").await;

        assert_eq!(owned(&db, 2).await, Vec::<String>::new());
        let remaining = "SELECT style_id::text FROM training_datasets UNION ALL SELECT content FROM comments";
        assert_eq!(texts(&db, remaining).await, Vec::<String>::new());
    })
    .await;
}
