//! Content negotiation for the language of messages.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{AcceptLanguage, Header, LanguageTag, Preference, Quality},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    English,
    Korean,
}

impl Lang {
    /// The language tag for `Content-Language`.
    pub fn tag(self) -> &'static str {
        self.pick(("en", "ko"))
    }

    pub fn pick(self, (english, korean): (&'static str, &'static str)) -> &'static str {
        match self {
            Self::English => english,
            Self::Korean => korean,
        }
    }

    /// The supported language that `Accept-Language` prefers; English by default.
    pub fn of(request: &impl HttpMessage) -> Self {
        let accepted = AcceptLanguage::parse(request).map_or_else(|_| Vec::new(), |header| header.0);
        let mut best = (Self::English, Quality::ZERO);
        for range in accepted {
            match lang(&range.item) {
                Some(lang) if range.quality > best.1 => best = (lang, range.quality),
                _ => {}
            }
        }
        best.0
    }
}

fn lang(range: &Preference<LanguageTag>) -> Option<Lang> {
    match range {
        Preference::Any => Some(Lang::English),
        Preference::Specific(tag) => match tag.primary_language().to_ascii_lowercase().as_str() {
            "en" => Some(Lang::English),
            "ko" => Some(Lang::Korean),
            _ => None,
        },
    }
}

impl FromRequest for Lang {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{http::header::ACCEPT_LANGUAGE, test::TestRequest};

    use super::*;

    fn chosen(raw: &str) -> Lang {
        let request = TestRequest::default().insert_header((ACCEPT_LANGUAGE, raw));
        Lang::of(&request.to_http_request())
    }

    #[test]
    fn korean_is_chosen_if_preferred() {
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
    fn english_is_the_default() {
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
        assert_eq!(Lang::of(&TestRequest::default().to_http_request()), Lang::English);
    }
}
