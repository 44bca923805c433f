//! The login provider of a laptop and of the tests: a small OpenID provider on the loopback address.
//!
//! It offers the authorization code flow with PKCE to one registered client, so that the platform logs in
//! through the same adapter as in production. Nobody proves who they are: an e-mail is enough, and the page
//! says so. Tests can inject every fault that a client has to detect ([`InjectedFault`]).

mod authorize;
mod codes;
mod discovery;
mod fault;
mod id_token;
mod keys;
mod pages;
mod personas;
mod provider;
mod state;
mod token;

pub use self::fault::InjectedFault;
pub use self::personas::{PERSONAS, Persona};
pub use self::provider::{DemoProvider, DemoProviderOptions};
