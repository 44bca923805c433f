//! Reads of accounts.

use async_trait::async_trait;
use domain::{
    StorageError, UserId,
    users::{
        ArtistName, ArtistProfile, Bio, EmailAddress, IMAGE_COUNT_LIMIT, MeView, ProfileView, User,
        UserProfile, UserQueries, Username,
    },
};
use sea_orm::QueryResult;

use crate::sql::Sql;
use crate::{PgStore, row::ReadRow};

/// Columns for [`account`], from `users u`, `user_profiles f` and `artists a`.
const ACCOUNT: &str = "\
u.id, u.username, u.is_admin, u.created_at, NULLIF(f.bio, '') AS bio, f.profile_image_bucket, f.profile_image_key,
       a.artist_name, a.signature_bucket, a.signature_key, a.verified_email, a.follower_count";

const ME: &str = "
  w.available,
       COALESCE(a.earned_token_balance, 0)
         + (SELECT COALESCE(sum(d.amount), 0) FROM earning_deltas d WHERE d.artist_id = u.id)::bigint AS earned
  FROM users u
  JOIN user_profiles f ON f.user_id = u.id
  JOIN wallets w ON w.user_id = u.id
  LEFT JOIN artists a ON a.user_id = u.id
 WHERE u.id = $1";

const PROFILE: &str = "
  f.following_count,
       (SELECT count(*) FROM (SELECT FROM generation_requests g WHERE g.user_id = u.id AND g.status = 'completed'
                               LIMIT {limit}) g) AS total_generations,
       (SELECT count(*) FROM (SELECT FROM community_posts p WHERE p.user_id = u.id AND p.visible
                               LIMIT {limit}) p) AS public_generations,
       CASE WHEN $2::bigint IS NOT NULL
            THEN EXISTS (SELECT FROM follows x WHERE x.follower_id = $2 AND x.artist_id = u.id) END AS is_following
  FROM users u
  JOIN user_profiles f ON f.user_id = u.id
  LEFT JOIN artists a ON a.user_id = u.id
 WHERE u.id = $1 AND u.is_active";

pub(crate) fn me_sql(user: UserId) -> Sql {
    Sql::new(format!("SELECT {ACCOUNT},{ME}"), [user.0.into()])
}

pub(crate) fn profile_sql(user: UserId, viewer: Option<UserId>) -> Sql {
    let profile = PROFILE.replace("{limit}", &IMAGE_COUNT_LIMIT.to_string());
    let text = format!("SELECT {ACCOUNT},{profile}");
    Sql::new(text, [user.0.into(), viewer.map(|viewer| viewer.0).into()])
}

#[async_trait]
impl UserQueries for PgStore {
    async fn me(&self, user: UserId) -> Result<Option<MeView>, StorageError> {
        let row = me_sql(user).one(self).await?;
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

fn account(row: &QueryResult) -> Result<(User, UserProfile), StorageError> {
    let user = User {
        id: UserId(row.get("id")?),
        username: Username::from_stored(row.get("username")?),
        is_admin: row.get("is_admin")?,
        created_at: row.get("created_at")?,
    };
    let bio: Option<String> = row.get("bio")?;
    let profile = UserProfile {
        bio: bio.map(Bio::from_stored),
        profile_image: row.optional_object("profile_image_bucket", "profile_image_key")?,
        artist: artist(row)?,
    };
    Ok((user, profile))
}

fn artist(row: &QueryResult) -> Result<Option<ArtistProfile>, StorageError> {
    let Some(name) = row.get("artist_name")? else {
        return Ok(None);
    };
    let verified_email: Option<String> = row.get("verified_email")?;
    Ok(Some(ArtistProfile {
        artist_name: ArtistName::from_stored(name),
        signature: row.optional_object("signature_bucket", "signature_key")?,
        verified_email: verified_email.map(EmailAddress::from_stored),
        follower_count: row.get("follower_count")?,
    }))
}

fn me(row: &QueryResult) -> Result<MeView, StorageError> {
    let (user, profile) = account(row)?;
    Ok(MeView {
        user,
        profile,
        available: row.tokens("available")?,
        earned: row.tokens("earned")?,
    })
}

fn profile(row: &QueryResult) -> Result<ProfileView, StorageError> {
    let (user, profile) = account(row)?;
    Ok(ProfileView {
        user,
        profile,
        total_generations: row.get("total_generations")?,
        public_generations: row.get("public_generations")?,
        following_count: row.get("following_count")?,
        is_following: row.get("is_following")?,
    })
}
