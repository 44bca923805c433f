//! Extractors of the signed-in user.

use std::future::{Ready, ready};

use actix_session::{Session, SessionExt};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use domain::{UserId, users::Role};

use crate::edge::{error::ApiError, error_code::ErrorCode, session::store::field};

/// The signed-in user. 401 `SESSION_EXPIRED` for an expired session, 401 `UNAUTHORIZED` without a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedIn {
    pub user: UserId,
    pub role: Role,
    /// Whether the account has an artist profile; an admin may have one, too.
    pub is_artist: bool,
}

impl SignedIn {
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// 403 `ARTIST_ONLY` without an artist profile.
    pub fn require_artist(&self) -> Result<(), ApiError> {
        if self.is_artist {
            Ok(())
        } else {
            Err(ErrorCode::ArtistOnly.into())
        }
    }

    /// 403 `FORBIDDEN` unless the user is an admin.
    pub fn require_admin(&self) -> Result<(), ApiError> {
        if self.is_admin() {
            Ok(())
        } else {
            Err(ErrorCode::Forbidden.into())
        }
    }

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

/// The signed-in user, if any. For public routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaybeSignedIn(pub Option<SignedIn>);

impl MaybeSignedIn {
    pub fn user(&self) -> Option<UserId> {
        self.0.map(|signed_in| signed_in.user)
    }

    pub fn is_admin(&self) -> bool {
        self.0.is_some_and(|signed_in| signed_in.is_admin())
    }
}

impl FromRequest for MaybeSignedIn {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(SignedIn::of(&request.get_session()))))
    }
}
