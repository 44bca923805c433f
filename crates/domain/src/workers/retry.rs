//! What follows a worker's failure report, and after which silence a job counts as lost.

use std::time::Duration;

use crate::workers::Attempt;

/// A worker's reason for a failure, as it is sent on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureCode(String);

/// What the platform does after a failure report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// The worker itself tries again: a heartbeat.
    WorkerRetries,
    /// Send the task again after `delay`, without a new charge.
    SendAgain { delay: Duration },
    /// Give up: failed, tokens released.
    GiveUp,
}

/// How often a task is sent again.
pub const MAX_RETRIES: u16 = 3;

/// Waits before the first, second and third re-send.
const DELAYS: [Duration; MAX_RETRIES as usize] =
    [Duration::ZERO, Duration::from_secs(30), Duration::from_mins(2)];

/// Codes of failures that may pass by themselves.
const RETRYABLE: [&str; 5] = [
    "GPU_OOM",
    "OOM_ERROR",
    "TIMEOUT",
    "NETWORK_ERROR",
    "GENERATION_ERROR",
];

/// A worker that reports this goes on by itself.
const WORKER_RETRIES: &str = "INFERENCE_ERROR";

impl FailureCode {
    /// A generation failed without a usable code.
    pub const GENERATION_FAILED: &'static str = "GENERATION_FAILED";
    /// A training failed without a usable code.
    pub const TRAINING_FAILED: &'static str = "TRAINING_FAILED";
    /// Nothing was heard of the job in time.
    pub const TIMEOUT: &'static str = "TIMEOUT";
    /// The account was erased while the job was open.
    pub const ACCOUNT_DELETED: &'static str = "ACCOUNT_DELETED";

    /// Takes a worker's code: letters, digits and `_`, at most 64; anything else becomes `fallback`, since a
    /// report must not be lost over the spelling of its reason.
    pub fn read(raw: &str, fallback: &'static str) -> Self {
        let raw = raw.trim();
        let clean =
            !raw.is_empty() && raw.len() <= 64 && raw.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        Self(if clean {
            raw.to_owned()
        } else {
            fallback.to_owned()
        })
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows a report with this code in attempt number `attempt` (the first is 1).
    pub fn verdict(&self, attempt: u16) -> AfterFailure {
        if self.0 == WORKER_RETRIES {
            AfterFailure::WorkerRetries
        } else if RETRYABLE.contains(&self.as_str()) {
            after_loss(attempt)
        } else {
            AfterFailure::GiveUp
        }
    }
}

/// What follows when attempt number `attempt` was lost: the same as after a failure that may pass.
pub fn after_loss(attempt: u16) -> AfterFailure {
    match DELAYS.get(usize::from(attempt.max(1)) - 1) {
        Some(delay) => AfterFailure::SendAgain { delay: *delay },
        None => AfterFailure::GiveUp,
    }
}

/// What storage says of a silent job's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredResult {
    /// It is there, and newer than the task.
    Found,
    /// It is not there.
    Missing,
    Unknown,
}

/// What becomes of a job of which nothing was heard for its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterSilence {
    /// It is finished: as if its worker had said so.
    Complete,
    /// Not decided yet: ask again later.
    Wait,
    /// Send the task again after `delay`.
    SendAgain { delay: Duration },
    /// Give up: failed, tokens released.
    GiveUp,
}

/// The rule of the sweep. A result in storage completes the job; while storage cannot be asked, the verdict waits for
/// twice the deadline. A task that nobody has taken is never sent again: it lies in the queue already.
pub fn after_silence(
    attempt: &Attempt,
    silence: Duration,
    deadline: Duration,
    stored: StoredResult,
) -> AfterSilence {
    match stored {
        StoredResult::Found => AfterSilence::Complete,
        StoredResult::Unknown if silence < deadline * 2 => AfterSilence::Wait,
        StoredResult::Unknown | StoredResult::Missing if !attempt.taken => AfterSilence::GiveUp,
        StoredResult::Unknown | StoredResult::Missing => match after_loss(attempt.number) {
            AfterFailure::SendAgain { delay } => AfterSilence::SendAgain { delay },
            AfterFailure::GiveUp | AfterFailure::WorkerRetries => AfterSilence::GiveUp,
        },
    }
}

/// After which silence a job counts as lost. Both clocks run per attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// A task nobody has taken is given up (`QUEUE_DEADLINE`).
    pub queue: Duration,
    /// A generation that has shown a heartbeat (`GENERATION_DEADLINE`).
    pub generation: Duration,
    /// A training that has shown a heartbeat (`TRAINING_DEADLINE`).
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

    fn verdict(code: &str, attempt: u16) -> AfterFailure {
        FailureCode::read(code, FailureCode::GENERATION_FAILED).verdict(attempt)
    }

    #[test]
    fn a_passing_failure_is_retried_three_times() {
        for code in RETRYABLE {
            let delays: Vec<_> = (1..=4).map(|attempt| verdict(code, attempt)).collect();
            let again = |s| AfterFailure::SendAgain {
                delay: Duration::from_secs(s),
            };
            assert_eq!(
                delays,
                [again(0), again(30), again(120), AfterFailure::GiveUp],
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
            assert_eq!(verdict(code, 1), AfterFailure::GiveUp, "{code}");
        }
    }

    #[test]
    fn an_inference_error_is_a_sign_of_life() {
        assert_eq!(verdict("INFERENCE_ERROR", 9), AfterFailure::WorkerRetries);
    }

    #[test]
    fn silence_is_judged_by_storage_then_by_the_attempt() {
        let minutes = Duration::from_mins;
        let judge = |taken, number, silence, stored| {
            let task_id = crate::TaskId(uuid::Uuid::nil());
            let attempt = Attempt {
                number,
                task_id,
                taken,
                waiting: !taken,
            };
            after_silence(&attempt, minutes(silence), minutes(15), stored)
        };
        assert_eq!(judge(true, 4, 99, StoredResult::Found), AfterSilence::Complete);
        assert_eq!(judge(true, 1, 29, StoredResult::Unknown), AfterSilence::Wait);
        let at_once = AfterSilence::SendAgain {
            delay: Duration::ZERO,
        };
        assert_eq!(judge(true, 1, 30, StoredResult::Unknown), at_once);
        assert_eq!(judge(true, 1, 15, StoredResult::Missing), at_once);
        assert_eq!(judge(true, 4, 15, StoredResult::Missing), AfterSilence::GiveUp);
        assert_eq!(judge(false, 1, 15, StoredResult::Missing), AfterSilence::GiveUp);
    }

    #[test]
    fn an_unusable_code_becomes_the_fallback() {
        assert_eq!(
            FailureCode::read("no way", FailureCode::TRAINING_FAILED).as_str(),
            "TRAINING_FAILED"
        );
        assert_eq!(
            FailureCode::read(" GPU_OOM ", FailureCode::TRAINING_FAILED).as_str(),
            "GPU_OOM"
        );
    }
}
