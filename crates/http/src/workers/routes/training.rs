//! Reports of training workers.

use application::styles::{TrainingReport, TrainingReports};
use domain::{clock::Clock, workers::FailureCode};

use crate::{
    edge::{config::HttpDeps, envelope::Timestamp, prelude::*},
    workers::{
        access::{Training, Worker},
        body::WorkerBody,
        figures::progress,
        requests::{TrainingCompleteReport, TrainingFailedReport, TrainingFigures, TrainingProgressReport},
        responses::TrainingReportResult,
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
    let shown = progress(
        &body.progress.unwrap_or_default().0,
        TrainingFigures::NAMES,
        Timestamp(Clock::now(deps.clock.as_ref())),
    );
    show(reports.progress(body.style_id, body.task_id.0, shown).await?)
}

/// Report a trained style.
///
/// Accepted as well when the training was given up.
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
        .buckets()
        .parse_model(&body.model_path)
        .map_err(|fault| ApiError::field("model_path", fault))?;
    show(
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
    show(report.await?)
}

fn show(report: Option<TrainingReport>) -> ApiResult {
    let report = report.map(|r| TrainingReportResult {
        applied: r.applied,
        status: r.status.into(),
    });
    Ok(ok(report.ok_or(ErrorCode::StyleNotFound)?))
}
