//! `GET /api/health`, `GET /api/health/live`.

use actix_web::{HttpResponse, get, web::Data};
use application::operations::{HealthService, HealthStatus};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::documented::Anyhow;
use crate::{
    dto::health::HealthDto,
    envelope::{Envelope, ErrorBody, ok},
    error::{ApiError, ErrorCode},
};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(live).service(health);
}

/// The server is up.
#[derive(Debug, Serialize, ToSchema)]
struct LiveDto {
    /// `ok`
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the platform is well. 200 while work is accepted, also when broker or storage are down (`degraded`); 503
/// with the same object in `details` when the database is.
#[utoipa::path(tag = "operations", operation_id = "health", security(()), responses((status = 200, body = Envelope<HealthDto>), Anyhow,
    (status = 503, description = "`SERVICE_UNAVAILABLE`: the database is down; `details` is the object of a success", body = ErrorBody)))]
#[get("/health")]
async fn health(service: Data<HealthService>) -> Result<HttpResponse, ApiError> {
    let health = service.check().await;
    let shown = HealthDto::from(&health);
    if health.status == HealthStatus::Down {
        return Err(ApiError::new(ErrorCode::ServiceUnavailable).with_details(json!(shown)));
    }
    Ok(ok(shown))
}

/// Whether the process serves. Touches no dependency.
#[utoipa::path(tag = "operations", operation_id = "live", security(()), responses((status = 200, body = Envelope<LiveDto>), Anyhow))]
#[get("/health/live")]
async fn live() -> HttpResponse {
    ok(LiveDto { status: "ok" })
}
