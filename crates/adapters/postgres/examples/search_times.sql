-- Rows to measure searches and filters by tags: 1,000,000 styles of 100,000 artists, 1,000,000 tags, three tags per
-- style, 200,000 users. Every tenth style has the tag 'sea', one in 400 the tag with id 500000. A third of the names is
-- Korean.
SET synchronous_commit = off;
INSERT INTO users (id, username) SELECT n, 'user' || n || substr(md5(n::text), 1, 6) FROM generate_series(1, 200000) n;
INSERT INTO user_profiles (user_id) SELECT id FROM users;
INSERT INTO wallets SELECT id, 100 FROM users;
INSERT INTO artists (user_id, artist_name, verified_email, follower_count)
  SELECT n, (ARRAY['수채화', '유화', '판화', '먹그림', '색연필'])[1 + n % 5] || ' 작가 ' || substr(md5(n::text || 'a'), 1, 8),
    'artist@example.com', n % 1000 FROM generate_series(1, 100000) n;
INSERT INTO tags (id, name) OVERRIDING SYSTEM VALUE
  SELECT n, w.word || CASE WHEN n > 10 THEN ' ' || substr(md5(n::text || 't'), 1, 7) || n ELSE '' END
    FROM generate_series(1, 1000000) n,
      LATERAL (SELECT (ARRAY['sea', 'boat', 'harbour', 'watercolor', 'ink', 'night', 'portrait', 'forest', 'city',
        'winter'])[1 + n % 10] AS word) w;
INSERT INTO style_models (id, artist_id, name, description, generation_cost_tokens, training_status, usage_count,
    model_bucket, model_key, artwork_count, task_id, last_heartbeat_at, created_at)
  SELECT n, 1 + n % 100000,
    CASE WHEN n % 3 = 0 THEN (ARRAY['바다', '수채화', '푸른 항구', '겨울 숲', '밤의 도시'])[1 + n / 3 % 5]
      ELSE (ARRAY['Blue', 'Soft', 'Old', 'Quiet', 'Bright', 'Misty', 'Paper'])[1 + n / 3 % 7] || ' '
        || (ARRAY['Harbour', 'Watercolor', 'Ink', 'Forest', 'City', 'Lights'])[1 + n / 21 % 6] END
      || ' ' || substr(md5(n::text), 1, 6),
    repeat('d', 200), 10, CASE WHEN n % 20 = 0 THEN 'training' ELSE 'completed' END, n::bigint * 7919 % 5000, 'b', 'k',
    10, gen_random_uuid(), timestamptz '2024-01-01' + n * interval '1 minute',
    timestamptz '2024-01-01' + n * interval '1 minute' FROM generate_series(1, 1000000) n;
INSERT INTO style_tags SELECT n, t FROM generate_series(1, 1000000) n,
  LATERAL (VALUES (11 + n::bigint * 31 % 999000), (1 + n % 10), (1 + n / 10 % 10)) tags (t) GROUP BY n, t;
INSERT INTO style_tags SELECT n, 500000 FROM generate_series(1, 1000000, 400) n ON CONFLICT DO NOTHING;
