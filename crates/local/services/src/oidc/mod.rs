//! An OpenID provider on the loopback address, for development and tests.
//!
//! It supports the authorization code flow with PKCE for one registered client, so that logins use the production
//! adapter. Users sign in with an e-mail address and no password; the page says so. Tests can inject every fault that a
//! client must detect ([`InjectedFault`]).

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
