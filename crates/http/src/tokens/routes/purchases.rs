//! `/api/tokens/packages`, `/api/tokens/purchase` and `/api/tokens/purchases`.

use actix_web::web::Path;
use application::tokens::PaymentService;
use domain::tokens::OrderId;

use crate::{
    edge::prelude::*,
    tokens::{
        requests::PurchaseTokens,
        responses::{CreatedOrder, PackageOffer, PurchaseOrder},
    },
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(packages).service(purchase).service(order_view);
}

/// List token packages.
///
/// The response contains all packages.
#[utoipa::path(tag = "tokens", operation_id = "list_packages", security(()), responses((status = 200, body = Envelope<Listing<PackageOffer>>), CommonErrors))]
#[get("/tokens/packages")]
async fn packages(service: Data<PaymentService>) -> ApiResult {
    let offers = service.packages().await?.into_iter().map(PackageOffer::from);
    Ok(ok(Listing::with_rows(offers.collect(), None)))
}

/// Order a token package.
///
/// Redirect the browser to `payment_url`. The tokens are credited when the order becomes `paid`.
#[utoipa::path(tag = "tokens", operation_id = "purchase_tokens", security(("session" = [], "csrf" = [])), request_body = PurchaseTokens, responses(
    (status = 201, body = Envelope<CreatedOrder>, headers(("Location" = String, description = "Path of the order"))),
    CommonErrors, CsrfRequired, BodyErrors,
    (status = 402, description = "`PAYMENT_FAILED`: the payment provider rejected the order; its error code is in `details`", body = ErrorBody),
    (status = 400, description = "`INVALID_REQUEST`: the request is malformed; `INVALID_PACKAGE`: the package does not exist", body = ErrorBody)))]
#[post("/tokens/purchase")]
async fn purchase(
    caller: SignedIn,
    body: JsonBody<PurchaseTokens>,
    service: Data<PaymentService>,
) -> ApiResult {
    let JsonBody(PurchaseTokens { package_id }) = body;
    let order = CreatedOrder::from(service.purchase(caller.user, &package_id).await?);
    let location = format!("/api/tokens/purchases/{}", order.order_id);
    Ok(created(&location, order))
}

/// Get a purchase.
#[utoipa::path(tag = "tokens", operation_id = "get_purchase", security(("session" = [])), params(("order_id" = String, Path, example = "order-3f2b8c1e5d7a4f60912c8b7a6d5e4f30")), responses(
    (status = 200, body = Envelope<PurchaseOrder>), CommonErrors, SessionRequired, NotFoundError))]
#[get("/tokens/purchases/{order_id}")]
async fn order_view(caller: SignedIn, order: Path<String>, service: Data<PaymentService>) -> ApiResult {
    let found = match OrderId::parse(&order) {
        Ok(id) => service.order(&id, caller.user).await?,
        Err(_) => None,
    };
    let found = found.ok_or(ErrorCode::NotFound)?;
    Ok(ok(PurchaseOrder::from(found)))
}
