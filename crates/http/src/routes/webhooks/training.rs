//! Reports of training workers.

use actix_web::{HttpResponse, patch, post, web::Data};
use application::{
    media_urls::MediaUrls,
    styles::{TrainingReport, TrainingReports},
};
use domain::{StyleId, TaskId, clock::Clock, workers::FailureCode};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    access::{Training, Worker},
    answered,
    body::WorkerBody,
    message, task_id,
};
use crate::{
    HttpDeps,
    dto::webhooks::{
        ReportDto, TrainingCompleteReport, TrainingFailedReport, TrainingProgressReport, clean_json, progress,
    },
    envelope::{Envelope, Timestamp},
    error::{ApiError, ErrorCode},
    extract::{Fields, FromFields},
    routes::documented::{Always, FromWorkers, OfStyle, TakesBody},
};

const FIGURES: [&str; 4] = [
    "current_epoch",
    "total_epochs",
    "progress_percent",
    "estimated_seconds",
];

pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(progressed).service(completed).service(failed);
}

struct Progressed {
    style: StyleId,
    task_id: Option<TaskId>,
    progress: Map<String, Value>,
}

impl FromFields for Progressed {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let style = fields.required_integer("style_id", |id| Ok(StyleId(id)));
        let task_id = task_id(fields);
        let progress = fields.object("progress").unwrap_or_default();
        Some(Self {
            style: style?,
            task_id,
            progress,
        })
    }
}

/// A training goes on. The first report moves the style to `training`.
#[utoipa::path(tag = "webhooks", operation_id = "report_training_progress", security(("worker" = [], "worker_source" = [])), request_body = TrainingProgressReport,
    responses((status = 200, body = Envelope<ReportDto>), Always, FromWorkers, OfStyle, TakesBody))]
#[patch("/webhooks/training/progress")]
async fn progressed(
    _worker: Worker<Training>,
    body: WorkerBody<Progressed>,
    reports: Data<TrainingReports>,
    deps: Data<HttpDeps>,
) -> Result<HttpResponse, ApiError> {
    let WorkerBody(Progressed {
        style,
        task_id,
        progress: figures,
    }) = body;
    let shown = progress(&figures, FIGURES, Timestamp(Clock::now(deps.clock.as_ref())));
    answer(reports.progress(style, task_id, shown).await?)
}

struct Completed {
    style: StyleId,
    task_id: Option<TaskId>,
    model_path: String,
    metric: Option<Value>,
}

impl FromFields for Completed {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let style = fields.required_integer("style_id", |id| Ok(StyleId(id)));
        let task_id = task_id(fields);
        let model_path = fields.required("model_path", |raw| Ok(raw.to_owned()));
        let metric = fields.value("training_metric").map(clean_json);
        Some(Self {
            style: style?,
            task_id,
            model_path: model_path?,
            metric,
        })
    }
}

/// A style is trained. Counts even for one that was given up.
#[utoipa::path(tag = "webhooks", operation_id = "report_training_complete", security(("worker" = [], "worker_source" = [])), request_body = TrainingCompleteReport,
    responses((status = 200, body = Envelope<ReportDto>), Always, FromWorkers, OfStyle, TakesBody))]
#[post("/webhooks/training/complete")]
async fn completed(
    _worker: Worker<Training>,
    body: WorkerBody<Completed>,
    reports: Data<TrainingReports>,
    media: Data<MediaUrls>,
) -> Result<HttpResponse, ApiError> {
    let WorkerBody(Completed {
        style,
        task_id,
        model_path,
        metric,
    }) = body;
    let model = media
        .buckets()
        .parse_model(&model_path)
        .map_err(|fault| ApiError::field("model_path", fault))?;
    answer(reports.complete(style, task_id, model, metric).await?)
}

struct Failed {
    style: StyleId,
    task_id: Option<TaskId>,
    code: FailureCode,
    message: String,
}

impl FromFields for Failed {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let style = fields.required_integer("style_id", |id| Ok(StyleId(id)));
        let task_id = task_id(fields);
        let code = FailureCode::read(&message(fields, "error_code"), FailureCode::TRAINING_FAILED);
        let message = message(fields, "error_message");
        Some(Self {
            style: style?,
            task_id,
            code,
            message,
        })
    }
}

/// A training failed for good. Its owner may retry.
#[utoipa::path(tag = "webhooks", operation_id = "report_training_failed", security(("worker" = [], "worker_source" = [])), request_body = TrainingFailedReport,
    responses((status = 200, body = Envelope<ReportDto>), Always, FromWorkers, OfStyle, TakesBody))]
#[post("/webhooks/training/failed")]
async fn failed(
    _worker: Worker<Training>,
    body: WorkerBody<Failed>,
    reports: Data<TrainingReports>,
) -> Result<HttpResponse, ApiError> {
    let WorkerBody(Failed {
        style,
        task_id,
        code,
        message,
    }) = body;
    answer(reports.failed(style, task_id, &code, message).await?)
}

fn answer(report: Option<TrainingReport>) -> Result<HttpResponse, ApiError> {
    let report = report.map(|r| ReportDto {
        applied: r.applied,
        status: r.status.as_str(),
    });
    answered(report, ErrorCode::StyleNotFound)
}
