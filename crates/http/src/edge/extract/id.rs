//! Extractor of ids in paths.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use domain::{CommentId, GenerationId, NotificationId, StyleId, UserId};

use crate::edge::{error::ApiError, error_code::ErrorCode};

pub trait RowId: Sized {
    /// The error code if no row has this id.
    const NOT_FOUND: ErrorCode;

    fn of(number: i64) -> Self;
}

macro_rules! row_ids {
    ($($id:ident: $code:ident),+ $(,)?) => {$(
        impl RowId for $id {
            const NOT_FOUND: ErrorCode = ErrorCode::$code;

            fn of(number: i64) -> Self {
                Self(number)
            }
        }
    )+};
}

row_ids! {
    UserId: NotFound,
    StyleId: StyleNotFound,
    GenerationId: GenerationNotFound,
    CommentId: CommentNotFound,
    NotificationId: NotFound,
}

/// The path parameter `{id}`. 404 for an invalid id: text, zero, or a number that overflows 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id<T>(pub T);

impl<T: RowId> FromRequest for Id<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let number = request.match_info().get("id").and_then(parse);
        ready(
            number
                .map(|number| Self(T::of(number)))
                .ok_or_else(|| T::NOT_FOUND.into()),
        )
    }
}

fn parse(raw: &str) -> Option<i64> {
    let digits = raw.bytes().all(|b| b.is_ascii_digit());
    let number = raw.parse().ok().filter(|number| *number > 0);
    number.filter(|_| digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_64_bit_integers_are_ids() {
        assert_eq!(parse("9223372036854775807"), Some(i64::MAX));
        for bad in [
            "",
            "0",
            "-1",
            "+1",
            "1.0",
            "abc",
            "9223372036854775808",
            "１",
            "1 ",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
