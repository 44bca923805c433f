//! The state machine of a generation.

use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};
use thiserror::Error;

/// State of a generation. `Completed`, `Failed` and `Canceled` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum GenerationStatus {
    Queued,
    Processing,
    /// Failed at least once; a retry is pending.
    Retrying,
    /// The image is stored and the artist is paid.
    Completed,
    /// The tokens are released.
    Failed,
    /// Canceled by the owner. The tokens are released.
    Canceled,
}

crate::string_enum::string_enum! { GenerationStatus }

/// An event of a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenerationEvent {
    Progress,
    /// A worker retries without a new task.
    WorkerRetries,
    Resend,
    /// A worker delivered the image, or the deadline job found it in storage.
    Complete,
    Fail,
    Cancel,
}

/// The event has no effect in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{event:?} has no effect on a generation that is {from:?}")]
pub struct GenerationTransitionError {
    pub from: GenerationStatus,
    pub event: GenerationEvent,
}

impl GenerationStatus {
    /// The state after `event`. The SQL of the settlements mirrors this table and is tested against it.
    pub fn apply(self, event: GenerationEvent) -> Result<Self, GenerationTransitionError> {
        use GenerationEvent as E;
        let error = Err(GenerationTransitionError { from: self, event });
        if self.is_final() {
            return error;
        }
        match event {
            E::Progress => Ok(Self::Processing),
            E::WorkerRetries | E::Resend => Ok(Self::Retrying),
            E::Complete => Ok(Self::Completed),
            E::Fail => Ok(Self::Failed),
            E::Cancel if self == Self::Processing => error,
            E::Cancel => Ok(Self::Canceled),
        }
    }

    /// Stored names of the states in which `event` has an effect, for SQL guards.
    pub fn allowing(event: GenerationEvent) -> Vec<&'static str> {
        Self::all()
            .filter(|status| status.apply(event).is_ok())
            .map(Self::as_str)
            .collect()
    }

    /// A final generation is settled. An open one holds its tokens.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Canceled)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVENTS: [GenerationEvent; 6] = [
        GenerationEvent::Progress,
        GenerationEvent::WorkerRetries,
        GenerationEvent::Resend,
        GenerationEvent::Complete,
        GenerationEvent::Fail,
        GenerationEvent::Cancel,
    ];

    #[test]
    fn the_owner_can_cancel_while_no_worker_processes_it() {
        assert_eq!(
            GenerationStatus::allowing(GenerationEvent::Cancel),
            ["queued", "retrying"]
        );
    }

    #[test]
    fn a_worker_may_finish_without_a_heartbeat() {
        assert_eq!(
            GenerationStatus::Queued.apply(GenerationEvent::Complete),
            Ok(GenerationStatus::Completed)
        );
        assert_eq!(
            GenerationStatus::Retrying.apply(GenerationEvent::Fail),
            Ok(GenerationStatus::Failed)
        );
    }

    proptest! {
        #[test]
        fn p8_final_states_never_change(picks in proptest::collection::vec(0usize..6, 0..40)) {
            let mut status = GenerationStatus::Queued;
            let mut settled = 0;
            for pick in picks {
                let was_final = status.is_final();
                if let Ok(next) = status.apply(EVENTS[pick]) {
                    prop_assert!(!was_final);
                    settled += u8::from(next.is_final());
                    status = next;
                }
                prop_assert_eq!(GenerationStatus::parse(status.as_str()), Ok(status));
            }
            prop_assert!(settled <= 1);
        }
    }
}
