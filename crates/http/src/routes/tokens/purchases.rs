//! Buying tokens.

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use application::tokens::PaymentService;
use domain::tokens::OrderId;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    dto::purchases::{OfferDto, OrderDto, PlacedOrderDto, PurchaseBody},
    envelope::{Envelope, ErrorBody, Listing, created, ok},
    error::{ApiError, ErrorCode},
    extract::{Fields, FromFields, JsonBody},
    routes::documented::{Always, NeedsCsrf, NeedsSession, OfOne, TakesBody},
    session::SignedIn,
};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(packages).service(purchase).service(order_view);
}

struct Wanted(String);

impl FromFields for Wanted {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        fields.required("package_id", |raw| Ok(raw.to_owned())).map(Self)
    }
}

/// What can be bought; all of it on one page.
#[utoipa::path(tag = "tokens", operation_id = "list_packages", security(()), responses((status = 200, body = Envelope<Listing<OfferDto>>), Always))]
#[get("/tokens/packages")]
async fn packages(service: Data<PaymentService>) -> Result<HttpResponse, ApiError> {
    let offers = service.packages().await?.into_iter().map(OfferDto::from);
    Ok(ok(Listing::with_rows(offers.collect(), None)))
}

/// Orders a package: send the browser to `payment_url`. The tokens are there once the order is `paid`.
#[utoipa::path(tag = "tokens", operation_id = "purchase_tokens", security(("session" = [], "csrf" = [])), request_body = PurchaseBody, responses(
    (status = 201, body = Envelope<PlacedOrderDto>, headers(("Location" = String, description = "Path of the order"))),
    Always, NeedsCsrf, TakesBody,
    (status = 402, description = "`PAYMENT_FAILED`: the payment provider refuses the order, its code in `details`", body = ErrorBody),
    (status = 400, description = "`INVALID_REQUEST`: the request cannot be read; `INVALID_PACKAGE`: there is no such package", body = ErrorBody)))]
#[post("/tokens/purchase")]
async fn purchase(
    who: SignedIn,
    body: JsonBody<Wanted>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, ApiError> {
    let JsonBody(Wanted(package)) = body;
    let order = PlacedOrderDto::from(service.purchase(who.user, &package).await?);
    let location = format!("/api/tokens/purchases/{}", order.order_id);
    Ok(created(&location, order))
}

/// An order of one's own and how far it is.
#[utoipa::path(tag = "tokens", operation_id = "get_purchase", security(("session" = [])), params(("order_id" = String, Path, example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")), responses(
    (status = 200, body = Envelope<OrderDto>), Always, NeedsSession, OfOne))]
#[get("/tokens/purchases/{order_id}")]
async fn order_view(
    who: SignedIn,
    order: Path<String>,
    service: Data<PaymentService>,
) -> Result<HttpResponse, ApiError> {
    let found = match OrderId::parse(&order) {
        Ok(id) => service.order(&id, who.user).await?,
        Err(_) => None,
    };
    let found = found.ok_or_else(|| ApiError::not_found(ErrorCode::NotFound))?;
    Ok(ok(OrderDto::from(found)))
}
