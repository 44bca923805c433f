//! Arguments of the token statements, with defaults.

use domain::{
    GenerationId, ObjectAddress, TaskId,
    generations::{Capture, GenerationStatus, Heartbeat, Release, Resend},
    workers::{FailureCause, Transition},
};

use super::at;

pub fn capture(generation: GenerationId, task_id: Option<TaskId>) -> Capture {
    Capture {
        generation,
        task_id,
        object: ObjectAddress::new("media", format!("generations/{generation}.png")),
        metadata: Some(serde_json::json!({ "steps": 50 })),
        now: at(20),
    }
}

pub fn fail(generation: GenerationId, task_id: Option<TaskId>, attempt: u16) -> Release {
    Release {
        generation,
        cause: FailureCause::Worker { task_id },
        attempt,
        error_code: "CUDA_BROKEN".into(),
        error_message: "It broke.".into(),
        now: at(20),
    }
}

pub fn resend(generation: GenerationId, cause: FailureCause, attempt: u16, new_task_id: TaskId) -> Resend {
    Resend {
        generation,
        cause,
        attempt,
        new_task_id,
        payload: br#"{"task":2}"#.to_vec(),
        send_at: at(60),
        error_code: "TIMEOUT".into(),
        now: at(30),
    }
}

pub fn by_worker(task_id: Option<TaskId>) -> FailureCause {
    FailureCause::Worker { task_id }
}

pub fn by_deadline(silent_since: i64) -> FailureCause {
    FailureCause::Deadline {
        silent_since: at(silent_since),
    }
}

pub fn heartbeat(
    generation: GenerationId,
    task_id: Option<TaskId>,
    status: GenerationStatus,
    second: i64,
) -> Heartbeat {
    Heartbeat {
        generation,
        task_id,
        status,
        progress: Some(serde_json::json!({ "current_step": second })),
        now: at(second),
    }
}

/// Result of a statement that changed a generation in state `before`.
#[expect(clippy::unnecessary_wraps, reason = "as the port returns it")]
pub fn applied(before: GenerationStatus) -> Option<Transition<GenerationStatus>> {
    Some(Transition {
        applied: true,
        before,
    })
}

/// Result of a statement that did not change a generation in state `before`.
#[expect(clippy::unnecessary_wraps, reason = "as the port returns it")]
pub fn ignored(before: GenerationStatus) -> Option<Transition<GenerationStatus>> {
    Some(Transition {
        applied: false,
        before,
    })
}
