//! Ports.

mod audit;
mod provider;
mod purchases;
mod queries;

pub use {audit::*, provider::*, purchases::*, queries::*};
