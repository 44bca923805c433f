//! Follows and unfollows: one statement each, in autocommit. Each locks the acting user, then the artist, so that
//! statements about the same artist run one after another.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    ArtistId, StorageError, UserId,
    users::{FollowOutcome, Follows},
};

use crate::{error::storage_error, pool::PgStore, row::ReadRow};

const FOLLOW: &str = "
WITH actor AS (
  SELECT id FROM users WHERE id = $2 AND is_active FOR KEY SHARE
), artist AS (
  SELECT a.user_id FROM artists a JOIN users u ON u.id = a.user_id CROSS JOIN actor
   WHERE a.user_id = $1 AND u.is_active FOR NO KEY UPDATE OF a
), followed AS (
  INSERT INTO follows (follower_id, artist_id, created_at) SELECT $2, user_id, $3 FROM artist
  ON CONFLICT (follower_id, artist_id) DO NOTHING
  RETURNING artist_id
), counted AS (
  UPDATE artists a SET follower_count = a.follower_count + 1 FROM followed f WHERE a.user_id = f.artist_id
  RETURNING a.follower_count
), following AS (
  UPDATE user_profiles p SET following_count = p.following_count + 1 FROM followed f WHERE p.user_id = $2
), notification AS (
  INSERT INTO notifications (user_id, actor_id, type, target_type, target_id, created_at)
  SELECT artist_id, $2, 'follow', 'user', $2, $3 FROM followed
  ON CONFLICT DO NOTHING
)
SELECT EXISTS (SELECT FROM artist) AS found, (SELECT follower_count FROM counted) AS follower_count";

/// A deactivated artist can be unfollowed, too.
const UNFOLLOW: &str = "
WITH actor AS (
  SELECT id FROM users WHERE id = $2 AND is_active FOR KEY SHARE
), artist AS (
  SELECT a.user_id FROM artists a CROSS JOIN actor WHERE a.user_id = $1 FOR NO KEY UPDATE OF a
), unfollowed AS (
  DELETE FROM follows f USING artist a WHERE f.artist_id = a.user_id AND f.follower_id = $2
  RETURNING f.artist_id
), counted AS (
  UPDATE artists a SET follower_count = a.follower_count - 1 FROM unfollowed f WHERE a.user_id = f.artist_id
), following AS (
  UPDATE user_profiles p SET following_count = p.following_count - 1 FROM unfollowed f WHERE p.user_id = $2
)
SELECT EXISTS (SELECT FROM artist) AS found";

#[async_trait]
impl Follows for PgStore {
    async fn follow(
        &self,
        artist: ArtistId,
        follower: UserId,
        now: DateTime<Utc>,
    ) -> Result<FollowOutcome, StorageError> {
        let values = vec![artist.0.into(), follower.0.into(), now.into()];
        let row = self.write_guarded(FOLLOW, values).await.map_err(storage_error)?;
        let Some(row) = row.filter(|row| row.get("found").unwrap_or(false)) else {
            return Ok(FollowOutcome::NoArtist);
        };
        Ok(match row.get::<Option<i64>>("follower_count")? {
            Some(follower_count) => FollowOutcome::Added { follower_count },
            None => FollowOutcome::Already,
        })
    }

    async fn unfollow(&self, artist: ArtistId, follower: UserId) -> Result<bool, StorageError> {
        let values = vec![artist.0.into(), follower.0.into()];
        let row = self
            .write_guarded(UNFOLLOW, values)
            .await
            .map_err(storage_error)?;
        row.map_or(Ok(false), |row| row.get("found"))
    }
}
