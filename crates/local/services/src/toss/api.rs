//! The operations of the API.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::clock::parse_korean_time;
use super::payment::Order;
use super::refusal::Refusal;
use super::state::State;
use super::store::Page;

const DEFAULT_PAGE_SIZE: usize = 100;
const MAX_PAGE_SIZE: usize = 5_000;

type ApiResult = Result<Value, Refusal>;

/// `POST /v1/payments`
pub(super) fn checkout(state: &State, _: &HttpRequest, body: &[u8]) -> ApiResult {
    let order = order(&parse(body)?)?;
    let payment = state.change(|store, now| store.create(order, now))?;
    Ok(state.payment_json(&payment))
}

/// `POST /v1/payments/confirm`
pub(super) fn confirm(state: &State, _: &HttpRequest, body: &[u8]) -> ApiResult {
    let body = parse(body)?;
    let (key, order_id) = (text(&body, "paymentKey")?, text(&body, "orderId")?);
    let amount = body["amount"].as_i64().ok_or_else(invalid_request)?;
    let payment = state.change(|store, now| store.confirm(&key, &order_id, amount, now))?;
    Ok(state.payment_json(&payment))
}

/// `GET /v1/payments/{key}`
pub(super) fn payment(state: &State, request: &HttpRequest, _: &[u8]) -> ApiResult {
    let key = request.match_info().query("key");
    let payment = state.with_store(|store, _| store.payment(key).cloned())?;
    Ok(state.payment_json(&payment))
}

/// `GET /v1/payments/orders/{order_id}`
pub(super) fn payment_of_order(state: &State, request: &HttpRequest, _: &[u8]) -> ApiResult {
    let order_id = request.match_info().query("order_id");
    let payment = state.with_store(|store, _| store.of_order(order_id).cloned())?;
    Ok(state.payment_json(&payment))
}

/// `POST /v1/payments/{key}/cancel`
pub(super) fn cancel(state: &State, request: &HttpRequest, body: &[u8]) -> ApiResult {
    let key = request.match_info().query("key");
    let body = parse(body)?;
    let reason = text(&body, "cancelReason")?;
    let amount = match &body["cancelAmount"] {
        Value::Null => None,
        amount => Some(amount.as_i64().ok_or_else(invalid_request)?),
    };
    let payment = state.change(|store, now| store.cancel(key, amount, &reason, now))?;
    Ok(state.payment_json(&payment))
}

/// `GET /v1/transactions?startDate&endDate&startingAfter&limit`
pub(super) fn transactions(state: &State, request: &HttpRequest, _: &[u8]) -> ApiResult {
    let query = web::Query::<HashMap<String, String>>::from_query(request.query_string());
    let query = query.map_err(|_| invalid_request())?;
    let page = Page {
        from: time(&query, "startDate")?,
        until: time(&query, "endDate")?,
        after: query.get("startingAfter").cloned(),
        limit: match query.get("limit") {
            Some(limit) => limit.parse().map_err(|_| invalid_request())?,
            None => DEFAULT_PAGE_SIZE,
        },
    };
    if !(1..=MAX_PAGE_SIZE).contains(&page.limit) {
        return Err(invalid_request());
    }
    Ok(json!(state.with_store(|store, _| store.transactions(&page))))
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
            .ok_or_else(invalid_request)?,
        currency: body["currency"].as_str().unwrap_or("KRW").to_owned(),
        success_url: url(body, "successUrl")?,
        fail_url: url(body, "failUrl")?,
    };
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let id = order.order_id.as_bytes();
    let valid_id = (6..=64).contains(&id.len()) && id.iter().copied().all(word);
    let valid_name = order.order_name.chars().count() <= 100;
    let by_card = matches!(body["method"].as_str(), Some("CARD" | "카드"));
    if valid_id && valid_name && by_card {
        Ok(order)
    } else {
        Err(invalid_request())
    }
}

fn parse(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|_| invalid_request())
}

fn text(body: &Value, name: &str) -> Result<String, Refusal> {
    let text = body[name].as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(invalid_request)
}

fn url(body: &Value, name: &str) -> Result<String, Refusal> {
    let url = text(body, name)?;
    match Url::parse(&url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => Ok(url),
        _ => Err(invalid_request()),
    }
}

fn time(query: &HashMap<String, String>, name: &str) -> Result<DateTime<Utc>, Refusal> {
    query
        .get(name)
        .and_then(|raw| parse_korean_time(raw))
        .ok_or_else(invalid_request)
}

fn invalid_request() -> Refusal {
    Refusal::of("INVALID_REQUEST")
}
