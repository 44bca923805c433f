//! Orders of tokens and the payments they are paid by: the two state machines, what the one does to the other, and
//! where they may differ.

mod difference;
mod order;
mod purchase;
mod status;

pub use difference::Difference;
pub use order::{OrderChange, OrderState};
pub use purchase::{ORDER_LIFETIME, Order, OrderId};
pub use status::{Payment, PaymentStatus};
