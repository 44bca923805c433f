//! Snapshots of database and object store, to assert that nothing has changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use sea_orm::{FromQueryResult, Statement};

use super::Platform;

/// Count and hash of the rows of every table. Of leases and outbox messages only stable columns are included, because
/// background jobs update the others.
const TABLES: &str = "
SELECT table_name AS name,
       (xpath('/row/print/text()', query_to_xml(format(
         'SELECT count(*) || '' rows '' || COALESCE(md5(string_agg(%s, '','' ORDER BY %1$s)), '''') AS print FROM %I t',
         CASE table_name WHEN 'relay_leases' THEN 'topic::text' WHEN 'outbox_messages' THEN 'message_id::text'
                         ELSE 't::text' END,
         table_name), false, true, '')))[1]::text AS print
  FROM information_schema.tables
 WHERE table_schema = 'public' AND table_type = 'BASE TABLE'";

/// Rows and objects of a platform at one time.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot {
    tables: BTreeMap<String, String>,
    objects: BTreeSet<String>,
}

impl Platform {
    pub async fn snapshot(&self) -> Snapshot {
        #[derive(FromQueryResult)]
        struct Table {
            name: String,
            print: String,
        }
        let db = self.connection().await;
        let statement = Statement::from_string(db.get_database_backend(), TABLES);
        let tables = Table::find_by_statement(statement)
            .all(&db)
            .await
            .expect("the tables");
        let tables = tables
            .into_iter()
            .map(|table| (table.name, table.print))
            .collect();
        Snapshot {
            tables,
            objects: self.objects(),
        }
    }

    /// The result of a query as text.
    pub async fn text(&self, sql: &str) -> String {
        #[derive(FromQueryResult)]
        struct Row {
            text: String,
        }
        let db = self.connection().await;
        let statement =
            Statement::from_string(db.get_database_backend(), format!("SELECT ({sql})::text AS text"));
        Row::find_by_statement(statement)
            .one(&db)
            .await
            .expect("an answer")
            .expect("a row")
            .text
    }

    /// Every object, as `bucket/key`.
    pub fn objects(&self) -> BTreeSet<String> {
        objects_of(&self.storage)
    }
}

pub fn objects_of(storage: &testkit::storage::TestStorage) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for bucket in [&storage.public_bucket, &storage.private_bucket] {
        walk(&storage.bucket_folder(bucket), bucket, &mut found);
    }
    found
}

fn walk(folder: &Path, name: &str, found: &mut BTreeSet<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let inner = format!("{name}/{}", entry.file_name().to_string_lossy());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&entry.path(), &inner, found),
            // Internal files of the store start with a dot.
            Ok(_) if !entry.file_name().to_string_lossy().starts_with('.') => _ = found.insert(inner),
            _ => {}
        }
    }
}
