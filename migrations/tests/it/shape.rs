//! Names, indexes of foreign keys, and the initial rows.

use crate::support::{run, texts, with_empty_database, with_schema};

/// Foreign keys whose columns do not lead an index. A partial index counts if it excludes only nulls, which are never
/// looked up.
const UNINDEXED_FOREIGN_KEYS: &str = "
SELECT format('%s.%s', k.conrelid::regclass, k.conname) FROM pg_constraint k
 WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND NOT EXISTS (
   SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
    WHERE i.indrelid = k.conrelid AND i.indisvalid AND m.amname = 'btree'
      AND cardinality(k.conkey) <= i.indnkeyatts
      AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
      AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) = (
        SELECT format('(%I IS NOT NULL)', a.attname) FROM pg_attribute a
         WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1] AND cardinality(k.conkey) = 1)))
 ORDER BY 1";

#[tokio::test]
async fn every_foreign_key_has_an_index() {
    with_schema(|db| async move {
        let count = texts(
            &db,
            "SELECT count(*)::text FROM pg_constraint WHERE contype = 'f'",
        )
        .await;
        assert!(
            count[0].parse::<u32>().unwrap() > 20,
            "too few foreign keys were found: {count:?}"
        );
        assert_eq!(
            texts(&db, UNINDEXED_FOREIGN_KEYS).await,
            Vec::<String>::new(),
            "foreign keys without an index"
        );
    })
    .await;
}

#[tokio::test]
async fn unindexed_foreign_keys_are_detected() {
    with_empty_database(|db| async move {
        run(
            &db,
            "CREATE TABLE target (id bigint PRIMARY KEY, part bigint, UNIQUE (part, id));
             CREATE TABLE source (
               bare bigint CONSTRAINT bare REFERENCES target (id),
               second bigint CONSTRAINT second REFERENCES target (id),
               partial bigint CONSTRAINT partial REFERENCES target (id),
               filled bigint CONSTRAINT filled REFERENCES target (id),
               led bigint CONSTRAINT led REFERENCES target (id),
               CONSTRAINT pair FOREIGN KEY (led, bare) REFERENCES target (part, id));
             CREATE INDEX ON source (led, second);
             CREATE INDEX ON source (partial) WHERE led > 0;
             CREATE INDEX ON source (filled) WHERE filled IS NOT NULL;",
        )
        .await;
        let found = texts(&db, UNINDEXED_FOREIGN_KEYS).await;
        assert_eq!(
            found,
            ["source.bare", "source.pair", "source.partial", "source.second"]
        );
    })
    .await;
}

#[tokio::test]
async fn constraint_and_index_names_have_the_prefix_of_their_kind() {
    with_schema(|db| async move {
        let misnamed = texts(
            &db,
            r"SELECT format('%s.%s', conrelid::regclass, conname) FROM pg_constraint
               WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
                 AND conrelid::regclass::text <> 'seaql_migrations'
                 AND NOT starts_with(conname, CASE contype
                   WHEN 'p' THEN 'pk_' WHEN 'u' THEN 'uk_' WHEN 'c' THEN 'ck_' WHEN 'f' THEN 'fk_'
                   ELSE '?' END)
              UNION ALL
              SELECT format('%s.%s', i.indrelid::regclass, c.relname)
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               WHERE c.relnamespace = 'public'::regnamespace
                 AND i.indrelid::regclass::text <> 'seaql_migrations'
                 AND NOT starts_with(c.relname, CASE WHEN i.indisprimary THEN 'pk_'
                   WHEN i.indisunique THEN 'uk_' ELSE 'idx_' END)",
        )
        .await;
        assert_eq!(misnamed, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_primary_key_is_named_after_its_table() {
    with_schema(|db| async move {
        let misnamed = texts(
            &db,
            "SELECT format('%s.%s', r.relname, k.conname) FROM pg_class r
               LEFT JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype = 'p'
              WHERE r.relnamespace = 'public'::regnamespace AND r.relkind = 'r'
                AND r.relname <> 'seaql_migrations' AND k.conname IS DISTINCT FROM 'pk_' || r.relname",
        )
        .await;
        assert_eq!(
            misnamed,
            Vec::<String>::new(),
            "every table has a primary key pk_<table>"
        );
    })
    .await;
}

#[tokio::test]
async fn a_new_database_has_three_token_packages() {
    with_schema(|db| async move {
        let packages = texts(
            &db,
            "SELECT concat_ws(' ', code, amount_tokens, price, currency_code, is_active) FROM token_packages
              ORDER BY position",
        )
        .await;
        assert_eq!(
            packages,
            [
                "basic_100 100 10000.00 KRW t",
                "standard_500 500 45000.00 KRW t",
                "premium_1000 1000 80000.00 KRW t"
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_new_database_has_a_free_lease_for_each_topic() {
    with_schema(|db| async move {
        let leases = texts(
            &db,
            "SELECT topic FROM relay_leases WHERE holder IS NULL AND until < now() ORDER BY topic",
        )
        .await;
        assert_eq!(leases, ["image_generation", "model_training", "storage_delete"]);
    })
    .await;
}
