//! The order in which a search lists artists.

use sea_orm_migration::prelude::*;

const UP: &str = r"
-- The fold changes earnings, which are in no index, and stays on its page; only a follow writes here.
CREATE INDEX idx_artists_popular ON artists (follower_count DESC, created_at DESC, user_id DESC);
";

const DOWN: &str = r"
DROP INDEX idx_artists_popular;
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
