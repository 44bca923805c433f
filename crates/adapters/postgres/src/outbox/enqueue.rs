//! Tasks that leave with the transaction.

use async_trait::async_trait;
use domain::{
    StorageError,
    workers::{NewDeletion, NewMessage, Outbox, OutboxTopic, Topic},
};
use sea_orm::{ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::unit_of_work::PgUnitOfWork;
use crate::{entities::outbox_message, error::storage_error};

#[async_trait]
impl Outbox for PgUnitOfWork {
    async fn enqueue(&mut self, message: NewMessage) -> Result<(), StorageError> {
        let row = outbox_message::ActiveModel {
            id: NotSet,
            message_id: Set(message.task_id.0),
            topic: Set(message.topic.as_str().to_owned()),
            subject_id: Set(message.subject_id),
            payload: Set(message.payload),
            available_at: Set(message.send_at),
            created_at: Set(message.now),
        };
        outbox_message::Entity::insert(row)
            .exec_without_returning(&self.tx)
            .await
            .map_err(storage_error)?;
        Ok(())
    }

    async fn enqueue_deletion(&mut self, deletion: NewDeletion) -> Result<(), StorageError> {
        let row = outbox_message::ActiveModel {
            id: NotSet,
            message_id: Set(deletion.message_id),
            topic: Set(OutboxTopic::StorageDelete.as_str().to_owned()),
            subject_id: Set(deletion.owner.0),
            payload: Set(deletion.payload),
            available_at: Set(deletion.remove_at),
            created_at: Set(deletion.now),
        };
        outbox_message::Entity::insert(row)
            .exec_without_returning(&self.tx)
            .await
            .map_err(storage_error)?;
        Ok(())
    }

    async fn drop_unsent(&mut self, topic: Topic, subject_id: i64) -> Result<(), StorageError> {
        outbox_message::Entity::delete_many()
            .filter(outbox_message::Column::Topic.eq(topic.as_str()))
            .filter(outbox_message::Column::SubjectId.eq(subject_id))
            .exec(&self.tx)
            .await
            .map_err(storage_error)?;
        Ok(())
    }
}
