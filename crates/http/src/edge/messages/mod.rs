//! Messages in English and Korean. Those of error codes are in [`error_code`](crate::edge::error_code).

mod field_errors;

use strum::VariantArray;

pub use field_errors::field_error_text;

use crate::edge::language::Lang;

macro_rules! messages {
    ($($(#[$about:meta])* $name:ident { $($variant:ident: $english:literal, $korean:literal;)+ })+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
        pub enum $name {
            $($variant,)+
        }

        impl $name {
            pub fn text(self, lang: Lang) -> &'static str {
                lang.pick(match self {
                    $(Self::$variant => ($english, $korean),)+
                })
            }
        }
    )+};
}

messages! {
    /// Why a request is malformed. Its message replaces the general one of the error code.
    Cause {
        MalformedJson: "The request body is not valid JSON.", "요청 본문이 올바른 JSON 형식이 아닙니다.";
        NotAnObject: "The request body must be a JSON object.", "요청 본문은 JSON 객체여야 합니다.";
        MalformedForm: "The request body is not a valid multipart form.", "요청 본문이 올바른 멀티파트 양식이 아닙니다.";
        IncompleteBody: "The request body did not arrive completely or in time.", "요청 본문이 제시간에 모두 도착하지 않았습니다.";
        UnknownHost: "The Host header names no host of this API.", "Host 헤더가 이 API의 호스트가 아닙니다.";
        EncodedBody: "Compressed request bodies are not accepted.", "압축된 요청 본문은 받을 수 없습니다.";
    }
    /// Message of a success without data.
    Notice {
        LoggedOut: "You have been logged out.", "로그아웃되었습니다.";
    }
}

#[cfg(test)]
mod tests;
