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
        responses::ReportResult,
    },
};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(progressed).service(completed).service(failed);
}

/// An image goes on. The first report moves the request to `processing`; a lower figure than before counts too.
#[utoipa::path(tag = "webhooks", operation_id = "report_inference_progress", security(("worker" = [], "worker_source" = [])), request_body = InferenceProgressReport,
    responses((status = 200, body = Envelope<ReportResult>), CommonErrors, WorkerErrors, GenerationNotFound, BodyErrors))]
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

/// An image is made: the request is completed and the artist is paid, once.
#[utoipa::path(tag = "webhooks", operation_id = "report_inference_complete", security(("worker" = [], "worker_source" = [])), request_body = InferenceCompleteReport,
    responses((status = 200, body = Envelope<ReportResult>), CommonErrors, WorkerErrors, GenerationNotFound, BodyErrors))]
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

/// An image failed: the task is sent again, or the request is given up and the tokens go back.
#[utoipa::path(tag = "webhooks", operation_id = "report_inference_failed", security(("worker" = [], "worker_source" = [])), request_body = InferenceFailedReport,
    responses((status = 200, body = Envelope<ReportResult>), CommonErrors, WorkerErrors, GenerationNotFound, BodyErrors))]
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
    let report = report.map(|r| ReportResult {
        applied: r.applied,
        status: r.status.as_str(),
    });
    Ok(ok(report.ok_or(ErrorCode::GenerationNotFound)?))
}
