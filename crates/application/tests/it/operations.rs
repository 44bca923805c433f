//! Deadlines of generations and trainings.

use std::{sync::Arc, time::Duration};

use domain::{
    GenerationId,
    generations::{GenerationStatus, MockGenerationQueries, MockSettlements, SilentGeneration},
    object::{MockObjectStorage, ObjectError, ObjectInfo},
    styles::{MockStyleQueries, MockTrainings},
    workers::{Attempt, Deadlines, FailureCause, Transition},
};
use stylelicense_application::{
    generations::InferenceReports,
    operations::{DeadlineJob, DeadlineReport},
};

use crate::support::{attempt, brief, buckets, clock, ids, now, tasks};

const HOUR: Duration = Duration::from_hours(1);

fn silent(attempt: Attempt, silence: Duration) -> SilentGeneration {
    SilentGeneration {
        id: GenerationId(31),
        attempt,
        result_key: "generations/k.png".into(),
        created_at: now() - HOUR * 48,
        last_heartbeat_at: now() - silence,
    }
}

fn deadlines(
    job: &SilentGeneration,
    storage: MockObjectStorage,
    settlements: MockSettlements,
) -> DeadlineJob {
    let (found, current) = (job.clone(), job.attempt);
    let queries = || {
        let mut queries = MockGenerationQueries::new();
        let found = found.clone();
        queries
            .expect_silent()
            .returning(move |_, _, _| Ok(vec![found.clone()]));
        queries
            .expect_brief()
            .returning(move |_| Ok(Some(brief(GenerationStatus::Processing, current))));
        Arc::new(queries)
    };
    let mut styles = MockStyleQueries::new();
    styles.expect_silent().returning(|_, _, _| Ok(vec![]));
    let settlements = Arc::new(settlements);
    DeadlineJob {
        generations: queries(),
        styles: Arc::new(styles),
        settlements: settlements.clone(),
        trainings: Arc::new(MockTrainings::new()),
        storage: Arc::new(storage),
        reports: InferenceReports {
            queries: queries(),
            settlements,
            tasks: tasks(),
            clock: clock(),
            ids: ids(),
        },
        tasks: tasks(),
        buckets: buckets(),
        deadlines: Deadlines::default(),
        clock: clock(),
        ids: ids(),
    }
}

fn empty_storage() -> MockObjectStorage {
    let mut storage = MockObjectStorage::new();
    storage.expect_head().returning(|_| Ok(None));
    storage
}

fn storage_with(key: &'static str, age: Duration) -> MockObjectStorage {
    let mut storage = MockObjectStorage::new();
    storage.expect_head().returning(move |at| {
        Ok((at.key == key).then(|| ObjectInfo {
            bytes: 9,
            modified_at: now() - age,
        }))
    });
    storage
}

fn unavailable_storage() -> MockObjectStorage {
    let mut storage = MockObjectStorage::new();
    storage
        .expect_head()
        .returning(|_| Err(ObjectError::Unavailable("down".into())));
    storage
}

fn settled() -> Result<Option<Transition<GenerationStatus>>, domain::StorageError> {
    Ok(Some(Transition {
        applied: true,
        before: GenerationStatus::Processing,
    }))
}

fn resends() -> MockSettlements {
    let mut settlements = MockSettlements::new();
    settlements
        .expect_resend()
        .withf(|resend| {
            let since = now() - Deadlines::default().generation;
            resend.cause == FailureCause::Deadline { silent_since: since } && resend.error_code == "TIMEOUT"
        })
        .times(1)
        .returning(|_| settled());
    settlements
}

fn releases() -> MockSettlements {
    let mut settlements = MockSettlements::new();
    settlements.expect_release().times(1).returning(|_| settled());
    settlements
}

#[tokio::test]
async fn a_result_in_storage_completes_the_job() {
    for key in ["generations/k.png", "generations/gen-31.png"] {
        let mut settlements = MockSettlements::new();
        settlements
            .expect_capture()
            .withf(move |c| c.object.key == key)
            .times(1)
            .returning(|_| settled());
        let job = silent(attempt(1, true, false), HOUR);
        let report = deadlines(&job, storage_with(key, HOUR), settlements)
            .round()
            .await
            .unwrap();
        assert_eq!(
            report,
            DeadlineReport {
                completed: 1,
                ..DeadlineReport::default()
            }
        );
    }
}

#[tokio::test]
async fn a_result_older_than_the_job_is_ignored() {
    let job = silent(attempt(1, true, false), HOUR);
    let old = storage_with("generations/gen-31.png", HOUR * 72);
    let report = deadlines(&job, old, resends()).round().await.unwrap();
    assert_eq!(report.resent, 1);
}

#[tokio::test]
async fn silent_attempts_are_resent_and_the_fourth_fails() {
    let job = silent(attempt(3, true, false), HOUR);
    assert_eq!(
        deadlines(&job, empty_storage(), resends())
            .round()
            .await
            .unwrap()
            .resent,
        1
    );
    let job = silent(attempt(4, true, false), HOUR);
    assert_eq!(
        deadlines(&job, empty_storage(), releases())
            .round()
            .await
            .unwrap()
            .failed,
        1
    );
}

#[tokio::test]
async fn a_task_that_no_worker_took_fails_without_a_resend() {
    let job = silent(attempt(1, false, true), HOUR * 25);
    assert_eq!(
        deadlines(&job, empty_storage(), releases())
            .round()
            .await
            .unwrap()
            .failed,
        1
    );
}

#[tokio::test]
async fn unreachable_storage_delays_the_decision_to_twice_the_deadline() {
    let soon = silent(attempt(1, true, false), Duration::from_mins(20));
    let report = deadlines(&soon, unavailable_storage(), MockSettlements::new())
        .round()
        .await
        .unwrap();
    assert_eq!(
        report,
        DeadlineReport {
            unchanged: 1,
            ..DeadlineReport::default()
        }
    );
    let later = silent(attempt(1, true, false), Duration::from_mins(31));
    assert_eq!(
        deadlines(&later, unavailable_storage(), resends())
            .round()
            .await
            .unwrap()
            .resent,
        1
    );
}
