//! `/api/webhooks`: what workers report. Real workers call once and never again: every known id is answered with 200,
//! and what comes late or twice changes nothing.

mod access;
mod inference;
mod training;

use utoipa_actix_web::service_config::ServiceConfig;

pub use access::WorkerAccess;

use domain::TaskId;
use uuid::Uuid;

use crate::{
    dto::webhooks::{ReportDto, clean_message},
    error::ApiError,
    extract::Fields,
};

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(training::configure)
        .configure(inference::configure);
}

/// The attempt that reports, when it says so. A name that is no task of ours cannot be the current one: it counts as
/// some other attempt's, since refusing the call would lose it.
fn task_id(fields: &mut Fields) -> Option<TaskId> {
    let named = fields
        .value("task_id")
        .filter(|value| value.as_str() != Some(""))?;
    let id = named.as_str().and_then(|raw| Uuid::parse_str(raw.trim()).ok());
    Some(TaskId(id.unwrap_or(Uuid::nil())))
}

/// A text of the worker's, cleaned; empty when it sends none.
fn message(fields: &mut Fields, name: &str) -> String {
    fields
        .value(name)
        .and_then(|value| value.as_str().map(clean_message))
        .unwrap_or_default()
}

/// The answer: what became of the report, or that nothing has this id.
fn answered(
    report: Option<ReportDto>,
    not_found: crate::ErrorCode,
) -> Result<actix_web::HttpResponse, ApiError> {
    report
        .map(crate::envelope::ok)
        .ok_or_else(|| ApiError::not_found(not_found))
}
