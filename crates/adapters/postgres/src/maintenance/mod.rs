//! What keeps the house clean, and what proves that the books balance.

mod audit;
mod housekeeping;
