//! `/api/webhooks`: what workers and the payment provider report. Real workers call once and never again: every known id is answered with 200,
//! and what comes late or twice changes nothing.

mod inference;
mod training;

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use domain::TaskId;
use uuid::Uuid;

use crate::{
    edge::{error::ApiError, fields::Fields},
    workers::figures::clean_message,
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(training::configure)
        .configure(inference::configure);
}

/// The attempt that reports, when it says so. What cannot be read counts as nothing said: most workers say nothing, and
/// refusing the call would lose it.
fn task_id(fields: &mut Fields) -> Option<TaskId> {
    let named = fields.value("task_id")?;
    Uuid::parse_str(named.as_str()?.trim()).ok().map(TaskId)
}

/// A text of the worker's, cleaned; empty when it sends none.
fn message(fields: &mut Fields, name: &str) -> String {
    fields
        .value(name)
        .and_then(|value| value.as_str().map(clean_message))
        .unwrap_or_default()
}

/// The result of a report, or 404 when nothing has this id.
fn answered<T: Serialize + ToSchema>(
    report: Option<T>,
    not_found: crate::edge::error_code::ErrorCode,
) -> Result<actix_web::HttpResponse, ApiError> {
    report
        .map(crate::edge::envelope::ok)
        .ok_or_else(|| ApiError::not_found(not_found))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(task_id: &Value) -> Option<TaskId> {
        let body = json!({ "task_id": task_id });
        super::task_id(&mut Fields::parse(body.to_string().as_bytes()).unwrap())
    }

    #[test]
    fn an_unreadable_task_id_counts_as_none() {
        let known = Uuid::from_u128(7);
        assert_eq!(read(&json!(format!(" {known} "))), Some(TaskId(known)));
        for unreadable in [json!(""), json!("task-7"), json!(7), json!(null), json!([known])] {
            assert_eq!(read(&unreadable), None, "{unreadable}");
        }
    }
}
