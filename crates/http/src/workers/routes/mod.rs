//! `/api/webhooks`. Workers do not retry, so every report with a known id is answered with 200. Late and duplicate reports
//! are ignored.

mod inference;
mod training;

use crate::edge::prelude::*;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(training::configure)
        .configure(inference::configure);
}
