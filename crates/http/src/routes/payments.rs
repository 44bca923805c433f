//! `/api/payments`: the buyer's browser returns from the payment provider. Nothing it brings is believed; it needs no
//! session, for the tokens go to the buyer of the order, whoever brings the news.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, get, http::Method, web::Data};
use application::tokens::{PaymentService, ReturnError, Returned, SettleError};
use domain::tokens::{OrderId, OrderState};
use rust_decimal::Decimal;
use url::{Url, form_urlencoded};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    browser::{on_the_web_client, parameter, redirect},
    documented::WithSessions,
};
use crate::{HttpDeps, error::ApiError, middleware::gate::AskedByHead};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(success).service(fail);
}

/// Longest code of a refusal that is handed on.
const MAX_CODE: usize = 64;

/// Query of a return after the buyer agreed to pay.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the query in the OpenAPI pages")]
struct SuccessQuery {
    /// The provider's key of the payment.
    #[param(rename = "paymentKey")]
    payment_key: Option<String>,
    /// The order.
    #[param(rename = "orderId")]
    order_id: Option<String>,
    /// The sum agreed to.
    #[param(example = 10_000)]
    amount: Option<String>,
}

/// Query of a return from a refusal.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes the query in the OpenAPI pages")]
struct FailQuery {
    /// The provider's code.
    #[param(example = "PAY_PROCESS_CANCELED")]
    code: Option<String>,
    /// The provider's words; not handed on.
    message: Option<String>,
    /// The order.
    #[param(rename = "orderId")]
    order_id: Option<String>,
}

/// The buyer agreed to pay: the payment is confirmed and the tokens are granted. HEAD does nothing here and is 405.
#[utoipa::path(tag = "payments", operation_id = "finish_payment", security(()), params(SuccessQuery), responses(
    (status = 302, description = "To the web client: `/payments/success?order_id&status=paid|pending`, or `/payments/fail?order_id&error=<code>` with \
        `invalid_return`, `unknown_order`, `purchase_expired`, `payment_failed` (and the provider's `code`), `provider_unavailable` or `server_error`"),
    WithSessions))]
#[get("/payments/toss/success")]
async fn success(
    request: HttpRequest,
    service: Data<PaymentService>,
    deps: Data<HttpDeps>,
) -> Result<HttpResponse, ApiError> {
    only_get(&request)?;
    let frontend = &deps.config.frontend_url;
    let Some(returned) = returned(request.query_string()) else {
        return Ok(failed(frontend, None, "invalid_return", None));
    };
    let order = returned.order.clone();
    Ok(match service.on_success_return(returned).await {
        Ok(state) => came_back(frontend, &order, state),
        Err(error) => refused(frontend, &order, &error),
    })
}

/// The payment was refused, or its buyer turned back. HEAD does nothing here and is 405.
#[utoipa::path(tag = "payments", operation_id = "fail_payment", security(()), params(FailQuery), responses(
    (status = 302, description = "To the web client: `/payments/fail?order_id&error=<code>`; to `/payments/success?order_id&status=paid` when it was paid all the same"),
    WithSessions))]
#[get("/payments/toss/fail")]
async fn fail(
    request: HttpRequest,
    service: Data<PaymentService>,
    deps: Data<HttpDeps>,
) -> Result<HttpResponse, ApiError> {
    only_get(&request)?;
    let (query, frontend) = (request.query_string(), &deps.config.frontend_url);
    let code = parameter(query, "code").filter(|code| is_code(code));
    let Some(order) = order_of(query) else {
        return Ok(failed(frontend, None, "payment_failed", code.as_deref()));
    };
    Ok(match service.on_fail_return(&order).await {
        Ok(OrderState::Paid) => came_back(frontend, &order, OrderState::Paid),
        Ok(OrderState::Expired) => failed(frontend, Some(&order), "purchase_expired", None),
        Ok(_) => failed(frontend, Some(&order), "payment_failed", code.as_deref()),
        Err(error) => refused(frontend, &order, &error),
    })
}

/// Links are looked at by programs that ask with HEAD before anybody clicks them.
fn only_get(request: &HttpRequest) -> Result<(), ApiError> {
    if request.extensions().get::<AskedByHead>().is_some() {
        return Err(ApiError::method_not_allowed([&Method::GET]));
    }
    Ok(())
}

fn returned(query: &str) -> Option<Returned> {
    Some(Returned {
        order: order_of(query)?,
        payment_key: parameter(query, "paymentKey")?,
        amount: parameter(query, "amount")?.parse::<Decimal>().ok()?,
    })
}

fn order_of(query: &str) -> Option<OrderId> {
    OrderId::parse(&parameter(query, "orderId")?).ok()
}

/// Whether this is a word that the provider could have sent, and not a sentence of somebody else's.
fn is_code(raw: &str) -> bool {
    (1..=MAX_CODE).contains(&raw.len())
        && raw
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn came_back(frontend: &Url, order: &OrderId, state: OrderState) -> HttpResponse {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("order_id", order.as_str())
        .append_pair("status", state.as_str())
        .finish();
    redirect(&on_the_web_client(
        frontend,
        &format!("/payments/success?{query}"),
    ))
}

fn failed(frontend: &Url, order: Option<&OrderId>, error: &str, code: Option<&str>) -> HttpResponse {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(order) = order {
        query.append_pair("order_id", order.as_str());
    }
    query.append_pair("error", error);
    if let Some(code) = code {
        query.append_pair("code", code);
    }
    let query = query.finish();
    redirect(&on_the_web_client(frontend, &format!("/payments/fail?{query}")))
}

fn refused(frontend: &Url, order: &OrderId, error: &ReturnError) -> HttpResponse {
    let (word, code) = match error {
        ReturnError::UnknownOrder => ("unknown_order", None),
        ReturnError::Mismatch => ("invalid_return", None),
        ReturnError::Expired => ("purchase_expired", None),
        ReturnError::Refused { code } => ("payment_failed", Some(code.as_str()).filter(|code| is_code(code))),
        ReturnError::Settle(SettleError::Storage(_)) => ("server_error", None),
        ReturnError::Settle(_) => ("provider_unavailable", None),
    };
    tracing::warn!(%order, error = %error, "a buyer came back without a payment");
    failed(frontend, Some(order), word, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_is_read_whole_or_not_at_all() {
        let good = "paymentKey=k&orderId=order-1&amount=10000";
        let read = returned(good).unwrap();
        assert_eq!(
            (read.payment_key.as_str(), read.amount),
            ("k", Decimal::from(10_000))
        );
        for bad in [
            "",
            "paymentKey=k&orderId=order-1",
            "paymentKey=k&orderId=order-1&amount=ten",
            "paymentKey=k&orderId=../1&amount=10000",
            "paymentKey=k&orderId=order-1&orderId=order-2&amount=10000",
            "orderId=order-1&amount=10000",
        ] {
            assert!(returned(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn only_words_are_handed_on() {
        assert!(is_code("PAY_PROCESS_CANCELED"));
        for odd in ["", "<script>", "Please call", "pay&error=", &"X".repeat(65)] {
            assert!(!is_code(odd), "{odd}");
        }
    }
}
