//! The login provider of a laptop and of the tests: a small OpenID provider on the loopback address.
//!
//! It speaks the authorization code flow with PKCE to one registered client, so that the platform logs in
//! through the same adapter as in production. Nobody proves who they are: an e-mail is enough, and the page
//! says so. Tests can make it answer wrongly in every way that a client has to notice ([`Fault`]).

mod authorize;
mod claims;
mod codes;
mod discovery;
mod fault;
mod keys;
mod pages;
mod personas;
mod provider;
mod state;
mod token;

pub use self::fault::Fault;
pub use self::personas::{PERSONAS, Persona};
pub use self::provider::{DemoProvider, DemoProviderError, DemoProviderOptions};
