//! `/api/webhooks`. Real workers call once and never again: every known id is answered with 200, and what comes late or
//! twice changes nothing.

mod inference;
mod training;

use crate::edge::prelude::*;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(training::configure)
        .configure(inference::configure);
}
