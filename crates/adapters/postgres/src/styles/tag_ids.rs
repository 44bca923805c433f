//! Ids of tags by name. Missing tags are inserted.

use std::collections::{BTreeMap, BTreeSet};

use domain::StorageError;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::entity::tag;
use crate::{error::storage_error, unit_of_work::PgUnitOfWork};

impl PgUnitOfWork {
    /// New tags are inserted in sorted order, so that concurrent transactions that insert the same tags do not
    /// deadlock.
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
        let tags = missing.iter().map(|name| tag::ActiveModel {
            name: Set(name.clone()),
            ..Default::default()
        });
        let insert = tag::Entity::insert_many(tags).on_conflict_do_nothing_on([tag::Column::Name]);
        insert
            .exec_without_returning(&self.tx)
            .await
            .map_err(storage_error)?;
        // A separate statement, so that it sees tags of concurrent transactions for which the insert waited.
        found.extend(self.existing_tags(missing).await?);
        Ok(found)
    }

    async fn existing_tags(&self, names: Vec<String>) -> Result<BTreeMap<String, i64>, StorageError> {
        let select = tag::Entity::find().filter(tag::Column::Name.eq_any(names));
        let tags = select.all(&self.tx).await.map_err(storage_error)?;
        Ok(tags.into_iter().map(|tag| (tag.name, tag.id)).collect())
    }
}
