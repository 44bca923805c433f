//! Tasks: which queue they go to, what else the outbox holds, and what decides whether a worker's report counts for the current attempt.

use crate::{FieldError, TaskId};

/// The workers' queues, by name. What is published has one of these and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    ModelTraining,
    ImageGeneration,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 2] = [Self::ModelTraining, Self::ImageGeneration];

    /// The queue's name, which is also the task's `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ModelTraining => "model_training",
            Self::ImageGeneration => "image_generation",
        }
    }

    /// Reads the name stored.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        Self::ALL
            .into_iter()
            .find(|t| t.as_str() == raw)
            .ok_or(FieldError::NotOneOf {
                allowed: "model_training, image_generation",
            })
    }
}

/// What an outbox message is for: a task for a worker, or work of our own that follows a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutboxTopic {
    /// A task, to be published to its queue.
    Task(Topic),
    /// Objects to be removed from the store. Never published.
    StorageDelete,
}

impl OutboxTopic {
    /// The name stored.
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

/// An attempt as it was read: what a failure report is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u16,
    pub task_id: TaskId,
    /// Whether it has shown a heartbeat.
    pub taken: bool,
    /// Whether its job still waits for the very first worker.
    pub waiting: bool,
}

impl Attempt {
    /// Whether a failure report counts for this attempt. A report that names its task counts when it names this one;
    /// one that names none (real workers name none) counts only while the job waits for its first worker or after a
    /// heartbeat, so that ten equal failures do not burn every retry.
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
    fn an_unnamed_failure_counts_only_for_an_attempt_that_lives() {
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
    fn a_named_failure_counts_for_its_own_attempt() {
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
