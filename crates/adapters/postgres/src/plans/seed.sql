-- Rows for the plan tests: 5,000 artists, 1,000 of them with styles, and 50,000 users and rows of most other tables. User
-- 77 owns a tenth of the rows, and style 7 is used by a tenth. Tag 1 is on all rows, tag 2 on every second, tag 3 on every
-- 500th. Names are English and Korean. "Quiet" is in the name of many styles, none of them used much. Image 7 has 20,000
-- comments, and the first one has 10,000 replies. User 77 follows 900 artists and has 20,000 notifications.
INSERT INTO users (id, username, is_active) SELECT n, 'user' || n, n % 50 <> 0 FROM generate_series(1, 50000) n;
INSERT INTO user_profiles (user_id) SELECT id FROM users;
INSERT INTO wallets SELECT id, 100 FROM users;
INSERT INTO artists (user_id, artist_name, verified_email)
  SELECT n, 'Artist ' || n, 'artist@example.com' FROM generate_series(1, 5000) n;
UPDATE artists SET artist_name = '작가 ' || user_id, follower_count = user_id % 7 WHERE user_id % 10 = 0;
INSERT INTO tags (id, name) OVERRIDING SYSTEM VALUE SELECT n, 'tag' || n FROM generate_series(1, 1000) n;
INSERT INTO style_models (id, artist_id, name, description, generation_cost_tokens, training_status, usage_count,
    model_bucket, model_key, artwork_count, task_id, last_heartbeat_at, created_at)
  SELECT n, CASE WHEN n % 10 = 0 THEN 77 ELSE 1 + n % 1000 END,
    CASE WHEN n % 1000 < 300 THEN 'Quiet ' WHEN n % 200 = 150 THEN '바다 ' ELSE 'Style ' END || n, repeat('d', 200), 10,
    CASE WHEN n % 20 = 0 THEN 'training' ELSE 'completed' END, n % 1000, 'b', 'k', 10, gen_random_uuid(),
    timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-01-01' + n / 3 * interval '3 minutes'
    FROM generate_series(1, 50000) n;
INSERT INTO style_tags SELECT n, t FROM generate_series(1, 50000) n, generate_series(1, 3) t
  WHERE t = 1 OR t = 2 AND n % 2 = 0 OR t = 3 AND n % 500 = 0;
INSERT INTO generation_requests (id, user_id, style_id, artist_id, status, consumed_tokens, task_id, prompt_tags,
    aspect_ratio, seed, result_key, last_heartbeat_at, created_at, updated_at, settled_at)
  SELECT n, CASE WHEN n % 10 = 0 THEN 77 ELSE 1 + n % 5000 END, CASE WHEN n % 10 = 1 THEN 7 ELSE 1 + n % 50000 END,
    1 + n % 1000, CASE n % 100 WHEN 10 THEN 'failed' WHEN 20 THEN 'queued' ELSE 'completed' END, 10,
    gen_random_uuid(), '{cat,sea}', '1:1', 1, 'k', timestamptz '2026-01-01' + n * interval '1 minute',
    timestamptz '2026-01-01' + n / 3 * interval '3 minutes', '2026-01-01',
    CASE WHEN n % 100 <> 20 THEN timestamptz '2026-01-01' END FROM generate_series(1, 50000) n;
INSERT INTO generated_images SELECT id, 'media', 'k', NULL, true, created_at, created_at FROM generation_requests;
INSERT INTO community_posts (generation_id, user_id, style_id, tag_ids, like_count, visible, created_at)
  SELECT id, user_id, style_id, ARRAY(SELECT tag_id FROM style_tags s WHERE s.style_id = g.id), id * 7919 % 101, true,
    created_at FROM generation_requests g;
INSERT INTO post_likes SELECT id, user_id, created_at FROM generation_requests;
-- Most are paid, some are pending, and some were canceled after half of their tokens were spent.
INSERT INTO purchases (order_id, user_id, package_code, amount_tokens, total_price, currency_code, status, owed_tokens,
    expires_at, created_at, updated_at, look_at)
  SELECT 'order-' || n, 1 + n % 5000, 'basic_100', 100, 10000, 'KRW',
    CASE n % 10 WHEN 0 THEN 'pending' WHEN 1 THEN 'canceled' ELSE 'paid' END, CASE n % 10 WHEN 1 THEN 50 ELSE 0 END,
    at, at, at, at
    FROM generate_series(1, 10000) n, LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 minute') t (at);
INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, credit_user_id,
    payee_id, generation_id, style_id, created_at)
  SELECT 'hold:' || id, 'hold', 10, 'available', user_id, 'held', user_id, artist_id, id, style_id, created_at
    FROM generation_requests;
INSERT INTO token_transactions (key, kind, amount, debit_account, debit_user_id, credit_account, credit_user_id,
    generation_id, style_id, created_at)
  SELECT 'settle:' || id, CASE status WHEN 'failed' THEN 'release' ELSE 'capture' END, 10, 'held', user_id,
    CASE status WHEN 'failed' THEN 'available' ELSE 'earned' END,
    CASE status WHEN 'failed' THEN user_id ELSE artist_id END, id, style_id, created_at
    FROM generation_requests WHERE status <> 'queued';
INSERT INTO token_transactions (key, kind, amount, debit_account, credit_account, credit_user_id, order_id, created_at)
  SELECT 'purchase:' || order_id, 'purchase', 100, 'platform', 'available', user_id, order_id, created_at
    FROM purchases;
INSERT INTO training_datasets SELECT n, gen_random_uuid(), 10, 1000, now() FROM generate_series(1, 5000) n;
INSERT INTO training_images (style_id, position, bucket, key, width, height, size_bytes, content_type)
  SELECT n, p, 'b', 'k', 512, 512, 1, 'image/png' FROM generate_series(1, 5000) n, generate_series(0, 9) p;
INSERT INTO training_image_tags SELECT id, 1 FROM training_images;
INSERT INTO follows SELECT n, 1 + n % 1000, now() FROM generate_series(1001, 5000) n;
INSERT INTO earning_deltas SELECT n, 1 + n % 1000, n, 10 FROM generate_series(1, 10000) n;
INSERT INTO follows SELECT 77, n, now() FROM generate_series(101, 1000) n;
INSERT INTO comments (id, generation_id, user_id, content, reply_count, created_at, updated_at)
  OVERRIDING SYSTEM VALUE SELECT n, CASE WHEN n % 2 = 1 THEN 7 ELSE n END, 1 + n % 5000, 'c', CASE WHEN n = 1 THEN 10000 ELSE 0 END,
    timestamptz '2026-01-01' + n * interval '1 minute', now() FROM generate_series(1, 40000) n;
ALTER TABLE comments ALTER id RESTART WITH 40001;
INSERT INTO comments (generation_id, user_id, parent_id, content, created_at, updated_at)
  SELECT 7, 1 + n % 5000, CASE WHEN n % 2 = 0 THEN 1 ELSE n END, 'r', timestamptz '2026-01-01' + n * interval '1 minute', now()
    FROM generate_series(1, 20000) n;
UPDATE comments SET reply_count = 1 WHERE generation_id = 7 AND id <= 20000 AND id % 2 = 1 AND id > 1;
UPDATE community_posts p SET comment_count = c.n
  FROM (SELECT generation_id, count(*) AS n FROM comments GROUP BY 1) c WHERE p.generation_id = c.generation_id;
INSERT INTO notifications (user_id, actor_id, type, target_type, target_id, is_read, read_at, created_at)
  SELECT CASE WHEN n % 5 < 2 THEN 77 ELSE 1000 + n % 4000 END, CASE n % 4 WHEN 3 THEN NULL ELSE 1 + n / 4 % 70 END,
    (ARRAY['comment', 'comment', 'comment', 'generation_complete'])[1 + n % 4],
    (ARRAY['user', 'style', 'comment', 'generation'])[1 + n % 4], 1 + n / 4 % 70, n % 3 = 0,
    CASE WHEN n % 3 = 0 THEN now() END, timestamptz '2026-01-01' + n * interval '1 minute' FROM generate_series(1, 50000) n;
ANALYZE;
