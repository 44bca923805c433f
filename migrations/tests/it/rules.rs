//! Constraints of the schema.

use crate::support::{USERS_AND_STYLE, published, refused, run, with_schema};

const WELCOME: &str = "INSERT INTO token_transactions
  (key, kind, amount, debit_account, credit_account, credit_user_id, created_at)
  VALUES ('welcome:1', 'welcome', 100, 'platform', 'available', 1, now())";

fn hold(key: &str, amount: i64) -> String {
    format!(
        "INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account,
           credit_user_id, payee_id, generation_id, style_id, created_at)
         VALUES ('{key}', 'hold', {amount}, 'available', 1, 'held', 1, 2, 7, 1, now())"
    )
}

fn settlement(kind: &str, from: &str, to: &str, credited: i64) -> String {
    format!(
        "INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account,
           credit_user_id, generation_id, style_id, created_at)
         VALUES ('settle:7', '{kind}', 10, '{from}', 1, '{to}', {credited}, 7, 1, now())"
    )
}

#[tokio::test]
async fn p5_ledger_rows_cannot_be_updated_deleted_or_truncated() {
    with_schema(|db| async move {
        run(&db, WELCOME).await;
        let reason = "token_transactions is append-only";
        refused(&db, "UPDATE token_transactions SET amount = 1", reason).await;
        refused(&db, "DELETE FROM token_transactions", reason).await;
        refused(&db, "TRUNCATE token_transactions", reason).await;
        refused(&db, "TRUNCATE purchases CASCADE", reason).await;
    })
    .await;
}

#[tokio::test]
async fn p3_a_generation_has_one_hold_and_one_settlement() {
    with_schema(|db| async move {
        run(&db, &hold("hold:7", 10)).await;
        refused(&db, &hold("hold:7", 10), "uk_token_transactions_key").await;
        refused(&db, &hold("hold:7:again", 10), "ck_token_transactions_key").await;
        run(&db, &settlement("capture", "held", "earned", 2)).await;
        refused(
            &db,
            &settlement("release", "held", "available", 1),
            "uk_token_transactions_key",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_ledger_row_has_the_accounts_and_key_of_its_kind() {
    with_schema(|db| async move {
        run(&db, WELCOME).await;
        refused(&db, WELCOME, "uk_token_transactions_key").await;
        refused(&db, &hold("hold:7", 0), "ck_token_transactions_amount").await;
        refused(
            &db,
            &settlement("capture", "available", "earned", 2),
            "ck_token_transactions_accounts",
        )
        .await;
        refused(
            &db,
            &settlement("release", "held", "available", 2),
            "ck_token_transactions_accounts",
        )
        .await;
        let without_owner = WELCOME.replace("'platform'", "'available'");
        refused(&db, &without_owner, "ck_token_transactions_").await;
        let without_order = WELCOME.replace("welcome", "purchase");
        refused(&db, &without_order, "ck_token_transactions_order").await;
    })
    .await;
}

#[tokio::test]
async fn p2_no_balance_goes_below_zero() {
    with_schema(|db| async move {
        run(&db, USERS_AND_STYLE).await;
        refused(
            &db,
            "UPDATE wallets SET available = -1 WHERE user_id = 1",
            "ck_wallets_available",
        )
        .await;
        refused(
            &db,
            "UPDATE artists SET earned_token_balance = -1",
            "ck_artists_earned",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_generation_is_settled_exactly_in_its_final_states() {
    with_schema(|db| async move {
        run(&db, USERS_AND_STYLE).await;
        run(&db, &published(7, 1)).await;
        let reason = "ck_generation_requests_settled";
        refused(&db, "UPDATE generation_requests SET status = 'queued'", reason).await;
        refused(&db, "UPDATE generation_requests SET settled_at = NULL", reason).await;
        refused(
            &db,
            "UPDATE generation_requests SET seed = 2147483648",
            "ck_generation_requests_seed",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn style_names_are_unique_per_artist_ignoring_case() {
    with_schema(|db| async move {
        run(&db, USERS_AND_STYLE).await;
        let duplicate = "INSERT INTO style_models (id, artist_id, name, description, generation_cost_tokens,
            artwork_count, task_id, last_heartbeat_at) SELECT 5, 2, 'INK', 'd', 1, 10, gen_random_uuid(), now()";
        refused(&db, duplicate, "uk_style_models_artist_name").await;
        run(&db, &duplicate.replace("INK", "Chalk")).await;
    })
    .await;
}

#[tokio::test]
async fn tags_are_lower_case_ascii() {
    with_schema(|db| async move {
        run(&db, "INSERT INTO tags (name) VALUES ('it''s a-blue_cat 2')").await;
        for name in ["Cat", "고양이", "", "a\nb"] {
            refused(
                &db,
                &format!("INSERT INTO tags (name) VALUES (E'{name}')"),
                "ck_tags_name",
            )
            .await;
        }
    })
    .await;
}

#[tokio::test]
async fn replies_are_one_level_deep_and_under_the_same_post() {
    with_schema(|db| async move {
        run(&db, USERS_AND_STYLE).await;
        run(&db, &published(7, 1)).await;
        run(&db, &published(8, 1)).await;
        let comment = |post: i64, parent: &str| {
            format!(
                "INSERT INTO comments (generation_id, user_id, parent_id, content, created_at, updated_at)
                 VALUES ({post}, 3, {parent}, 'Lovely', now(), now())"
            )
        };
        run(&db, &comment(7, "NULL")).await;
        run(&db, &comment(7, "(SELECT min(id) FROM comments)")).await;
        refused(
            &db,
            &comment(7, "(SELECT max(id) FROM comments)"),
            "fk_comments_parent",
        )
        .await;
        refused(
            &db,
            &comment(8, "(SELECT min(id) FROM comments)"),
            "fk_comments_parent",
        )
        .await;
        run(&db, "DELETE FROM comments WHERE parent_id IS NULL").await;
        refused(
            &db,
            "DO $$ BEGIN ASSERT (SELECT count(*) FROM comments) > 0, 'none left'; END $$",
            "none left",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn likes_and_follows_notify_once_and_comments_each_time() {
    with_schema(|db| async move {
        run(&db, USERS_AND_STYLE).await;
        let notification = |kind: &str, target: &str| {
            format!(
                "INSERT INTO notifications (user_id, actor_id, type, target_type, target_id, created_at)
                 VALUES (1, 3, '{kind}', '{target}', 7, now())"
            )
        };
        run(&db, &notification("like", "generation")).await;
        refused(&db, &notification("like", "generation"), "uk_notifications_once").await;
        run(&db, &notification("comment", "comment")).await;
        run(&db, &notification("comment", "comment")).await;
        refused(&db, &notification("greeting", "user"), "ck_notifications_type").await;
    })
    .await;
}

#[tokio::test]
async fn only_other_artists_can_be_followed() {
    with_schema(|db| async move {
        run(&db, USERS_AND_STYLE).await;
        let follow = |user: i64, artist: i64| format!("INSERT INTO follows VALUES ({user}, {artist}, now())");
        run(&db, &follow(1, 2)).await;
        refused(&db, &follow(1, 2), "pk_follows").await;
        refused(&db, &follow(2, 2), "ck_follows_other").await;
        refused(&db, &follow(1, 3), "fk_follows_artist").await;
    })
    .await;
}
