//! Posts of images that were never public.

use sea_orm_migration::prelude::*;

const UP: &str = r"
-- Owners may like and comment their own images before anybody else sees them. Such a post is hidden and gets its
-- time when it is first shown.
ALTER TABLE community_posts ADD COLUMN published boolean NOT NULL DEFAULT true,
  ADD CONSTRAINT ck_community_posts_published CHECK (published OR NOT visible);
";

const DOWN: &str = r"
-- What was never shown goes with its likes and comments: without the column it would keep a wrong time.
DELETE FROM community_posts WHERE NOT published;
ALTER TABLE community_posts DROP COLUMN published;
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
