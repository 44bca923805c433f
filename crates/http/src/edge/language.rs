//! In which language to speak.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
};

/// A language the platform speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English, unless asked otherwise.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Lang {
    /// The language tag for `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// The language that `Accept-Language` prefers among those spoken.
    pub fn of_headers(headers: &HeaderMap) -> Self {
        let mut best = (Self::English, 0);
        for value in headers.get_all(header::ACCEPT_LANGUAGE) {
            let ranges = value.to_str().unwrap_or_default().split(',');
            for (lang, weight) in ranges.filter_map(range) {
                if weight > best.1 {
                    best = (lang, weight);
                }
            }
        }
        best.0
    }
}

/// Reads `ko-KR;q=0.9` as (Korean, 900); ranges of other languages are none.
fn range(raw: &str) -> Option<(Lang, u16)> {
    let mut parts = raw.split(';');
    let tag = parts.next()?.trim();
    let primary = tag.split('-').next()?;
    let lang = if primary.eq_ignore_ascii_case("ko") {
        Lang::Korean
    } else if primary.eq_ignore_ascii_case("en") || tag == "*" {
        Lang::English
    } else {
        return None;
    };
    let weight = match parts.map(str::trim).find_map(quality) {
        Some(text) => thousandths(text)?,
        None => 1000,
    };
    Some((lang, weight))
}

/// The text after `q=`.
fn quality(parameter: &str) -> Option<&str> {
    let (name, value) = parameter.split_once('=')?;
    name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
}

/// RFC 9110 weights: 0 to 1 with at most three decimals.
fn thousandths(raw: &str) -> Option<u16> {
    let (whole, decimals) = raw.split_once('.').unwrap_or((raw, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(1000),
        _ => None,
    }
}

impl FromRequest for Lang {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of_headers(request.headers())))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn chosen(raw: &'static str) -> Lang {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(raw));
        Lang::of_headers(&headers)
    }

    #[test]
    fn korean_is_spoken_when_it_is_preferred() {
        for raw in [
            "ko",
            "ko-KR,ko;q=0.9,en;q=0.8",
            "en;q=0.5, KO-kr;q=0.51",
            "fr, ko;q=0.3",
            "ko, en",
        ] {
            assert_eq!(chosen(raw), Lang::Korean, "{raw}");
        }
    }

    #[test]
    fn english_is_spoken_otherwise() {
        for raw in [
            "",
            "en",
            "en, ko",
            "en;q=0.9, ko;q=0.8",
            "fr",
            "ko;q=0",
            "ko;q=2",
            "ko;q=abc",
            "*, ko;q=0.5",
            "kok",
        ] {
            assert_eq!(chosen(raw), Lang::English, "{raw}");
        }
        assert_eq!(Lang::of_headers(&HeaderMap::new()), Lang::English);
    }
}
