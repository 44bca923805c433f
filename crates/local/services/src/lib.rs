//! The services that a laptop and the tests use instead of the real ones: S3 on disk, an OpenID provider, a payment
//! provider that moves no money, and a page where the web client would be. The platform reaches them through the
//! adapters of production.

pub mod front;
pub mod oidc;
mod pages;
pub mod s3;
mod secrets;
mod server;
pub mod toss;

pub use server::StartError;
