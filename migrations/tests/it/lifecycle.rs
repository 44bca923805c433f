//! Migrations up, down and up again.

use sea_orm::DatabaseConnection;
use sea_orm_migration::{MigrationStatus, MigratorTrait};
use stylelicense_migrations::Migrator;

use crate::support::{texts, with_empty_database, with_schema};

/// Every object of the schema `public` on one line, except those of extensions and of `seaql_migrations`.
const DUMP: &str = r"
WITH own AS (
  SELECT c.oid, c.relname, c.relkind, c.reloptions FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'seaql\_migrations%'
     AND NOT EXISTS (SELECT FROM pg_depend d
       WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), lines AS (
  SELECT format('relation %s %s %s', relkind, relname, reloptions) AS line FROM own
  UNION ALL
  SELECT format('column %s.%s #%s %s notnull=%s default=%s identity=%s generated=%s collation=%s',
           own.relname, a.attname, row_number() OVER (PARTITION BY own.oid ORDER BY a.attnum),
           format_type(a.atttypid, a.atttypmod), a.attnotnull,
           pg_get_expr(e.adbin, e.adrelid), a.attidentity, a.attgenerated, a.attcollation::regcollation)
    FROM own JOIN pg_attribute a ON a.attrelid = own.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum WHERE own.relkind = 'r'
  UNION ALL
  SELECT format('constraint %s.%s %s', own.relname, k.conname, pg_get_constraintdef(k.oid))
    FROM own JOIN pg_constraint k ON k.conrelid = own.oid
  UNION ALL
  SELECT format('index %s', pg_get_indexdef(oid)) FROM own WHERE relkind = 'i'
  UNION ALL
  SELECT format('trigger %s', pg_get_triggerdef(t.oid))
    FROM own JOIN pg_trigger t ON t.tgrelid = own.oid WHERE NOT t.tgisinternal
  UNION ALL
  SELECT format('function %s', pg_get_functiondef(p.oid)) FROM pg_proc p
   WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d
     WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  UNION ALL
  SELECT format('type %s %s', t.typtype, t.typname) FROM pg_type t
   WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('d', 'e', 'r', 'm')
)
SELECT line FROM lines ORDER BY line";

async fn dump(db: &DatabaseConnection) -> Vec<String> {
    texts(db, DUMP).await
}

#[tokio::test]
async fn all_migrations_down_leave_nothing_and_up_again_create_the_same_schema() {
    with_empty_database(|db| async move {
        Migrator::up(&db, None).await.unwrap();
        let first = dump(&db).await;
        for part in [
            "relation r users ",
            "column wallets.",
            "constraint wallets.ck_",
            "index CREATE",
            "trigger",
            "function",
        ] {
            assert!(
                first.iter().any(|line| line.starts_with(part)),
                "the dump must show {part}"
            );
        }

        Migrator::down(&db, None).await.unwrap();
        assert_eq!(
            dump(&db).await,
            Vec::<String>::new(),
            "left over after all migrations went down"
        );
        assert!(Migrator::get_applied_migrations(&db).await.unwrap().is_empty());

        Migrator::up(&db, None).await.unwrap();
        assert_eq!(
            dump(&db).await,
            first,
            "the second run must create the same schema"
        );
    })
    .await;
}

#[tokio::test]
async fn each_migration_can_be_reverted() {
    with_empty_database(|db| async move {
        for migration in Migrator::migrations() {
            let before = dump(&db).await;
            Migrator::up(&db, Some(1)).await.unwrap();
            let after = dump(&db).await;
            assert_ne!(before, after, "{} must do something", migration.name());
            Migrator::down(&db, Some(1)).await.unwrap();
            assert_eq!(dump(&db).await, before, "{} must revert itself", migration.name());
            Migrator::up(&db, Some(1)).await.unwrap();
            assert_eq!(dump(&db).await, after, "{} must be repeatable", migration.name());
        }
        assert!(Migrator::get_pending_migrations(&db).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_second_up_changes_nothing() {
    with_schema(|db| async move {
        let first = dump(&db).await;
        Migrator::up(&db, None).await.unwrap();
        assert_eq!(dump(&db).await, first);
    })
    .await;
}

#[tokio::test]
async fn the_status_lists_migrations_in_the_order_of_their_names() {
    with_empty_database(|db| async move {
        let pending = statuses(&db).await;
        assert_eq!(pending.len(), Migrator::migrations().len());
        assert!(
            pending
                .iter()
                .all(|(_, status)| *status == MigrationStatus::Pending)
        );
        assert!(
            pending.is_sorted_by(|(one, _), (next, _)| one < next),
            "{pending:?}"
        );
        assert_eq!(
            pending[0].0, "m20261101_000001_users",
            "names are stored in databases and must not change"
        );

        Migrator::up(&db, Some(3)).await.unwrap();
        let half = statuses(&db).await;
        assert!(
            half[..3]
                .iter()
                .all(|(_, status)| *status == MigrationStatus::Applied)
        );
        assert!(
            half[3..]
                .iter()
                .all(|(_, status)| *status == MigrationStatus::Pending)
        );

        Migrator::up(&db, None).await.unwrap();
        assert!(
            statuses(&db)
                .await
                .iter()
                .all(|(_, status)| *status == MigrationStatus::Applied)
        );
    })
    .await;
}

async fn statuses(db: &DatabaseConnection) -> Vec<(String, MigrationStatus)> {
    Migrator::get_migration_with_status(db)
        .await
        .unwrap()
        .iter()
        .map(|migration| (migration.name().to_owned(), migration.status()))
        .collect()
}
