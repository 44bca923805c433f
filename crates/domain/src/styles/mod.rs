//! Styles: uploads, trainings, licenses, read models.

mod license;
mod ports;
mod status;
mod style;
mod tag;
pub mod upload;

pub use {license::*, ports::*, status::*, style::*, tag::*};
