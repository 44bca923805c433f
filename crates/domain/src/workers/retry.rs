//! Retry rules: after a worker's failure report, and after a missing heartbeat.

use std::time::Duration;

use crate::workers::Attempt;

/// A worker's error code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureCode(String);

/// What to do after a failure report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureAction {
    /// Count it as a heartbeat: the worker retries without a new task.
    WorkerRetries,
    /// Resend the task after `delay`, without a new hold.
    Resend { delay: Duration },
    /// Fail the job and release its tokens.
    Fail,
}

/// How often a task is resent.
pub const MAX_RETRIES: u16 = 3;

/// Backoff before the first, second and third resend.
const DELAYS: [Duration; MAX_RETRIES as usize] =
    [Duration::ZERO, Duration::from_secs(30), Duration::from_mins(2)];

/// Codes of transient failures.
const RETRYABLE: [&str; 5] = [
    "GPU_OOM",
    "OOM_ERROR",
    "TIMEOUT",
    "NETWORK_ERROR",
    "GENERATION_ERROR",
];

/// A worker that reports this code retries without a new task.
const WORKER_RETRIES: &str = "INFERENCE_ERROR";

impl FailureCode {
    /// A generation failed without a valid code.
    pub const GENERATION_FAILED: &'static str = "GENERATION_FAILED";
    /// A training failed without a valid code.
    pub const TRAINING_FAILED: &'static str = "TRAINING_FAILED";
    /// No heartbeat before the deadline.
    pub const TIMEOUT: &'static str = "TIMEOUT";
    /// The account was erased while the job was open.
    pub const ACCOUNT_DELETED: &'static str = "ACCOUNT_DELETED";

    /// Parses a worker's code: at most 64 letters, digits and `_`. Any other code becomes `fallback`, so that no
    /// report is rejected because of its code.
    pub fn parse_or(raw: &str, fallback: &'static str) -> Self {
        let raw = raw.trim();
        let valid =
            !raw.is_empty() && raw.len() <= 64 && raw.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        Self(if valid {
            raw.to_owned()
        } else {
            fallback.to_owned()
        })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What to do after this failure of attempt number `attempt` (from 1).
    pub fn action(&self, attempt: u16) -> FailureAction {
        if self.0 == WORKER_RETRIES {
            FailureAction::WorkerRetries
        } else if RETRYABLE.contains(&self.as_str()) {
            retry_action(attempt)
        } else {
            FailureAction::Fail
        }
    }
}

/// What to do after a transient failure, or the loss, of attempt number `attempt`.
pub fn retry_action(attempt: u16) -> FailureAction {
    match DELAYS.get(usize::from(attempt.max(1)) - 1) {
        Some(delay) => FailureAction::Resend { delay: *delay },
        None => FailureAction::Fail,
    }
}

/// Whether the object store has the result of a silent job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredResult {
    /// Stored, and newer than the task.
    Found,
    Missing,
    /// The store does not answer.
    Unknown,
}

/// What to do with a silent job: one without a heartbeat before its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeoutAction {
    /// Complete it, as if its worker had reported the result.
    Complete,
    /// Decide in a later round.
    Wait,
    /// Resend the task after `delay`.
    Resend { delay: Duration },
    /// Fail the job and release its tokens.
    Fail,
}

/// The rule of the deadline job. A stored result completes the job. While the store does not answer, the decision waits for
/// twice the deadline. A task that no worker has taken is not resent, because it is still in the queue.
pub fn timeout_action(
    attempt: &Attempt,
    silence: Duration,
    deadline: Duration,
    stored: StoredResult,
) -> TimeoutAction {
    match stored {
        StoredResult::Found => TimeoutAction::Complete,
        StoredResult::Unknown if silence < deadline * 2 => TimeoutAction::Wait,
        StoredResult::Unknown | StoredResult::Missing if !attempt.taken => TimeoutAction::Fail,
        StoredResult::Unknown | StoredResult::Missing => match retry_action(attempt.number) {
            FailureAction::Resend { delay } => TimeoutAction::Resend { delay },
            FailureAction::Fail | FailureAction::WorkerRetries => TimeoutAction::Fail,
        },
    }
}

/// Heartbeat deadlines of jobs, per attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For a task that no worker has taken (`QUEUE_DEADLINE`).
    pub queue: Duration,
    /// For a generation with a heartbeat (`GENERATION_DEADLINE`).
    pub generation: Duration,
    /// For a training with a heartbeat (`TRAINING_DEADLINE`).
    pub training: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        let hours = |n: u64| Duration::from_secs(n * 3600);
        Self {
            queue: hours(24),
            generation: Duration::from_mins(15),
            training: hours(6),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(code: &str, attempt: u16) -> FailureAction {
        FailureCode::parse_or(code, FailureCode::GENERATION_FAILED).action(attempt)
    }

    #[test]
    fn a_transient_failure_is_retried_three_times() {
        for code in RETRYABLE {
            let delays: Vec<_> = (1..=4).map(|attempt| action(code, attempt)).collect();
            let resend = |s| FailureAction::Resend {
                delay: Duration::from_secs(s),
            };
            assert_eq!(
                delays,
                [resend(0), resend(30), resend(120), FailureAction::Fail],
                "{code}"
            );
        }
    }

    #[test]
    fn any_other_failure_is_final() {
        for code in [
            "CUDA_BROKEN",
            "",
            "  ",
            "a b",
            "TIMEOUT; DROP TABLE",
            &"X".repeat(65),
        ] {
            assert_eq!(action(code, 1), FailureAction::Fail, "{code}");
        }
    }

    #[test]
    fn an_inference_error_is_a_heartbeat() {
        assert_eq!(action("INFERENCE_ERROR", 9), FailureAction::WorkerRetries);
    }

    #[test]
    fn a_silent_job_is_decided_by_its_stored_result_then_by_its_attempt() {
        let minutes = Duration::from_mins;
        let action = |taken, number, silence, stored| {
            let task_id = crate::TaskId(uuid::Uuid::nil());
            let attempt = Attempt {
                number,
                task_id,
                taken,
                waiting: !taken,
            };
            timeout_action(&attempt, minutes(silence), minutes(15), stored)
        };
        assert_eq!(action(true, 4, 99, StoredResult::Found), TimeoutAction::Complete);
        assert_eq!(action(true, 1, 29, StoredResult::Unknown), TimeoutAction::Wait);
        let resend_now = TimeoutAction::Resend {
            delay: Duration::ZERO,
        };
        assert_eq!(action(true, 1, 30, StoredResult::Unknown), resend_now);
        assert_eq!(action(true, 1, 15, StoredResult::Missing), resend_now);
        assert_eq!(action(true, 4, 15, StoredResult::Missing), TimeoutAction::Fail);
        assert_eq!(action(false, 1, 15, StoredResult::Missing), TimeoutAction::Fail);
    }

    #[test]
    fn an_invalid_code_becomes_the_fallback() {
        assert_eq!(
            FailureCode::parse_or("no way", FailureCode::TRAINING_FAILED).as_str(),
            "TRAINING_FAILED"
        );
        assert_eq!(
            FailureCode::parse_or(" GPU_OOM ", FailureCode::TRAINING_FAILED).as_str(),
            "GPU_OOM"
        );
    }
}
