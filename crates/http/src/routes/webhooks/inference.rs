//! Reports of inference workers.

use actix_web::{HttpResponse, patch, post, web::Data};
use application::{
    generations::{Failure, GenerationReport, InferenceReports},
    media_urls::MediaUrls,
};
use domain::{GenerationId, TaskId, clock::Clock, workers::FailureCode};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    access::{Inference, Worker},
    answered,
    body::WorkerBody,
    message, task_id,
};
use crate::{
    HttpDeps,
    dto::webhooks::{
        InferenceCompleteReport, InferenceFailedReport, InferenceProgressReport, ReportDto, clean_json,
        progress,
    },
    envelope::{Envelope, Timestamp},
    error::{ApiError, ErrorCode},
    extract::{Fields, FromFields},
    routes::documented::{Always, FromWorkers, OfGeneration, TakesBody},
};

const FIGURES: [&str; 4] = [
    "current_step",
    "total_steps",
    "progress_percent",
    "estimated_seconds",
];

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(progressed).service(completed).service(failed);
}

struct Progressed {
    generation: GenerationId,
    task_id: Option<TaskId>,
    progress: Map<String, Value>,
}

impl FromFields for Progressed {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let generation = fields.required_integer("generation_id", |id| Ok(GenerationId(id)));
        let task_id = task_id(fields);
        let progress = fields.object("progress").unwrap_or_default();
        Some(Self {
            generation: generation?,
            task_id,
            progress,
        })
    }
}

/// An image goes on. The first report moves the request to `processing`; a lower figure than before counts too.
#[utoipa::path(tag = "webhooks", operation_id = "report_inference_progress", security(("worker" = [], "worker_source" = [])), request_body = InferenceProgressReport,
    responses((status = 200, body = Envelope<ReportDto>), Always, FromWorkers, OfGeneration, TakesBody))]
#[patch("/webhooks/inference/progress")]
async fn progressed(
    _worker: Worker<Inference>,
    body: WorkerBody<Progressed>,
    reports: Data<InferenceReports>,
    deps: Data<HttpDeps>,
) -> Result<HttpResponse, ApiError> {
    let WorkerBody(Progressed {
        generation,
        task_id,
        progress: figures,
    }) = body;
    let shown = progress(&figures, FIGURES, Timestamp(Clock::now(deps.clock.as_ref())));
    answer(reports.progress(generation, task_id, shown).await?)
}

struct Completed {
    generation: GenerationId,
    task_id: Option<TaskId>,
    result_url: String,
    metadata: Option<Value>,
}

impl FromFields for Completed {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let generation = fields.required_integer("generation_id", |id| Ok(GenerationId(id)));
        let task_id = task_id(fields);
        let result_url = fields.required("result_url", |raw| Ok(raw.to_owned()));
        let metadata = fields.value("metadata").map(clean_json);
        Some(Self {
            generation: generation?,
            task_id,
            result_url: result_url?,
            metadata,
        })
    }
}

/// An image is made: the request is completed and the artist is paid, once.
#[utoipa::path(tag = "webhooks", operation_id = "report_inference_complete", security(("worker" = [], "worker_source" = [])), request_body = InferenceCompleteReport,
    responses((status = 200, body = Envelope<ReportDto>), Always, FromWorkers, OfGeneration, TakesBody))]
#[post("/webhooks/inference/complete")]
async fn completed(
    _worker: Worker<Inference>,
    body: WorkerBody<Completed>,
    reports: Data<InferenceReports>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let WorkerBody(Completed {
        generation,
        task_id,
        result_url,
        metadata,
    }) = body;
    let object = media
        .buckets()
        .parse_result(&result_url)
        .map_err(|fault| ApiError::field("result_url", fault))?;
    answer(reports.complete(generation, task_id, object, metadata).await?)
}

struct Failed {
    generation: GenerationId,
    failure: Failure,
}

impl FromFields for Failed {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let generation = fields.required_integer("generation_id", |id| Ok(GenerationId(id)));
        let task_id = task_id(fields);
        let code = FailureCode::read(&message(fields, "error_code"), FailureCode::GENERATION_FAILED);
        let message = message(fields, "error_message");
        Some(Self {
            generation: generation?,
            failure: Failure {
                task_id,
                code,
                message,
            },
        })
    }
}

/// An image failed: the task is sent again, or the request is given up and the tokens go back.
#[utoipa::path(tag = "webhooks", operation_id = "report_inference_failed", security(("worker" = [], "worker_source" = [])), request_body = InferenceFailedReport,
    responses((status = 200, body = Envelope<ReportDto>), Always, FromWorkers, OfGeneration, TakesBody))]
#[post("/webhooks/inference/failed")]
async fn failed(
    _worker: Worker<Inference>,
    body: WorkerBody<Failed>,
    reports: Data<InferenceReports>,
) -> Result<HttpResponse, ApiError> {
    let WorkerBody(Failed { generation, failure }) = body;
    answer(reports.failed(generation, failure).await?)
}

fn answer(report: Option<GenerationReport>) -> Result<HttpResponse, ApiError> {
    let report = report.map(|r| ReportDto {
        applied: r.applied,
        status: r.status.as_str(),
    });
    answered(report, ErrorCode::GenerationNotFound)
}
