//! Failure reports of inference workers.

use std::{sync::Arc, time::Duration};

use domain::{
    GenerationId, TaskId,
    generations::{GenerationStatus, MockGenerationQueries, MockSettlements},
    workers::{Attempt, FailureCode, Transition},
};
use stylelicense_application::generations::{Failure, InferenceReports};
use uuid::Uuid;

use crate::support::{attempt, brief, clock, ids, now, tasks};

fn reports(settlements: MockSettlements, status: GenerationStatus, attempt: Attempt) -> InferenceReports {
    let mut queries = MockGenerationQueries::new();
    queries
        .expect_brief()
        .returning(move |_| Ok(Some(brief(status, attempt))));
    InferenceReports {
        queries: Arc::new(queries),
        settlements: Arc::new(settlements),
        tasks: tasks(),
        clock: clock(),
        ids: ids(),
    }
}

fn failure(code: &str, task_id: Option<TaskId>) -> Failure {
    Failure {
        task_id,
        code: FailureCode::parse_or(code, FailureCode::GENERATION_FAILED),
        message: "why".into(),
    }
}

fn applied(before: GenerationStatus) -> Result<Option<Transition<GenerationStatus>>, domain::StorageError> {
    Ok(Some(Transition {
        applied: true,
        before,
    }))
}

#[tokio::test]
async fn a_transient_failure_resends_the_task_as_the_next_attempt() {
    let mut settlements = MockSettlements::new();
    settlements
        .expect_resend()
        .withf(|resend| {
            let task: serde_json::Value = serde_json::from_slice(&resend.payload).unwrap();
            resend.attempt == 2
                && resend.send_at == now() + Duration::from_secs(30)
                && task["attempt"] == 3
                && task["task_id"] == Uuid::from_u128(99).to_string()
        })
        .times(1)
        .returning(|_| applied(GenerationStatus::Processing));
    let reports = reports(settlements, GenerationStatus::Processing, attempt(2, true, false));
    let report = reports
        .failed(GenerationId(31), failure("GPU_OOM", None))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (report.applied, report.status),
        (true, GenerationStatus::Retrying)
    );
}

#[tokio::test]
async fn the_fourth_failure_releases_the_tokens() {
    let mut settlements = MockSettlements::new();
    settlements
        .expect_release()
        .withf(|release| {
            release.attempt == 4 && release.error_code == "GPU_OOM" && release.error_message == "why"
        })
        .times(1)
        .returning(|_| applied(GenerationStatus::Processing));
    let reports = reports(settlements, GenerationStatus::Processing, attempt(4, true, false));
    let report = reports
        .failed(GenerationId(31), failure("GPU_OOM", None))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(report.status, GenerationStatus::Failed);
}

#[tokio::test]
async fn an_inference_error_is_a_heartbeat() {
    let mut settlements = MockSettlements::new();
    settlements
        .expect_heartbeat()
        .withf(|heartbeat| heartbeat.status == GenerationStatus::Retrying && heartbeat.progress.is_none())
        .times(1)
        .returning(|_| applied(GenerationStatus::Processing));
    let reports = reports(settlements, GenerationStatus::Processing, attempt(1, true, false));
    let report = reports
        .failed(GenerationId(31), failure("INFERENCE_ERROR", None))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(report.status, GenerationStatus::Retrying);
}

#[tokio::test]
async fn a_report_that_does_not_count_writes_nothing() {
    let other = Some(TaskId(Uuid::from_u128(7)));
    let cases = [
        (GenerationStatus::Completed, attempt(1, true, false), None),
        (GenerationStatus::Canceled, attempt(1, false, false), None),
        (GenerationStatus::Retrying, attempt(2, false, false), None),
        (GenerationStatus::Processing, attempt(1, true, false), other),
    ];
    for (status, attempt, task_id) in cases {
        // A mock without expectations panics on any call.
        let reports = reports(MockSettlements::new(), status, attempt);
        let report = reports
            .failed(GenerationId(31), failure("GPU_OOM", task_id))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((report.applied, report.status), (false, status));
    }
}

#[tokio::test]
async fn a_report_on_an_unknown_generation_is_none() {
    let mut queries = MockGenerationQueries::new();
    queries.expect_brief().returning(|_| Ok(None));
    let reports = InferenceReports {
        queries: Arc::new(queries),
        settlements: Arc::new(MockSettlements::new()),
        tasks: tasks(),
        clock: clock(),
        ids: ids(),
    };
    assert!(
        reports
            .failed(GenerationId(1), failure("GPU_OOM", None))
            .await
            .unwrap()
            .is_none()
    );
}
