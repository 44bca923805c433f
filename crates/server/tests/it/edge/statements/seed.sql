-- Rows {from} to {to} of every list that {reader} can read: users, styles, and the reader's generations, orders, likes,
-- comments and notifications. Each row refers to different users, styles and images.
CREATE TEMPORARY TABLE rows ON COMMIT DROP AS SELECT n, timestamptz '2026-01-01' + n * interval '1 minute' AS at
  FROM generate_series({from}, {to}) n;
INSERT INTO users (id, username, created_at) SELECT 1000 + n, 'counted' || n, at FROM rows;
INSERT INTO user_profiles (user_id, bio) SELECT 1000 + n, 'counted' FROM rows;
INSERT INTO wallets SELECT 1000 + n, 100 FROM rows;
INSERT INTO artists (user_id, artist_name, verified_email)
  SELECT 1000 + n, 'Counted artist ' || n, 'artist@example.com' FROM rows;
INSERT INTO follows SELECT {reader}, 1000 + n, at FROM rows;
INSERT INTO tags (id, name) OVERRIDING SYSTEM VALUE SELECT 1000 + n, 'counted' || n FROM rows;
INSERT INTO tags (id, name) OVERRIDING SYSTEM VALUE VALUES (1000, 'counted') ON CONFLICT DO NOTHING;
INSERT INTO style_models (id, artist_id, name, description, generation_cost_tokens, training_status, model_bucket,
    model_key, thumbnail_bucket, thumbnail_key, artwork_count, task_id, last_heartbeat_at, created_at)
  SELECT 1000 + n, {reader}, 'Counted ' || n, 'counted', 10, 'completed', '{public}', 'k', '{public}', 'k', 10, gen_random_uuid(),
    at, at FROM rows
  UNION ALL
  SELECT 5000 + n, 1000 + n, 'Counted ' || n, 'counted', 10, 'completed', '{public}', 'k', '{public}', 'k', 10, gen_random_uuid(),
    at, at FROM rows;
INSERT INTO style_tags SELECT 1000 + n, t FROM rows, LATERAL (VALUES (1000), (1000 + n)) tags (t);
INSERT INTO training_datasets SELECT 1000 + n, gen_random_uuid(), 10, 1000, at FROM rows;
INSERT INTO training_images (style_id, position, bucket, key, thumbnail_bucket, thumbnail_key, width, height,
    size_bytes, content_type)
  SELECT 1000 + n, p, '{public}', 'k', '{public}', 't', 512, 512, 1, 'image/png' FROM rows, generate_series(0, 9) p;
INSERT INTO generation_requests (id, user_id, style_id, artist_id, status, consumed_tokens, task_id, prompt_tags,
    aspect_ratio, seed, result_key, last_heartbeat_at, created_at, updated_at, settled_at)
  SELECT 1000 + n, {reader}, 5000 + n, 1000 + n, 'completed', 10, gen_random_uuid(), '{cat,sea}', '1:1', 1, 'k', at, at,
    at, at FROM rows;
INSERT INTO generated_images SELECT 1000 + n, '{public}', 'k', NULL, true, at, at FROM rows;
INSERT INTO community_posts (generation_id, user_id, style_id, tag_ids, like_count, comment_count, visible, created_at)
  SELECT 1000 + n, {reader}, 5000 + n, ARRAY[1000, 1000 + n], n, 2, true, at FROM rows;
-- Images of other users in one style.
INSERT INTO generation_requests (id, user_id, style_id, artist_id, status, consumed_tokens, task_id, prompt_tags,
    aspect_ratio, seed, result_key, last_heartbeat_at, created_at, updated_at, settled_at)
  SELECT 3000 + n, 1000 + n, 5001, 1001, 'completed', 10, gen_random_uuid(), '{cat,sea}', '1:1', 1, 'k', at, at,
    at, at FROM rows;
INSERT INTO generated_images SELECT 3000 + n, '{public}', 'k', NULL, true, at, at FROM rows;
INSERT INTO community_posts (generation_id, user_id, style_id, tag_ids, like_count, comment_count, visible, created_at)
  SELECT 3000 + n, 1000 + n, 5001, ARRAY[1000], n, 0, true, at FROM rows;
INSERT INTO post_likes SELECT 1000 + n, {reader}, at FROM rows;
INSERT INTO comments (id, generation_id, user_id, content, reply_count, created_at, updated_at)
  OVERRIDING SYSTEM VALUE SELECT 1000 + n, 1001, 1000 + n, 'counted', 2, at, at FROM rows;
INSERT INTO comments (generation_id, user_id, parent_id, content, created_at, updated_at)
  SELECT 1001, u, 1000 + n, 'counted', at, at FROM rows, LATERAL (VALUES ({reader}), (1000 + n)) people (u);
-- Replies to one of them.
INSERT INTO comments (generation_id, user_id, parent_id, content, created_at, updated_at)
  SELECT 1001, 1000 + n, 1001, 'counted', at, at FROM rows;
INSERT INTO notifications (user_id, actor_id, type, target_type, target_id, metadata, created_at)
  SELECT {reader}, CASE WHEN n % 4 < 3 THEN 1000 + n END,
    (ARRAY['follow', 'like', 'comment', 'generation_complete'])[1 + n % 4],
    (ARRAY['user', 'generation', 'comment', 'generation'])[1 + n % 4], 1000 + n, '{}', at FROM rows;
INSERT INTO purchases (order_id, user_id, package_code, amount_tokens, total_price, currency_code, status, expires_at,
    created_at, updated_at)
  SELECT 'counted-' || n, {reader}, 'basic_100', 100, 10000, 'KRW', 'paid', at, at, at FROM rows;
INSERT INTO purchases (order_id, user_id, package_code, amount_tokens, total_price, currency_code, status, owed_tokens,
    expires_at, created_at, updated_at)
  SELECT 'owed-' || n, 1000 + n, 'basic_100', 100, 10000, 'KRW', 'canceled', 100, at, at, at FROM rows;
INSERT INTO token_transactions (key, kind, amount, debit_account, credit_account, credit_user_id, order_id, created_at)
  SELECT 'purchase:counted-' || n, 'purchase', 100, 'platform', 'available', {reader}, 'counted-' || n, at FROM rows;
INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, credit_user_id,
    payee_id, generation_id, style_id, created_at)
  SELECT 'hold:' || 1000 + n, 'hold', 10, 'available', {reader}, 'held', {reader}, 1000 + n, 1000 + n, 5000 + n, at
    FROM rows;
INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, credit_user_id,
    generation_id, style_id, created_at)
  SELECT 'settle:' || 1000 + n, 'capture', 10, 'held', {reader}, 'earned', 1000 + n, 1000 + n, 5000 + n, at FROM rows;
