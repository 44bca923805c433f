//! Error responses in the OpenAPI document that several operations share.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use crate::edge::envelope::ErrorBody;

// In the `responses` of an operation, a later entry replaces an earlier one of the same status, so `CommonErrors` comes
// first. The codes in backquotes must be exactly those of the operation: a test has a case for each.
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
    /// Errors of almost every operation.
    CommonErrors {
        "400": "`INVALID_REQUEST`: the request is malformed",
        "500": "`INTERNAL_SERVER_ERROR`: nothing was changed",
        "503": "`SERVICE_UNAVAILABLE`: a dependency is down; retry later",
    }
    /// Operations that use no dependency.
    NoDependencies {
        "400": "`INVALID_REQUEST`: the request is malformed",
    }
    /// Operations that redirect the browser. Other errors are reported in the redirect.
    SessionErrors {
        "400": "`INVALID_REQUEST`: the request is malformed",
        "503": "`SERVICE_UNAVAILABLE`: a dependency is down; retry later",
    }
    /// Operations that need a session.
    SessionRequired {
        "401": "`UNAUTHORIZED`: no session; `SESSION_EXPIRED`: the session has expired",
    }
    /// Operations that need a session and its CSRF token.
    CsrfRequired {
        "401": "`UNAUTHORIZED`: no session; `SESSION_EXPIRED`: the session has expired",
        "403": "`CSRF_FAILED`: `X-CSRFToken` is missing or wrong, or the origin is not allowed",
    }
    /// Operations that are allowed to the owner of a visible object only. Listed after [`CsrfRequired`].
    OwnerOnlyErrors {
        "403": "`CSRF_FAILED`: `X-CSRFToken` is missing or wrong, or the origin is not allowed; `FORBIDDEN`: not the owner",
    }
    /// Operations with a body.
    BodyErrors {
        "413": "`PAYLOAD_TOO_LARGE`",
        "415": "`UNSUPPORTED_MEDIA_TYPE`",
        "422": "`VALIDATION_ERROR`, with a message for each field in `details`",
    }
    /// Lists.
    PageErrors {
        "400": "`INVALID_REQUEST`: the request is malformed; `INVALID_CURSOR`: the cursor is not valid for this list",
        "422": "`VALIDATION_ERROR`: `limit` is not between 1 and 100, or a filter is invalid",
    }
    /// Operations on an object that has no specific error code.
    NotFoundError {
        "404": "`NOT_FOUND`: does not exist, or is not visible to the caller",
    }
    /// Operations on a style.
    StyleNotFound {
        "404": "`STYLE_NOT_FOUND`: does not exist, or is not visible to the caller",
    }
    /// Operations on a generation or its image.
    GenerationNotFound {
        "404": "`GENERATION_NOT_FOUND`: does not exist, or is not visible to the caller",
    }
    /// Operations on a comment.
    CommentNotFound {
        "404": "`COMMENT_NOT_FOUND`: does not exist, or is not visible to the caller",
    }
    /// Operations for administrators.
    AdminOnlyErrors {
        "403": "`FORBIDDEN`: not an administrator",
    }
    /// Webhooks.
    WorkerErrors {
        "401": "`UNAUTHORIZED`: wrong bearer token, `X-Request-Source` or IP address",
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
