//! Compares the entities with the migrated schema.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IdenStatic,
    Iterable, PrimaryKeyToColumn, Statement,
};
use testkit::database::TestDatabase;

use crate::{
    auth::entity::session,
    generations::entity::{generation, image},
    notifications::entity::notification,
    outbox::entity::message,
    social::entity::post,
    styles::entity::{dataset, style, style_tag, tag, training_image, training_image_tag, upload},
    tokens::entity::{earning_delta, package, purchase, transaction, wallet},
    users::entity::{artist, identity, profile, user},
};

/// Tables without an entity, with the reason: no code accesses them by their key alone.
const WITHOUT_ENTITY: [(&str, &str); 6] = [
    (
        "comments",
        "written together with the counters and the notification",
    ),
    (
        "follows",
        "written together with the counters and the notification",
    ),
    (
        "post_likes",
        "written together with the counter and the notification",
    ),
    ("relay_leases", "chrono cannot represent its `-infinity`"),
    ("idempotency_keys", "unused"),
    ("seaql_migrations", "belongs to the migrations"),
];

const COLUMNS: &str = "
SELECT c.table_name::text, c.column_name::text, c.udt_name::text, c.is_nullable = 'YES' AS nullable,
       EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                WHERE i.indisprimary AND i.indrelid = c.table_name::text::regclass AND a.attname = c.column_name) AS key
  FROM information_schema.columns c WHERE c.table_schema = 'public'";

#[derive(Debug, PartialEq, Eq)]
struct Column {
    kind: String,
    nullable: bool,
    /// Whether it is part of the primary key.
    key: bool,
}

type Tables = BTreeMap<String, BTreeMap<String, Column>>;

#[tokio::test]
async fn entities_match_their_tables() {
    let database = TestDatabase::create().await.expect("a database for the test");
    let mut tables = tables(&database.connect().await.unwrap()).await;
    for (table, reason) in WITHOUT_ENTITY {
        assert!(
            tables.remove(table).is_some(),
            "there is no table {table} ({reason})"
        );
    }
    let entities = entities();
    let names = |tables: &Tables| tables.keys().cloned().collect::<BTreeSet<String>>();
    assert_eq!(names(&entities), names(&tables));
    for (table, columns) in &tables {
        assert_eq!(&entities[table], columns, "{table}");
    }
}

async fn tables(db: &DatabaseConnection) -> Tables {
    let statement = Statement::from_string(DbBackend::Postgres, COLUMNS);
    let mut tables = Tables::new();
    for row in db.query_all_raw(statement).await.unwrap() {
        let text = |column: &str| row.try_get::<String>("", column).unwrap();
        let column = Column {
            kind: text("udt_name"),
            nullable: row.try_get("", "nullable").unwrap(),
            key: row.try_get("", "key").unwrap(),
        };
        let table = tables.entry(text("table_name")).or_default();
        table.insert(text("column_name"), column);
    }
    tables
}

fn entities() -> Tables {
    [
        entity::<artist::Entity>(),
        entity::<dataset::Entity>(),
        entity::<earning_delta::Entity>(),
        entity::<generation::Entity>(),
        entity::<identity::Entity>(),
        entity::<image::Entity>(),
        entity::<message::Entity>(),
        entity::<notification::Entity>(),
        entity::<package::Entity>(),
        entity::<post::Entity>(),
        entity::<profile::Entity>(),
        entity::<purchase::Entity>(),
        entity::<session::Entity>(),
        entity::<style::Entity>(),
        entity::<style_tag::Entity>(),
        entity::<tag::Entity>(),
        entity::<training_image::Entity>(),
        entity::<training_image_tag::Entity>(),
        entity::<transaction::Entity>(),
        entity::<upload::Entity>(),
        entity::<user::Entity>(),
        entity::<wallet::Entity>(),
    ]
    .into()
}

fn entity<E: EntityTrait>() -> (String, BTreeMap<String, Column>) {
    let keys: BTreeSet<&str> = E::PrimaryKey::iter()
        .map(|key| key.into_column().as_str())
        .collect();
    let columns = E::Column::iter().map(|column| {
        let name = column.as_str();
        let definition = column.def();
        let column = Column {
            kind: kind(definition.get_column_type()),
            nullable: definition.is_null(),
            key: keys.contains(name),
        };
        (name.to_owned(), column)
    });
    (E::default().table_name().to_owned(), columns.collect())
}

/// The PostgreSQL name of the type. The schema has no text of limited length.
fn kind(column: &ColumnType) -> String {
    match column {
        ColumnType::String(_) | ColumnType::Text => "text",
        ColumnType::SmallInteger => "int2",
        ColumnType::Integer => "int4",
        ColumnType::BigInteger => "int8",
        ColumnType::Decimal(_) => "numeric",
        ColumnType::Boolean => "bool",
        ColumnType::TimestampWithTimeZone => "timestamptz",
        ColumnType::Uuid => "uuid",
        ColumnType::VarBinary(_) => "bytea",
        ColumnType::JsonBinary => "jsonb",
        ColumnType::Array(element) => return format!("_{}", kind(element)),
        other => panic!("{other:?} is not in the schema"),
    }
    .to_owned()
}
