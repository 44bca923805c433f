//! What was told of a comment, found by the comment.

use sea_orm_migration::prelude::*;

const UP: &str = r"
-- An edited comment changes what was told of it, and one that goes with an erased account takes it along.
CREATE INDEX idx_notifications_comment ON notifications (target_id) WHERE target_type = 'comment';
";

const DOWN: &str = r"
DROP INDEX idx_notifications_comment;
";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(UP).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(DOWN).await?;
        Ok(())
    }
}
