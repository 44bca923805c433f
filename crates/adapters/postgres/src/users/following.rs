//! The list of artists that a user follows.

use async_trait::async_trait;
use domain::{
    StorageError, UserId,
    page::{Page, PageRequest, Position},
    users::{FollowQueries, FollowedArtist, Role},
};
use sea_orm::QueryResult;

use crate::{PgStore, row::ReadRow};
use crate::{fields, keyset::Keyset, sql::Sql};

#[async_trait]
impl FollowQueries for PgStore {
    async fn following(
        &self,
        follower: UserId,
        page: PageRequest,
    ) -> Result<Page<FollowedArtist>, StorageError> {
        let rows = statement(follower, page).all(self).await?;
        let artists = rows.iter().map(artist).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::of(artists, page.size, |artist| {
            Position::at(artist.followed_at, artist.user.id)
        }))
    }
}

/// `OFFSET 0` makes the planner look up accounts one by one, in the order of the list.
pub(crate) fn statement(follower: UserId, page: PageRequest) -> Sql {
    let mut sql = Sql::new("", [follower.0.into()]);
    let keyset = Keyset::newest("created_at", "artist_id");
    let after = keyset.after(&mut sql, "x", page.after);
    sql.text(format!(
        "
SELECT x.created_at AS followed_at, u.id, u.username, u.is_admin, f.profile_image_bucket, f.profile_image_key,
       a.artist_name, a.follower_count
  FROM follows x
 CROSS JOIN LATERAL (SELECT * FROM users u WHERE u.id = x.artist_id AND u.is_active OFFSET 0) u
  JOIN user_profiles f ON f.user_id = x.artist_id
  JOIN artists a ON a.user_id = x.artist_id
 WHERE x.follower_id = $1{after}
 ORDER BY {order} LIMIT {limit}",
        order = keyset.order("x"),
        limit = page.size.fetch(),
    ))
}

fn artist(row: &QueryResult) -> Result<FollowedArtist, StorageError> {
    Ok(FollowedArtist {
        user: fields::named(row, "id", "username")?,
        image: row.optional_object("profile_image_bucket", "profile_image_key")?,
        artist_name: row.get("artist_name")?,
        role: Role::of(row.get("is_admin")?, true),
        follower_count: row.get("follower_count")?,
        followed_at: row.get("followed_at")?,
    })
}
