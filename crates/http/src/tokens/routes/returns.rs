//! `/api/payments`: the buyer's browser returns from the payment provider. The query is not trusted, and no session is
//! needed: the tokens go to the buyer of the order.

use actix_web::{HttpMessage, HttpRequest, http::Method};
use application::tokens::{PaymentService, ReturnError, Returned, SettleError};
use domain::tokens::{OrderId, OrderState};
use rust_decimal::Decimal;
use url::{Url, form_urlencoded};

use crate::{
    edge::{
        browser::{redirect, web_client_url},
        config::HttpDeps,
        fields::Once,
        middleware::route_guard::HeadRequest,
        prelude::*,
    },
    tokens::requests::{PaymentFailQuery, PaymentSuccessQuery},
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(success).service(fail);
}

/// Longest error code that is passed on.
const MAX_CODE: usize = 64;

/// Return from a payment.
///
/// Confirms the payment and grants the tokens. HEAD is not allowed (405).
#[utoipa::path(tag = "payments", operation_id = "finish_payment", security(()), params(PaymentSuccessQuery), responses(
    (status = 302, description = "To the web client: `/payments/success?order_id&status=paid|pending`, or `/payments/fail?order_id&error=<code>` with \
        `invalid_return`, `unknown_order`, `purchase_expired`, `payment_failed` (and the provider's `code`), `provider_unavailable` or `server_error`"),
    SessionErrors))]
#[get("/payments/toss/success")]
async fn success(
    request: HttpRequest,
    query: FromQuery<PaymentSuccessQuery>,
    service: Data<PaymentService>,
    deps: Data<HttpDeps>,
) -> ApiResult {
    only_get(&request)?;
    let frontend = &deps.config.frontend_url;
    let Some(returned) = returned(query.0) else {
        return Ok(failed(frontend, None, "invalid_return", None));
    };
    let order = returned.order.clone();
    Ok(match service.on_success_return(returned).await {
        Ok(state) => succeeded(frontend, &order, state),
        Err(error) => refused(frontend, &order, &error),
    })
}

/// Return from a failed payment.
///
/// The payment was refused, or the buyer canceled it. HEAD is not allowed (405).
#[utoipa::path(tag = "payments", operation_id = "fail_payment", security(()), params(PaymentFailQuery), responses(
    (status = 302, description = "To the web client: `/payments/fail?order_id&error=<code>`; to `/payments/success?order_id&status=paid` when it was paid all the same"),
    SessionErrors))]
#[get("/payments/toss/fail")]
async fn fail(
    request: HttpRequest,
    query: FromQuery<PaymentFailQuery>,
    service: Data<PaymentService>,
    deps: Data<HttpDeps>,
) -> ApiResult {
    only_get(&request)?;
    let frontend = &deps.config.frontend_url;
    let FromQuery(PaymentFailQuery { code, order_id }) = query;
    let code = code.0.filter(|code| is_code(code));
    let Some(order) = order_of(order_id) else {
        return Ok(failed(frontend, None, "payment_failed", code.as_deref()));
    };
    Ok(match service.on_fail_return(&order).await {
        Ok(OrderState::Paid) => succeeded(frontend, &order, OrderState::Paid),
        Ok(OrderState::Expired) => failed(frontend, Some(&order), "purchase_expired", None),
        Ok(_) => failed(frontend, Some(&order), "payment_failed", code.as_deref()),
        Err(error) => refused(frontend, &order, &error),
    })
}

/// Link previews send HEAD before anybody clicks.
fn only_get(request: &HttpRequest) -> Result<(), ApiError> {
    if request.extensions().get::<HeadRequest>().is_some() {
        return Err(ApiError::method_not_allowed([&Method::GET]));
    }
    Ok(())
}

fn returned(query: PaymentSuccessQuery) -> Option<Returned> {
    Some(Returned {
        order: order_of(query.order_id)?,
        payment_key: query.payment_key.0?,
        amount: query.amount.0?.parse::<Decimal>().ok()?,
    })
}

fn order_of(sent: Once) -> Option<OrderId> {
    OrderId::parse(&sent.0?).ok()
}

/// Whether this looks like a code of the provider and not like injected text.
fn is_code(raw: &str) -> bool {
    (1..=MAX_CODE).contains(&raw.len())
        && raw
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn succeeded(frontend: &Url, order: &OrderId, state: OrderState) -> HttpResponse {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("order_id", order.as_str())
        .append_pair("status", state.as_str())
        .finish();
    redirect(&web_client_url(frontend, &format!("/payments/success?{query}")))
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
    redirect(&web_client_url(frontend, &format!("/payments/fail?{query}")))
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
    tracing::warn!(%order, error = %error, "a return without a payment");
    failed(frontend, Some(order), word, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_is_read_whole_or_not_at_all() {
        let good = "paymentKey=k&orderId=order-1&amount=10000";
        let read = |query: &str| returned(FromQuery::parse(query).unwrap().0);
        let returned = read(good).unwrap();
        assert_eq!(
            (returned.payment_key.as_str(), returned.amount),
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
            assert!(read(bad).is_none(), "{bad}");
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
