//! Styles: what an artist uploads, what is trained from it, and who may use it.

mod license;
mod ports;
mod status;
mod style;
mod tag;
pub mod upload;

pub use {license::*, ports::*, status::*, style::*, tag::*};
