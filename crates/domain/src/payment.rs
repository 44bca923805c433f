//! Orders of tokens and the payments they are paid by: the two state machines and what the one does to the other.

mod order;
mod status;

pub use order::{OrderChange, OrderState};
pub use status::{Payment, PaymentStatus};
