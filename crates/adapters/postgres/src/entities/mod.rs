//! Tables whose rows are written as they are. What is guarded by a condition, or done to several tables at once, is a
//! statement of its own beside the rule it mirrors.

pub(crate) mod artist;
pub(crate) mod outbox_message;
pub(crate) mod upload;
