//! The check that a user owns an object.

use domain::UserId;

/// Others get `not_owner` if the object is visible to them, otherwise `not_found`, so that they do not learn that it
/// exists.
pub(crate) fn require_owner<E>(
    (owner, user): (UserId, UserId),
    is_visible: bool,
    not_owner: E,
    not_found: E,
) -> Result<(), E> {
    if owner == user {
        Ok(())
    } else if is_visible {
        Err(not_owner)
    } else {
        Err(not_found)
    }
}
