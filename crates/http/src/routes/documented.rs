//! Errors as the OpenAPI pages list them, once for all routes.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use crate::envelope::ErrorBody;

macro_rules! error_responses {
    ($($(#[$doc:meta])* $name:ident { $($status:literal: $text:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([$(($status.to_owned(), error($text))),+])
            }
        }
    )+};
}

error_responses! {
    /// Every route may fail like this.
    Always {
        "400": "`INVALID_REQUEST`: the request cannot be read",
        "500": "`INTERNAL_SERVER_ERROR`: our fault; nothing was changed",
        "503": "`SERVICE_UNAVAILABLE`: something the request needs is down; try again",
    }
    /// Routes that need a session.
    NeedsSession {
        "401": "`UNAUTHORIZED`: no session; `SESSION_EXPIRED`: it is over",
    }
    /// Routes that change something in a session.
    NeedsCsrf {
        "401": "`UNAUTHORIZED`: no session; `SESSION_EXPIRED`: it is over",
        "403": "`CSRF_FAILED`: `X-CSRFToken` missing or wrong, or a foreign origin; `FORBIDDEN`; `ARTIST_ONLY`; `STYLE_LIMIT_REACHED`",
    }
    /// Routes that take a body.
    TakesBody {
        "413": "`PAYLOAD_TOO_LARGE`",
        "415": "`UNSUPPORTED_MEDIA_TYPE`",
        "422": "`VALIDATION_ERROR`, with a message for each field in `details`, or a more specific code when that is the only fault",
    }
    /// Lists.
    Pages {
        "422": "`VALIDATION_ERROR`: `limit` is not 1 to 100, or a filter is not known",
    }
    /// Routes about one thing.
    OfOne {
        "404": "`NOT_FOUND`, `STYLE_NOT_FOUND`, `GENERATION_NOT_FOUND`, `COMMENT_NOT_FOUND`: not there, or not for this reader",
    }
    /// Routes where a GET does something.
    NotByHead {
        "405": "`METHOD_NOT_ALLOWED`: HEAD does nothing here",
    }
    /// Routes of those who run the platform.
    ForAdmins {
        "403": "`FORBIDDEN`: not an administrator",
    }
    /// Webhooks.
    FromWorkers {
        "401": "`UNAUTHORIZED`: wrong bearer token, source or address",
        "404": "`STYLE_NOT_FOUND`, `GENERATION_NOT_FOUND`: unknown id",
    }
}

fn error(text: &str) -> RefOr<Response> {
    let schema = RefOr::Ref(Ref::from_schema_name(ErrorBody::name()));
    ResponseBuilder::new()
        .description(text)
        .content(
            "application/json",
            ContentBuilder::new().schema(Some(schema)).build(),
        )
        .build()
        .into()
}
