//! Every sentence the API says, English and Korean side by side. The matches are exhaustive: a new code or fault
//! without its texts does not compile.

mod codes;
mod faults;

pub use codes::{cause_text, code_text, notice_text};
pub use faults::fault_text;

use crate::edge::language::Lang;

/// Why a request could not be read, where the code alone says too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The body is not JSON.
    MalformedJson,
    /// The body is JSON, but no object.
    NotAnObject,
    /// The body is no well-formed multipart form.
    MalformedForm,
    /// The body did not arrive in time or was cut off.
    IncompleteBody,
    /// The `Host` header names no host of this API.
    UnknownHost,
    /// The body is compressed, which is not accepted.
    EncodedBody,
}

/// What a success without data says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The session was ended.
    LoggedOut,
}

/// One sentence in both languages.
type Pair = (&'static str, &'static str);

fn pick(lang: Lang, (english, korean): Pair) -> &'static str {
    match lang {
        Lang::English => english,
        Lang::Korean => korean,
    }
}

#[cfg(test)]
mod tests;
