//! Services that a laptop and the tests use instead of the real ones: S3 on disk, an OpenID provider, a payment
//! provider that moves no money, and a page in place of the web client. The platform reaches them through the
//! production adapters.
//!
//! # Making a service fail in a test
//!
//! Each provider can inject faults, so that tests show how the platform reacts.
//!
//! ```no_run
//! use secrecy::SecretString;
//! use stylelicense_local_services::toss::{Call, InjectedFault, LocalToss, LocalTossOptions};
//!
//! let provider = LocalToss::start(LocalTossOptions::new(SecretString::from("test_sk_example")))?;
//! provider.fail_next(Call::Confirm, InjectedFault::NoResponse);
//! # Ok::<(), stylelicense_local_services::StartError>(())
//! ```
//!
//! To add a service, write a module with `start`, `stop` and its address, start it in `server/src/dev` unless a setting
//! names a real one, and wrap it in `testkit`.

pub mod front;
pub mod oidc;
mod pages;
pub mod s3;
mod secrets;
mod server;
pub mod toss;

pub use server::StartError;
