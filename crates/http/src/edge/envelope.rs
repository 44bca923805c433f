//! The envelope of all JSON bodies, and the format of timestamps and money amounts.

use actix_web::{HttpResponse, http::header};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::page::{Page, Position};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser::Error};
use serde_json::value::RawValue;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema,
        schema::{KnownFormat, SchemaFormat, Type},
    },
};

use crate::edge::{cursor, error_code::ErrorCode};

/// A successful response with data.
#[derive(Debug, Serialize, ToSchema)]
pub struct Envelope<T: ToSchema> {
    /// Always true.
    #[schema(example = true)]
    pub success: bool,
    pub data: T,
}

impl<T: ToSchema> Envelope<T> {
    pub fn of(data: T) -> Self {
        Self { success: true, data }
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing<T: ToSchema> {
    pub results: Vec<T>,
    /// Value of `cursor` for the next page; null on the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
    pub has_more: bool,
}

impl<T: ToSchema> Listing<T> {
    pub fn of<R>(page: Page<R>, convert: impl FnMut(R) -> T) -> Self {
        Self::with_rows(page.rows.into_iter().map(convert).collect(), page.next.as_ref())
    }

    pub fn with_rows(results: Vec<T>, next: Option<&Position>) -> Self {
        Self {
            results,
            next_cursor: next.map(cursor::encode),
            has_more: next.is_some(),
        }
    }
}

/// A successful response without data.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeBody {
    /// Always true.
    #[schema(example = true)]
    pub success: bool,
    /// Message for users, in English or Korean.
    #[schema(example = "You have been logged out.")]
    pub message: String,
}

/// An error response.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// Always false.
    #[schema(example = false)]
    pub success: bool,
    pub error: ErrorInfo,
}

/// Code, message and details of an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorInfo {
    pub code: ErrorCode,
    /// Message for users, in English or Korean.
    #[schema(example = "Some fields are not valid.")]
    pub message: String,
    /// Depends on the code. For field errors, an object of field name and message.
    #[schema(value_type = Option<Object>, required)]
    pub details: Option<serde_json::Value>,
}

/// 200 with data.
pub fn ok<T: Serialize + ToSchema>(data: T) -> HttpResponse {
    HttpResponse::Ok().json(Envelope::of(data))
}

/// 201 with data; `location` is the path of the created resource.
pub fn created<T: Serialize + ToSchema>(location: &str, data: T) -> HttpResponse {
    HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(Envelope::of(data))
}

/// 202 with data.
pub fn accepted<T: Serialize + ToSchema>(data: T) -> HttpResponse {
    HttpResponse::Accepted().json(Envelope::of(data))
}

/// 204.
pub fn no_content() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// Serialized as RFC 3339 in UTC with six decimals, so that clients can use it as a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timestamp(pub DateTime<Utc>);

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .examples(["2026-01-02T03:04:05.000000Z"])
            .into()
    }
}

impl ToSchema for Timestamp {}

/// Serialized as a JSON number with at most two decimals, without conversion to a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoneyAmount(pub Decimal);

impl Serialize for MoneyAmount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = self.0.round_dp(2).normalize().to_string();
        RawValue::from_string(number)
            .map_err(S::Error::custom)?
            .serialize(serializer)
    }
}

impl PartialSchema for MoneyAmount {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .multiple_of(Some(0.01))
            .examples([10_000])
            .into()
    }
}

impl ToSchema for MoneyAmount {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_amounts_are_exact_numbers() {
        for (amount, sent) in [
            (Decimal::new(1_000_000, 2), "10000"),
            (Decimal::new(905, 1), "90.5"),
            (Decimal::new(12_345_678_901_234_567, 2), "123456789012345.67"),
            (Decimal::ZERO, "0"),
        ] {
            assert_eq!(serde_json::to_string(&MoneyAmount(amount)).unwrap(), sent);
        }
    }

    #[test]
    fn timestamps_are_utc_with_six_decimals() {
        let time: DateTime<Utc> = "2026-01-02T12:04:05+09:00".parse().unwrap();
        let sent = serde_json::to_string(&Timestamp(time)).unwrap();
        assert_eq!(sent, "\"2026-01-02T03:04:05.000000Z\"");
    }
}
