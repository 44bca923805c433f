//! `/api/webhooks/inference`.

use application::{
    generations::{Failure, InferenceReports},
    workers::Report,
};
use domain::{clock::Clock, generations::GenerationStatus, workers::FailureCode};

use crate::{
    edge::{config::HttpDeps, envelope::Timestamp, prelude::*},
    workers::{
        access::{Inference, Worker},
        body::WorkerBody,
        requests::{
            InferenceCompleteReport, InferenceFailedReport, InferenceProgressReport, InferenceProgressValues,
        },
        responses::InferenceReportResult,
        sanitize::sanitize_progress,
    },
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(progressed).service(completed).service(failed);
}

/// Report the progress of a generation.
///
/// The first report sets the state to `processing`. Values may be lower than in the previous report.
#[utoipa::path(tag = "webhooks", operation_id = "report_inference_progress", security(("worker" = [], "worker_source" = [])), request_body = InferenceProgressReport,
    responses((status = 200, body = Envelope<InferenceReportResult>), CommonErrors, WorkerErrors, GenerationNotFound, BodyErrors))]
#[patch("/webhooks/inference/progress")]
async fn progressed(
    _worker: Worker<Inference>,
    body: WorkerBody<InferenceProgressReport>,
    reports: Data<InferenceReports>,
    deps: Data<HttpDeps>,
) -> ApiResult {
    let WorkerBody(body) = body;
    let progress = sanitize_progress(
        &body.progress.unwrap_or_default().0,
        InferenceProgressValues::NAMES,
        Timestamp(Clock::now(deps.clock.as_ref())),
    );
    to_response(
        reports
            .progress(body.generation_id, body.task_id.0, progress)
            .await?,
    )
}

/// Report a completed generation.
///
/// Completes the generation and pays the artist. Idempotent.
#[utoipa::path(tag = "webhooks", operation_id = "report_inference_complete", security(("worker" = [], "worker_source" = [])), request_body = InferenceCompleteReport,
    responses((status = 200, body = Envelope<InferenceReportResult>), CommonErrors, WorkerErrors, GenerationNotFound, BodyErrors))]
#[post("/webhooks/inference/complete")]
async fn completed(
    _worker: Worker<Inference>,
    body: WorkerBody<InferenceCompleteReport>,
    reports: Data<InferenceReports>,
    media: Data<MediaUrls>,
) -> ApiResult {
    let WorkerBody(body) = body;
    let object = media
        .buckets
        .parse_result(&body.result_url)
        .map_err(|error| ApiError::field("result_url", error))?;
    to_response(
        reports
            .complete(
                body.generation_id,
                body.task_id.0,
                object,
                body.metadata.map(|m| m.0),
            )
            .await?,
    )
}

/// Report a failed generation.
///
/// Retries the task, or fails the generation and releases its tokens.
#[utoipa::path(tag = "webhooks", operation_id = "report_inference_failed", security(("worker" = [], "worker_source" = [])), request_body = InferenceFailedReport,
    responses((status = 200, body = Envelope<InferenceReportResult>), CommonErrors, WorkerErrors, GenerationNotFound, BodyErrors))]
#[post("/webhooks/inference/failed")]
async fn failed(
    _worker: Worker<Inference>,
    body: WorkerBody<InferenceFailedReport>,
    reports: Data<InferenceReports>,
) -> ApiResult {
    let WorkerBody(body) = body;
    let failure = Failure {
        task_id: body.task_id.0,
        code: body.error_code.failure(FailureCode::GENERATION_FAILED),
        message: body.error_message.0,
    };
    to_response(reports.failed(body.generation_id, failure).await?)
}

fn to_response(report: Option<Report<GenerationStatus>>) -> ApiResult {
    let report = report.map(|r| InferenceReportResult {
        applied: r.applied,
        status: r.status.into(),
    });
    Ok(ok(report.ok_or(ErrorCode::GenerationNotFound)?))
}
