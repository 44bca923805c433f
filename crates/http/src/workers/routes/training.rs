//! `/api/webhooks/training`.

use application::{styles::TrainingReports, workers::Report};
use domain::{clock::Clock, styles::TrainingStatus, workers::FailureCode};

use crate::{
    edge::{config::HttpDeps, envelope::Timestamp, prelude::*},
    workers::{
        access::{Training, Worker},
        body::WorkerBody,
        requests::{
            TrainingCompleteReport, TrainingFailedReport, TrainingProgressReport, TrainingProgressValues,
        },
        responses::TrainingReportResult,
        sanitize::sanitize_progress,
    },
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(progressed).service(completed).service(failed);
}

/// Report the progress of a training.
///
/// The first report sets the state to `training`.
#[utoipa::path(tag = "webhooks", operation_id = "report_training_progress", security(("worker" = [], "worker_source" = [])), request_body = TrainingProgressReport,
    responses((status = 200, body = Envelope<TrainingReportResult>), CommonErrors, WorkerErrors, StyleNotFound, BodyErrors))]
#[patch("/webhooks/training/progress")]
async fn progressed(
    _worker: Worker<Training>,
    body: WorkerBody<TrainingProgressReport>,
    reports: Data<TrainingReports>,
    deps: Data<HttpDeps>,
) -> ApiResult {
    let WorkerBody(body) = body;
    let progress = sanitize_progress(
        &body.progress.unwrap_or_default().0,
        TrainingProgressValues::NAMES,
        Timestamp(Clock::now(deps.clock.as_ref())),
    );
    to_response(reports.progress(body.style_id, body.task_id.0, progress).await?)
}

/// Report a completed training.
///
/// Also accepted after the training has failed.
#[utoipa::path(tag = "webhooks", operation_id = "report_training_complete", security(("worker" = [], "worker_source" = [])), request_body = TrainingCompleteReport,
    responses((status = 200, body = Envelope<TrainingReportResult>), CommonErrors, WorkerErrors, StyleNotFound, BodyErrors))]
#[post("/webhooks/training/complete")]
async fn completed(
    _worker: Worker<Training>,
    body: WorkerBody<TrainingCompleteReport>,
    reports: Data<TrainingReports>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let WorkerBody(body) = body;
    let model = media
        .buckets
        .parse_model(&body.model_path)
        .map_err(|error| ApiError::field("model_path", error))?;
    to_response(
        reports
            .complete(
                body.style_id,
                body.task_id.0,
                model,
                body.training_metric.map(|m| m.0),
            )
            .await?,
    )
}

/// Report a failed training.
///
/// The artist may retry it.
#[utoipa::path(tag = "webhooks", operation_id = "report_training_failed", security(("worker" = [], "worker_source" = [])), request_body = TrainingFailedReport,
    responses((status = 200, body = Envelope<TrainingReportResult>), CommonErrors, WorkerErrors, StyleNotFound, BodyErrors))]
#[post("/webhooks/training/failed")]
async fn failed(
    _worker: Worker<Training>,
    body: WorkerBody<TrainingFailedReport>,
    reports: Data<TrainingReports>,
) -> ApiResult {
    let WorkerBody(body) = body;
    let code = body.error_code.failure(FailureCode::TRAINING_FAILED);
    let report = reports.failed(body.style_id, body.task_id.0, &code, body.error_message.0);
    to_response(report.await?)
}

fn to_response(report: Option<Report<TrainingStatus>>) -> ApiResult {
    let report = report.map(|r| TrainingReportResult {
        applied: r.applied,
        status: r.status.into(),
    });
    Ok(ok(report.ok_or(ErrorCode::StyleNotFound)?))
}
