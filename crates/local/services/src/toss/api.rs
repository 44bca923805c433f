//! The calls of the API.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::book::Page;
use super::clock::read_korean;
use super::payment::Order;
use super::refusal::Refusal;
use super::state::State;

/// Transactions on a page.
const PAGE: usize = 100;
const MAX_PAGE: usize = 5_000;

type Answer = Result<Value, Refusal>;

/// `POST /v1/payments`
pub(super) fn checkout(state: &State, _: &HttpRequest, body: &[u8]) -> Answer {
    let order = order(&read(body)?)?;
    let payment = state.change(|book, now| book.create(order, now))?;
    Ok(state.shown(&payment))
}

/// `POST /v1/payments/confirm`
pub(super) fn confirm(state: &State, _: &HttpRequest, body: &[u8]) -> Answer {
    let body = read(body)?;
    let (key, order_id) = (text(&body, "paymentKey")?, text(&body, "orderId")?);
    let amount = body["amount"].as_i64().ok_or_else(bad)?;
    let payment = state.change(|book, now| book.confirm(&key, &order_id, amount, now))?;
    Ok(state.shown(&payment))
}

/// `GET /v1/payments/{key}`
pub(super) fn payment(state: &State, request: &HttpRequest, _: &[u8]) -> Answer {
    let key = request.match_info().query("key");
    let payment = state.with_book(|book, _| book.payment(key).cloned())?;
    Ok(state.shown(&payment))
}

/// `GET /v1/payments/orders/{order_id}`
pub(super) fn payment_of_order(state: &State, request: &HttpRequest, _: &[u8]) -> Answer {
    let order_id = request.match_info().query("order_id");
    let payment = state.with_book(|book, _| book.of_order(order_id).cloned())?;
    Ok(state.shown(&payment))
}

/// `POST /v1/payments/{key}/cancel`
pub(super) fn cancel(state: &State, request: &HttpRequest, body: &[u8]) -> Answer {
    let key = request.match_info().query("key");
    let body = read(body)?;
    let reason = text(&body, "cancelReason")?;
    let amount = match &body["cancelAmount"] {
        Value::Null => None,
        amount => Some(amount.as_i64().ok_or_else(bad)?),
    };
    let payment = state.change(|book, now| book.cancel(key, amount, &reason, now))?;
    Ok(state.shown(&payment))
}

/// `GET /v1/transactions?startDate&endDate&startingAfter&limit`
pub(super) fn transactions(state: &State, request: &HttpRequest, _: &[u8]) -> Answer {
    let query = web::Query::<HashMap<String, String>>::from_query(request.query_string());
    let query = query.map_err(|_| bad())?;
    let page = Page {
        from: time(&query, "startDate")?,
        until: time(&query, "endDate")?,
        after: query.get("startingAfter").cloned(),
        limit: match query.get("limit") {
            Some(limit) => limit.parse().map_err(|_| bad())?,
            None => PAGE,
        },
    };
    if !(1..=MAX_PAGE).contains(&page.limit) {
        return Err(bad());
    }
    Ok(json!(state.with_book(|book, _| book.transactions(&page))))
}

pub(super) async fn not_found() -> HttpResponse {
    let refusal = Refusal::of("NOT_FOUND");
    HttpResponse::build(refusal.status).json(refusal.body())
}

fn order(body: &Value) -> Result<Order, Refusal> {
    let order = Order {
        order_id: text(body, "orderId")?,
        order_name: text(body, "orderName")?,
        amount: body["amount"]
            .as_i64()
            .filter(|amount| *amount >= 1)
            .ok_or_else(bad)?,
        currency: body["currency"].as_str().unwrap_or("KRW").to_owned(),
        success_url: address(body, "successUrl")?,
        fail_url: address(body, "failUrl")?,
    };
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let id = order.order_id.as_bytes();
    let is_id = (6..=64).contains(&id.len()) && id.iter().copied().all(word);
    let named = order.order_name.chars().count() <= 100;
    let by_card = matches!(body["method"].as_str(), Some("CARD" | "카드"));
    if is_id && named && by_card {
        Ok(order)
    } else {
        Err(bad())
    }
}

fn read(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|_| bad())
}

fn text(body: &Value, name: &str) -> Result<String, Refusal> {
    let text = body[name].as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(bad)
}

fn address(body: &Value, name: &str) -> Result<String, Refusal> {
    let address = text(body, name)?;
    match Url::parse(&address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(address),
        _ => Err(bad()),
    }
}

fn time(query: &HashMap<String, String>, name: &str) -> Result<DateTime<Utc>, Refusal> {
    query.get(name).and_then(|raw| read_korean(raw)).ok_or_else(bad)
}

fn bad() -> Refusal {
    Refusal::of("INVALID_REQUEST")
}
