//! `/api/health`.

use application::operations::{HealthService, OverallHealth};
use serde_json::json;

use crate::{
    edge::prelude::*,
    operations::responses::{HealthReport, HealthStatus, Liveness},
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(live).service(health);
}

/// Get the state of the platform.
///
/// 200 if requests are accepted, even if the broker or the object store is down (`degraded`). 503 if the database is down,
/// with the same object in `details`.
#[utoipa::path(tag = "operations", operation_id = "health", security(()), responses((status = 200, body = Envelope<HealthReport>), NoDependencies,
    (status = 503, description = "`SERVICE_UNAVAILABLE`: the database is down; `details` is the `data` of a successful response", body = ErrorBody)))]
#[get("/health")]
async fn health(service: Data<HealthService>) -> ApiResult {
    let health = service.check().await;
    let report = HealthReport::from(&health);
    if health.status == OverallHealth::Down {
        return Err(ApiError::new(ErrorCode::ServiceUnavailable).with_details(json!(report)));
    }
    Ok(ok(report))
}

/// Check that the process serves requests.
///
/// Does not use any dependency.
#[utoipa::path(tag = "operations", operation_id = "live", security(()), responses((status = 200, body = Envelope<Liveness>), NoDependencies))]
#[get("/health/live")]
async fn live() -> HttpResponse {
    ok(Liveness {
        status: HealthStatus::Ok,
    })
}
