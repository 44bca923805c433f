//! Who is asking.

use std::future::{Ready, ready};

use actix_session::{Session, SessionExt};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use domain::{UserId, users::Role};

use super::field;
use crate::{ApiError, ErrorCode};

/// The person signed in. As an extractor: 401 `SESSION_EXPIRED` when the session is over, `UNAUTHORIZED` when there is
/// none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub user: UserId,
    /// Role as of this request.
    pub role: Role,
    /// Whether the account has an artist profile; an admin may have one too.
    pub is_artist: bool,
}

impl SignedIn {
    /// Whether the person runs the platform.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// Refuses who has no artist profile: 403 `ARTIST_ONLY`.
    pub fn require_artist(&self) -> Result<(), ApiError> {
        if self.is_artist {
            Ok(())
        } else {
            Err(ApiError::new(ErrorCode::ArtistOnly))
        }
    }

    /// Refuses who does not run the platform: 403 `FORBIDDEN`.
    pub fn require_admin(&self) -> Result<(), ApiError> {
        if self.is_admin() {
            Ok(())
        } else {
            Err(ApiError::forbidden())
        }
    }

    /// The owner of a live session.
    pub(crate) fn of(session: &Session) -> Option<Self> {
        let state = session.entries();
        Some(Self {
            user: UserId(state.get(field::USER_ID)?.parse().ok()?),
            role: match state.get(field::ROLE)?.as_str() {
                "admin" => Role::Admin,
                "artist" => Role::Artist,
                _ => Role::User,
            },
            is_artist: state.get(field::IS_ARTIST)? == "true",
        })
    }
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = request.get_session();
        ready(Self::of(&session).ok_or_else(|| {
            ApiError::new(if session.contains_key(field::EXPIRED) {
                ErrorCode::SessionExpired
            } else {
                ErrorCode::Unauthorized
            })
        }))
    }
}

/// The person signed in, if any: for what everybody may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaybeSignedIn(pub Option<SignedIn>);

impl MaybeSignedIn {
    /// The account, if any.
    pub fn user(&self) -> Option<UserId> {
        self.0.map(|reader| reader.user)
    }

    /// Whether somebody who runs the platform is asking.
    pub fn is_admin(&self) -> bool {
        self.0.is_some_and(|reader| reader.is_admin())
    }
}

impl FromRequest for MaybeSignedIn {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(SignedIn::of(&request.get_session()))))
    }
}
