//! How a request becomes an image: the generation state machine.

use thiserror::Error;

use crate::FieldError;

/// State of a request. `Completed`, `Failed` and `Canceled` are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GenerationStatus {
    Queued,
    Processing,
    /// Failed once and being tried again.
    Retrying,
    /// The image is there, the artist is paid.
    Completed,
    /// Given up, the tokens are back.
    Failed,
    /// Withdrawn by its owner, the tokens are back.
    Canceled,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenerationEvent {
    Progress,
    /// A worker reports that it tries again by itself.
    WorkerRetries,
    Resend,
    /// A worker delivered the image, or the sweep found it in storage.
    Complete,
    Fail,
    Cancel,
}

/// The event changes nothing in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{event:?} has no effect on a generation that is {from:?}")]
pub struct GenerationRefusal {
    pub from: GenerationStatus,
    pub event: GenerationEvent,
}

impl GenerationStatus {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Queued,
        Self::Processing,
        Self::Retrying,
        Self::Completed,
        Self::Failed,
        Self::Canceled,
    ];

    /// The state after `event`. The SQL of the settlements mirrors this table and is tested against it.
    pub fn apply(self, event: GenerationEvent) -> Result<Self, GenerationRefusal> {
        use GenerationEvent as E;
        let refusal = Err(GenerationRefusal { from: self, event });
        if self.is_final() {
            return refusal;
        }
        match event {
            E::Progress => Ok(Self::Processing),
            E::WorkerRetries | E::Resend => Ok(Self::Retrying),
            E::Complete => Ok(Self::Completed),
            E::Fail => Ok(Self::Failed),
            E::Cancel if self == Self::Processing => refusal,
            E::Cancel => Ok(Self::Canceled),
        }
    }

    /// States from which `event` has an effect, as stored: for the SQL guards.
    pub fn allowing(event: GenerationEvent) -> Vec<&'static str> {
        Self::ALL
            .into_iter()
            .filter(|s| s.apply(event).is_ok())
            .map(Self::as_str)
            .collect()
    }

    /// Whether nothing changes any more. A final request is settled, an open one holds its tokens.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Canceled)
    }

    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Processing => "processing",
            Self::Retrying => "retrying",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// Reads the word stored.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let allowed = "queued, processing, retrying, completed, failed, canceled";
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == raw)
            .ok_or(FieldError::NotOneOf { allowed })
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
    fn the_owner_cancels_while_no_worker_is_at_it() {
        assert_eq!(
            GenerationStatus::allowing(GenerationEvent::Cancel),
            ["queued", "retrying"]
        );
    }

    #[test]
    fn a_worker_may_finish_without_a_sign() {
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
