//! Tags by name, made where there are none yet.

use std::collections::{BTreeMap, BTreeSet};

use domain::StorageError;

use crate::row::ReadRow;
use crate::unit_of_work::PgUnitOfWork;

impl PgUnitOfWork {
    /// The ids of `names`, each once. New tags are inserted in sorted order, so that two transactions that need the
    /// same new tags wait for one another and never in a circle.
    pub(crate) async fn tag_ids(
        &self,
        names: BTreeSet<String>,
    ) -> Result<BTreeMap<String, i64>, StorageError> {
        let mut found = self.existing_tags(names.iter().cloned().collect()).await?;
        let missing: Vec<String> = names
            .into_iter()
            .filter(|name| !found.contains_key(name))
            .collect();
        if missing.is_empty() {
            return Ok(found);
        }
        let insert = "INSERT INTO tags (name) SELECT unnest($1::text[]) ON CONFLICT (name) DO NOTHING";
        self.run(insert, vec![missing.clone().into()]).await?;
        // A statement of its own: it also sees what another transaction committed while the insert waited for it.
        found.extend(self.existing_tags(missing).await?);
        Ok(found)
    }

    async fn existing_tags(&self, names: Vec<String>) -> Result<BTreeMap<String, i64>, StorageError> {
        let select = "SELECT id, name FROM tags WHERE name = ANY ($1)";
        let rows = self.all(select, vec![names.into()]).await?;
        rows.iter()
            .map(|row| Ok((row.get("name")?, row.get("id")?)))
            .collect()
    }
}
