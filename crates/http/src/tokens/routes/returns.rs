//! `/api/payments`: redirects from the payment provider. The query is not trusted. A session is not required, because the
//! tokens are credited to the buyer of the order.

use actix_web::{HttpMessage, HttpRequest, http::Method};
use application::tokens::{PaymentReturn, PaymentService, ReturnError, SettleError};
use domain::tokens::{OrderId, OrderState};
use rust_decimal::Decimal;
use url::{Url, form_urlencoded};

use crate::{
    edge::{
        browser::{redirect, web_client_url},
        config::HttpDeps,
        fields::SingleParam,
        middleware::route_guard::HeadRequest,
        prelude::*,
    },
    tokens::requests::{PaymentFailQuery, PaymentSuccessQuery},
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(success).service(fail);
}

/// Maximum length of a provider error code that is added to the redirect.
const MAX_CODE_LENGTH: usize = 64;

/// Finish a payment.
///
/// The payment provider redirects here after an approved payment. Confirms the payment and credits the tokens. HEAD is not
/// allowed (405).
#[utoipa::path(tag = "payments", operation_id = "finish_payment", security(()), params(PaymentSuccessQuery), responses(
    (status = 302, description = "Redirect to the web client: `/payments/success?order_id&status=paid|pending`, or `/payments/fail?order_id&error=<code>` with \
        `invalid_return`, `unknown_order`, `purchase_expired`, `payment_failed` (with the `code` of the provider), `provider_unavailable` or `server_error`"),
    SessionErrors))]
#[get("/payments/toss/success")]
async fn success(
    request: HttpRequest,
    query: FromQuery<PaymentSuccessQuery>,
    service: Data<PaymentService>,
    deps: Data<HttpDeps>,
) -> ApiResult {
    reject_head(&request)?;
    let frontend = &deps.config.frontend_url;
    let Some(returned) = parse_return(query.0) else {
        return Ok(redirect_to_fail(frontend, None, "invalid_return", None));
    };
    let order = returned.order.clone();
    Ok(match service.on_success_return(returned).await {
        Ok(state) => redirect_to_success(frontend, &order, state),
        Err(error) => redirect_error(frontend, &order, &error),
    })
}

/// Finish a failed payment.
///
/// The payment provider redirects here if it rejected the payment or the buyer canceled it. HEAD is not allowed (405).
#[utoipa::path(tag = "payments", operation_id = "fail_payment", security(()), params(PaymentFailQuery), responses(
    (status = 302, description = "Redirect to the web client: `/payments/fail?order_id&error=<code>`, or `/payments/success?order_id&status=paid` if the order is paid"),
    SessionErrors))]
#[get("/payments/toss/fail")]
async fn fail(
    request: HttpRequest,
    query: FromQuery<PaymentFailQuery>,
    service: Data<PaymentService>,
    deps: Data<HttpDeps>,
) -> ApiResult {
    reject_head(&request)?;
    let frontend = &deps.config.frontend_url;
    let FromQuery(PaymentFailQuery { code, order_id }) = query;
    let code = code.0.filter(|code| is_code(code));
    let Some(order) = order_of(order_id) else {
        return Ok(redirect_to_fail(
            frontend,
            None,
            "payment_failed",
            code.as_deref(),
        ));
    };
    Ok(match service.on_fail_return(&order).await {
        Ok(OrderState::Paid) => redirect_to_success(frontend, &order, OrderState::Paid),
        Ok(OrderState::Expired) => redirect_to_fail(frontend, Some(&order), "purchase_expired", None),
        Ok(_) => redirect_to_fail(frontend, Some(&order), "payment_failed", code.as_deref()),
        Err(error) => redirect_error(frontend, &order, &error),
    })
}

/// Link previews send HEAD without user interaction, so HEAD must not confirm a payment.
fn reject_head(request: &HttpRequest) -> Result<(), ApiError> {
    if request.extensions().get::<HeadRequest>().is_some() {
        return Err(ApiError::method_not_allowed([&Method::GET]));
    }
    Ok(())
}

fn parse_return(query: PaymentSuccessQuery) -> Option<PaymentReturn> {
    Some(PaymentReturn {
        order: order_of(query.order_id)?,
        payment_key: query.payment_key.0?,
        amount: query.amount.0?.parse::<Decimal>().ok()?,
    })
}

fn order_of(param: SingleParam) -> Option<OrderId> {
    OrderId::parse(&param.0?).ok()
}

/// Whether `raw` has the format of a provider code. Prevents the injection of other text into the redirect.
fn is_code(raw: &str) -> bool {
    (1..=MAX_CODE_LENGTH).contains(&raw.len())
        && raw
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn redirect_to_success(frontend: &Url, order: &OrderId, state: OrderState) -> HttpResponse {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("order_id", order.as_str())
        .append_pair("status", state.as_str())
        .finish();
    redirect(&web_client_url(frontend, &format!("/payments/success?{query}")))
}

fn redirect_to_fail(
    frontend: &Url,
    order: Option<&OrderId>,
    error: &str,
    code: Option<&str>,
) -> HttpResponse {
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

fn redirect_error(frontend: &Url, order: &OrderId, error: &ReturnError) -> HttpResponse {
    let (reason, code) = match error {
        ReturnError::UnknownOrder => ("unknown_order", None),
        ReturnError::Mismatch => ("invalid_return", None),
        ReturnError::Expired => ("purchase_expired", None),
        ReturnError::Refused { code } => ("payment_failed", Some(code.as_str()).filter(|code| is_code(code))),
        ReturnError::Settle(SettleError::Storage(_)) => ("server_error", None),
        ReturnError::Settle(_) => ("provider_unavailable", None),
    };
    tracing::warn!(%order, error = %error, "a payment redirect without a payment");
    redirect_to_fail(frontend, Some(order), reason, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_or_invalid_returns_are_rejected() {
        let good = "paymentKey=k&orderId=order-1&amount=10000";
        let read = |query: &str| parse_return(FromQuery::parse(query).unwrap().0);
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
    fn only_provider_codes_are_passed_on() {
        assert!(is_code("PAY_PROCESS_CANCELED"));
        for invalid in ["", "<script>", "Please call", "pay&error=", &"X".repeat(65)] {
            assert!(!is_code(invalid), "{invalid}");
        }
    }
}
