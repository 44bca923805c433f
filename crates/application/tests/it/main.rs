//! The use cases' own logic, with every port mocked: what they ask for, in which order, and what they leave alone.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(missing_docs, reason = "tests are named by what they show")]
#![allow(clippy::unnecessary_wraps, reason = "answers of mocked ports are results")]

mod community;
mod deletions;
mod erasures;
mod payments;
mod profiles;
mod relay;
mod reports;
mod requests;
mod support;
mod sweep;
