//! How a style becomes usable: the training state machine.

use thiserror::Error;

use crate::FieldError;

/// State of a style's training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrainingStatus {
    Pending,
    Training,
    /// The style can be used. Final.
    Completed,
    /// The training failed; its owner may retry, and a late completion still counts.
    Failed,
}

/// What happens to a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainingEvent {
    Progress,
    /// A worker delivered the model, or the sweep found it in storage.
    Complete,
    /// A worker gave up, or nothing was heard for too long.
    Fail,
    /// The task is sent again after a silence.
    Resend,
    /// The owner asks for another try.
    OwnerRetry,
}

/// The event changes nothing in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{event:?} has no effect on a style that is {from:?}")]
pub struct TrainingRefusal {
    pub from: TrainingStatus,
    pub event: TrainingEvent,
}

impl TrainingStatus {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Training, Self::Completed, Self::Failed];

    /// The state after `event`. The SQL of the training statements mirrors this table and is tested against it.
    pub fn apply(self, event: TrainingEvent) -> Result<Self, TrainingRefusal> {
        use TrainingEvent as E;
        match (self, event) {
            (Self::Pending | Self::Training, E::Progress) => Ok(Self::Training),
            (Self::Pending | Self::Training | Self::Failed, E::Complete) => Ok(Self::Completed),
            (Self::Pending | Self::Training, E::Fail) => Ok(Self::Failed),
            (Self::Pending | Self::Training, E::Resend) | (Self::Failed, E::OwnerRetry) => Ok(Self::Pending),
            (from, event) => Err(TrainingRefusal { from, event }),
        }
    }

    /// States from which `event` has an effect, as stored: for the SQL guards.
    pub fn allowing(event: TrainingEvent) -> Vec<&'static str> {
        Self::ALL
            .into_iter()
            .filter(|s| s.apply(event).is_ok())
            .map(Self::as_str)
            .collect()
    }

    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Training => "training",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// Reads the word stored.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == raw)
            .ok_or(FieldError::NotOneOf {
                allowed: "pending, training, completed, failed",
            })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVENTS: [TrainingEvent; 5] = [
        TrainingEvent::Progress,
        TrainingEvent::Complete,
        TrainingEvent::Fail,
        TrainingEvent::Resend,
        TrainingEvent::OwnerRetry,
    ];

    #[test]
    fn a_training_runs_from_pending_to_completed() {
        let training = TrainingStatus::Pending.apply(TrainingEvent::Progress).unwrap();
        assert_eq!(training, TrainingStatus::Training);
        assert_eq!(
            training.apply(TrainingEvent::Complete),
            Ok(TrainingStatus::Completed)
        );
    }

    #[test]
    fn a_late_completion_wins_over_a_failure_but_not_the_other_way_round() {
        assert_eq!(
            TrainingStatus::Failed.apply(TrainingEvent::Complete),
            Ok(TrainingStatus::Completed)
        );
        assert!(TrainingStatus::Completed.apply(TrainingEvent::Fail).is_err());
        assert!(TrainingStatus::Failed.apply(TrainingEvent::Progress).is_err());
    }

    #[test]
    fn only_a_failed_training_is_retried_by_its_owner() {
        assert_eq!(TrainingStatus::allowing(TrainingEvent::OwnerRetry), ["failed"]);
    }

    proptest! {
        #[test]
        fn completed_is_final_and_every_step_is_in_the_table(picks in proptest::collection::vec(0usize..5, 0..40)) {
            let mut status = TrainingStatus::Pending;
            let mut completed = false;
            for pick in picks {
                if let Ok(next) = status.apply(EVENTS[pick]) {
                    prop_assert!(!completed, "left completed by {:?}", EVENTS[pick]);
                    status = next;
                    completed = status == TrainingStatus::Completed;
                }
                prop_assert_eq!(TrainingStatus::parse(status.as_str()), Ok(status));
            }
        }
    }
}
