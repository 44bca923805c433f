//! Errors as the OpenAPI pages list them, once for all routes.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use crate::edge::envelope::ErrorBody;

// In a route's list a later entry takes the place of an earlier one with its status. So `CommonErrors` comes before what names
// more codes for a status. The codes in backquotes are exactly those the route answers with: a test has a case for each.
macro_rules! error_responses {
    ($($(#[$doc:meta])* $name:ident { $($status:literal: $text:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([$(($status.to_owned(), error($text))),+])
            }
        }
    )+};
}

error_responses! {
    /// Every route may fail like this.
    CommonErrors {
        "400": "`INVALID_REQUEST`: the request cannot be read",
        "500": "`INTERNAL_SERVER_ERROR`: our fault; nothing was changed",
        "503": "`SERVICE_UNAVAILABLE`: something the request needs is down; try again",
    }
    /// Routes that depend on nothing.
    NoDependencies {
        "400": "`INVALID_REQUEST`: the request cannot be read",
    }
    /// Routes that keep to sessions: what else may fail, they answer in their own way.
    SessionErrors {
        "400": "`INVALID_REQUEST`: the request cannot be read",
        "503": "`SERVICE_UNAVAILABLE`: something the request needs is down; try again",
    }
    /// Routes that need a session.
    SessionRequired {
        "401": "`UNAUTHORIZED`: no session; `SESSION_EXPIRED`: it is over",
    }
    /// Routes that change something in a session.
    CsrfRequired {
        "401": "`UNAUTHORIZED`: no session; `SESSION_EXPIRED`: it is over",
        "403": "`CSRF_FAILED`: `X-CSRFToken` missing or wrong, or a foreign origin",
    }
    /// Changes that only the owner may make to what others see as well. After [`CsrfRequired`].
    OwnerOnlyErrors {
        "403": "`CSRF_FAILED`: `X-CSRFToken` missing or wrong, or a foreign origin; `FORBIDDEN`: somebody else's",
    }
    /// Routes that take a body.
    BodyErrors {
        "413": "`PAYLOAD_TOO_LARGE`",
        "415": "`UNSUPPORTED_MEDIA_TYPE`",
        "422": "`VALIDATION_ERROR`, with a message for each field in `details`",
    }
    /// Lists.
    PageErrors {
        "400": "`INVALID_REQUEST`: the request cannot be read; `INVALID_CURSOR`: the cursor is none of this list",
        "422": "`VALIDATION_ERROR`: `limit` is not 1 to 100, or a filter is not known",
    }
    /// Routes about one thing that has no code of its own.
    NotFoundError {
        "404": "`NOT_FOUND`: not there, or not for this reader",
    }
    /// Routes about a style.
    StyleNotFound {
        "404": "`STYLE_NOT_FOUND`: not there, or not for this reader",
    }
    /// Routes about a request or its image.
    GenerationNotFound {
        "404": "`GENERATION_NOT_FOUND`: not there, or not for this reader",
    }
    /// Routes about a comment.
    CommentNotFound {
        "404": "`COMMENT_NOT_FOUND`: not there, or not for this reader",
    }
    /// Routes of those who run the platform.
    AdminOnlyErrors {
        "403": "`FORBIDDEN`: not an administrator",
    }
    /// Webhooks.
    WorkerErrors {
        "401": "`UNAUTHORIZED`: wrong bearer token, source or address",
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
