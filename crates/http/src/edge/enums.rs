//! Enums of the domain in responses: strings, each with an `enum` component in the OpenAPI document.

use domain::{generations, notifications, styles, tokens, users};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

macro_rules! enums {
    ($($(#[doc = $doc:literal])+ $name:ident: $domain:ty { $($variant:ident),+ })+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, Serialize)]
        pub struct $name(&'static str);

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self {
                // Does not compile if the list lacks a variant.
                match value {
                    $(<$domain>::$variant)|+ => Self(value.as_str()),
                }
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                enum_schema(concat!($($doc, "\n"),+), [$(<$domain>::$variant.as_str()),+])
            }
        }

        impl ToSchema for $name {}
    )+};
}

enums! {
    /// Account type.
    Role: users::Role { User, Artist, Admin }
    /// State of a style's training. Only completed styles can be used.
    TrainingStatus: styles::TrainingStatus { Pending, Training, Completed, Failed }
    /// Permitted use of the images made in a style.
    LicenseType: styles::LicenseKind { Personal, Commercial, Exclusive }
    /// State of a generation. `completed`, `failed` and `canceled` are final.
    GenerationStatus: generations::GenerationStatus { Queued, Processing, Retrying, Completed, Failed, Canceled }
    /// Size of an image in pixels: `1:1` is 512×512, `2:2` is 1024×1024, `1:2` is 512×1024.
    AspectRatio: generations::AspectRatio { Square, LargeSquare, Portrait }
    /// State of a purchase. The tokens are credited when it becomes `paid`.
    PurchaseStatus: tokens::OrderState { Pending, Paid, Failed, Expired, Canceled }
    /// State of a transaction. A usage is `pending` while its tokens are held, `completed` when they are captured and
    /// `failed` when they are released.
    TransactionStatus: tokens::TransactionStatus { Pending, Completed, Failed }
    /// Event that a notification reports.
    NotificationType: notifications::NotificationKind {
        Follow, Like, Comment, GenerationComplete, GenerationFailed, StyleTrainingComplete, StyleTrainingFailed
    }
    /// Type of the object that a notification refers to.
    NotificationTargetType: notifications::TargetKind { User, Style, Generation, Comment }
}

pub fn enum_schema(description: &str, values: impl IntoIterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description.trim().replace("\n ", "\n")))
        .enum_values(Some(values))
        .into()
}

/// ISO 4217 code of a price. A database constraint allows `KRW` only.
#[derive(Debug, Clone, Serialize)]
pub struct Currency(pub String);

impl PartialSchema for Currency {
    fn schema() -> RefOr<Schema> {
        enum_schema("ISO 4217 code of a price.", ["KRW"])
    }
}

impl ToSchema for Currency {}
