//! Reports of inference workers.

use application::generations::{Failure, GenerationReport, InferenceReports};
use domain::{clock::Clock, workers::FailureCode};

use crate::{
    edge::{config::HttpDeps, envelope::Timestamp, prelude::*},
    workers::{
        access::{Inference, Worker},
        body::WorkerBody,
        figures::progress,
        requests::{
            InferenceCompleteReport, InferenceFailedReport, InferenceFigures, InferenceProgressReport,
        },
        responses::InferenceReportResult,
    },
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(progressed).service(completed).service(failed);
}

/// Report the progress of a generation.
///
/// The first report sets the state to `processing`. A figure lower than before is accepted.
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
    let shown = progress(
        &body.progress.unwrap_or_default().0,
        InferenceFigures::NAMES,
        Timestamp(Clock::now(deps.clock.as_ref())),
    );
    show(
        reports
            .progress(body.generation_id, body.task_id.0, shown)
            .await?,
    )
}

/// Report an image.
///
/// Completes the generation and pays the artist, once.
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
        .buckets()
        .parse_result(&body.result_url)
        .map_err(|fault| ApiError::field("result_url", fault))?;
    show(
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
/// Sends the task again, or fails the generation and releases its tokens.
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
    show(reports.failed(body.generation_id, failure).await?)
}

fn show(report: Option<GenerationReport>) -> ApiResult {
    let report = report.map(|r| InferenceReportResult {
        applied: r.applied,
        status: r.status.into(),
    });
    Ok(ok(report.ok_or(ErrorCode::GenerationNotFound)?))
}
