//! Accounts.

use async_trait::async_trait;
use domain::{
    StorageError, UserId,
    users::{COUNTED_IMAGES, MeArtist, MeView, ProfileArtist, ProfileView, Role, UserQueries},
};
use sea_orm::QueryResult;

use crate::sql::Sql;
use crate::{PgStore, row::ReadRow};

pub(crate) const ME: &str = "
SELECT u.id, u.username, u.is_admin, u.created_at, NULLIF(f.bio, '') AS bio, f.profile_image_bucket,
       f.profile_image_key, w.available, a.user_id IS NOT NULL AS is_artist, a.artist_name, a.signature_bucket,
       a.signature_key, a.verified_email, a.follower_count,
       a.earned_token_balance
         + (SELECT COALESCE(sum(d.amount), 0) FROM earning_deltas d WHERE d.artist_id = u.id)::bigint AS earned
  FROM users u
  JOIN user_profiles f ON f.user_id = u.id
  JOIN wallets w ON w.user_id = u.id
  LEFT JOIN artists a ON a.user_id = u.id
 WHERE u.id = $1";

const PROFILE: &str = "
SELECT u.id, u.username, u.is_admin, u.created_at, NULLIF(f.bio, '') AS bio, f.profile_image_bucket,
       f.profile_image_key, f.following_count, a.user_id IS NOT NULL AS is_artist, a.artist_name, a.follower_count,
       (SELECT count(*) FROM (SELECT FROM generation_requests g WHERE g.user_id = u.id AND g.status = 'completed'
                               LIMIT {counted}) g) AS total_generations,
       (SELECT count(*) FROM (SELECT FROM community_posts p WHERE p.user_id = u.id AND p.visible
                               LIMIT {counted}) p) AS public_generations,
       CASE WHEN $2::bigint IS NOT NULL
            THEN EXISTS (SELECT FROM follows x WHERE x.follower_id = $2 AND x.artist_id = u.id) END AS is_following
  FROM users u
  JOIN user_profiles f ON f.user_id = u.id
  LEFT JOIN artists a ON a.user_id = u.id
 WHERE u.id = $1 AND u.is_active";

/// The statement of [`UserQueries::profile`].
pub(crate) fn profile_sql(user: UserId, viewer: Option<UserId>) -> Sql {
    let text = PROFILE.replace("{counted}", &COUNTED_IMAGES.to_string());
    Sql::new(text, [user.0.into(), viewer.map(|viewer| viewer.0).into()])
}

#[async_trait]
impl UserQueries for PgStore {
    async fn me(&self, user: UserId) -> Result<Option<MeView>, StorageError> {
        let row = Sql::new(ME, [user.0.into()]).one(self).await?;
        row.as_ref().map(me).transpose()
    }

    async fn profile(
        &self,
        user: UserId,
        viewer: Option<UserId>,
    ) -> Result<Option<ProfileView>, StorageError> {
        let row = profile_sql(user, viewer).one(self).await?;
        row.as_ref().map(profile).transpose()
    }
}

fn me(row: &QueryResult) -> Result<MeView, StorageError> {
    let is_artist: bool = row.get("is_artist")?;
    let artist = if is_artist {
        Some(MeArtist {
            artist_name: row.get("artist_name")?,
            signature: row.optional_object("signature_bucket", "signature_key")?,
            verified_email: row.get("verified_email")?,
            earned: row.tokens("earned")?,
            follower_count: row.get("follower_count")?,
        })
    } else {
        None
    };
    Ok(MeView {
        id: UserId(row.get("id")?),
        username: row.get("username")?,
        profile_image: row.optional_object("profile_image_bucket", "profile_image_key")?,
        role: Role::of(row.get("is_admin")?, is_artist),
        available: row.tokens("available")?,
        bio: row.get("bio")?,
        created_at: row.get("created_at")?,
        artist,
    })
}

fn profile(row: &QueryResult) -> Result<ProfileView, StorageError> {
    let is_artist: bool = row.get("is_artist")?;
    let artist = if is_artist {
        Some(ProfileArtist {
            artist_name: row.get("artist_name")?,
            follower_count: row.get("follower_count")?,
        })
    } else {
        None
    };
    Ok(ProfileView {
        id: UserId(row.get("id")?),
        username: row.get("username")?,
        profile_image: row.optional_object("profile_image_bucket", "profile_image_key")?,
        bio: row.get("bio")?,
        role: Role::of(row.get("is_admin")?, is_artist),
        created_at: row.get("created_at")?,
        artist,
        total_generations: row.get("total_generations")?,
        public_generations: row.get("public_generations")?,
        following_count: row.get("following_count")?,
        is_following: row.get("is_following")?,
    })
}
