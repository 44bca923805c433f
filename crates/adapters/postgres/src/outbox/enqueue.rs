//! Writes to the outbox within a transaction.

use async_trait::async_trait;
use domain::{
    StorageError,
    workers::{NewDeletion, NewMessage, Outbox, OutboxTopic, Topic},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::entity::message;
use crate::{error::storage_error, unit_of_work::PgUnitOfWork};

#[async_trait]
impl Outbox for PgUnitOfWork {
    async fn enqueue(&mut self, message: NewMessage) -> Result<(), StorageError> {
        self.insert_message(message::ActiveModel {
            message_id: Set(message.task_id.0),
            topic: Set(message.topic.as_str().to_owned()),
            subject_id: Set(message.subject_id),
            payload: Set(message.payload),
            available_at: Set(message.send_at),
            created_at: Set(message.now),
            ..Default::default()
        })
        .await
    }

    async fn enqueue_deletion(&mut self, deletion: NewDeletion) -> Result<(), StorageError> {
        self.insert_message(message::ActiveModel {
            message_id: Set(deletion.message_id),
            topic: Set(OutboxTopic::StorageDelete.as_str().to_owned()),
            subject_id: Set(deletion.owner.0),
            payload: Set(deletion.payload),
            available_at: Set(deletion.remove_at),
            created_at: Set(deletion.now),
            ..Default::default()
        })
        .await
    }

    async fn delete_unsent(&mut self, topic: Topic, subject_id: i64) -> Result<(), StorageError> {
        let delete = message::Entity::delete_many()
            .filter(message::Column::Topic.eq(topic.as_str()))
            .filter(message::Column::SubjectId.eq(subject_id));
        delete.exec(&self.tx).await.map(drop).map_err(storage_error)
    }
}

impl PgUnitOfWork {
    async fn insert_message(&self, message: message::ActiveModel) -> Result<(), StorageError> {
        let insert = message::Entity::insert(message).exec_without_returning(&self.tx);
        insert.await.map(drop).map_err(storage_error)
    }
}
