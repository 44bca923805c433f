//! Topics of the outbox, and attempts of jobs.

use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};

use crate::TaskId;

/// A queue of the workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Topic {
    ModelTraining,
    ImageGeneration,
}

crate::string_enum::string_enum! { Topic }

/// Topic of an outbox message: a task for a worker, or internal work after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutboxTopic {
    /// A task to publish to its queue.
    Task(Topic),
    /// Objects to delete from the store. Never published.
    StorageDelete,
}

impl OutboxTopic {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Task(topic) => topic.as_str(),
            Self::StorageDelete => "storage_delete",
        }
    }
}

impl From<Topic> for OutboxTopic {
    fn from(topic: Topic) -> Self {
        Self::Task(topic)
    }
}

/// The current attempt of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u16,
    pub task_id: TaskId,
    /// Whether a worker has sent a heartbeat.
    pub taken: bool,
    /// Whether the job waits for its first worker.
    pub waiting: bool,
}

impl Attempt {
    /// Whether a failure report counts for this attempt. A report with a task id must name this attempt. A report
    /// without one (existing workers send none) counts only while the job waits for its first worker or after a
    /// heartbeat, so that repeated reports do not use up all retries.
    pub fn failure_counts(&self, reported: Option<TaskId>) -> bool {
        match reported {
            Some(task_id) => task_id == self.task_id,
            None => self.waiting || self.taken,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_failure_without_task_id_counts_only_for_a_waiting_or_taken_attempt() {
        let attempt = |taken, waiting| Attempt {
            number: 1,
            task_id: TaskId(Uuid::nil()),
            taken,
            waiting,
        };
        assert!(attempt(false, true).failure_counts(None));
        assert!(attempt(true, false).failure_counts(None));
        assert!(!attempt(false, false).failure_counts(None));
    }

    #[test]
    fn a_failure_with_task_id_counts_only_for_its_attempt() {
        let current = Attempt {
            number: 2,
            task_id: TaskId(Uuid::from_u128(2)),
            taken: false,
            waiting: false,
        };
        assert!(current.failure_counts(Some(TaskId(Uuid::from_u128(2)))));
        assert!(!current.failure_counts(Some(TaskId(Uuid::from_u128(1)))));
    }
}
