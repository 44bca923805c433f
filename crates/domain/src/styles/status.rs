//! The state machine of a training.

use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};
use thiserror::Error;

/// State of a style's training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum TrainingStatus {
    Pending,
    Training,
    /// Final. The style can be used.
    Completed,
    /// The owner may retry. A late completion is accepted.
    Failed,
}

crate::string_enum::string_enum! { TrainingStatus }

/// An event of a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainingEvent {
    Progress,
    /// A worker delivered the model, or the deadline job found it in storage.
    Complete,
    /// A worker reported a failure, or sent no heartbeat for too long.
    Fail,
    Resend,
    OwnerRetry,
}

/// The event has no effect in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{event:?} has no effect on a style that is {from:?}")]
pub struct TrainingTransitionError {
    pub from: TrainingStatus,
    pub event: TrainingEvent,
}

impl TrainingStatus {
    /// The state after `event`. The SQL of the training statements mirrors this table and is tested against it.
    pub fn apply(self, event: TrainingEvent) -> Result<Self, TrainingTransitionError> {
        use TrainingEvent as E;
        match (self, event) {
            (Self::Pending | Self::Training, E::Progress) => Ok(Self::Training),
            (Self::Pending | Self::Training | Self::Failed, E::Complete) => Ok(Self::Completed),
            (Self::Pending | Self::Training, E::Fail) => Ok(Self::Failed),
            (Self::Pending | Self::Training, E::Resend) | (Self::Failed, E::OwnerRetry) => Ok(Self::Pending),
            (from, event) => Err(TrainingTransitionError { from, event }),
        }
    }

    /// Stored names of the states in which `event` has an effect, for SQL guards.
    pub fn allowing(event: TrainingEvent) -> Vec<&'static str> {
        Self::all()
            .filter(|status| status.apply(event).is_ok())
            .map(Self::as_str)
            .collect()
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
    fn progress_and_completion_lead_from_pending_to_completed() {
        let training = TrainingStatus::Pending.apply(TrainingEvent::Progress).unwrap();
        assert_eq!(training, TrainingStatus::Training);
        assert_eq!(
            training.apply(TrainingEvent::Complete),
            Ok(TrainingStatus::Completed)
        );
    }

    #[test]
    fn completed_overrides_failed_but_not_vice_versa() {
        assert_eq!(
            TrainingStatus::Failed.apply(TrainingEvent::Complete),
            Ok(TrainingStatus::Completed)
        );
        assert!(TrainingStatus::Completed.apply(TrainingEvent::Fail).is_err());
        assert!(TrainingStatus::Failed.apply(TrainingEvent::Progress).is_err());
    }

    #[test]
    fn the_owner_can_retry_only_a_failed_training() {
        assert_eq!(TrainingStatus::allowing(TrainingEvent::OwnerRetry), ["failed"]);
    }

    proptest! {
        #[test]
        fn completed_is_final_and_states_round_trip(picks in proptest::collection::vec(0usize..5, 0..40)) {
            let mut status = TrainingStatus::Pending;
            let mut completed = false;
            for pick in picks {
                if let Ok(next) = status.apply(EVENTS[pick]) {
                    prop_assert!(!completed, "{:?} changed a completed training", EVENTS[pick]);
                    status = next;
                    completed = status == TrainingStatus::Completed;
                }
                prop_assert_eq!(TrainingStatus::parse(status.as_str()), Ok(status));
            }
        }
    }
}
