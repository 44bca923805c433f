//! Results of guarded statements.

/// Result of a statement that changes the state of a generation or a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition<S> {
    pub applied: bool,
    /// The state before the statement.
    pub before: S,
}
