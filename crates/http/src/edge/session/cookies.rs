//! Removes all cookies of a request except the session cookie.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderValue},
    middleware::Next,
};

pub(super) const SESSION_COOKIE: &str = "sessionid";

/// Paths without a session. They work while the session store is down.
const PATHS_WITHOUT_SESSION: [&str; 4] = ["/api/health", "/api/webhooks/", "/api/openapi.json", "/docs"];

/// A session cookie that is sent twice is ignored, because one of the two may have been set by an attacker (cookie
/// tossing). Malformed cookies of other applications on this host are ignored, too.
pub(crate) async fn keep_session_cookie<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let needs_session = !PATHS_WITHOUT_SESSION
        .iter()
        .any(|prefix| request.path().starts_with(prefix));
    let cookie = session_cookie(request.headers()).filter(|_| needs_session);
    request.headers_mut().remove(header::COOKIE);
    if let Some(cookie) = cookie {
        request.headers_mut().insert(header::COOKIE, cookie);
    }
    next.call(request).await
}

fn session_cookie(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut sessions = headers
        .get_all(header::COOKIE)
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .map(<[u8]>::trim_ascii)
        .filter(|pair| pair.split(|byte| *byte == b'=').next() == Some(SESSION_COOKIE.as_bytes()));
    let only = sessions.next()?;
    match sessions.next() {
        None => HeaderValue::from_bytes(only).ok(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(raw: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in raw {
            headers.append(header::COOKIE, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        session_cookie(&headers).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn the_session_cookie_is_kept_among_other_cookies() {
        assert_eq!(kept(&["sessionid=a"]).unwrap(), "sessionid=a");
        assert_eq!(
            kept(&["x; 이름=값;sessionid=a=b ; y=%%%"]).unwrap(),
            "sessionid=a=b"
        );
        assert_eq!(kept(&["session%69d=evil", "sessionid=a"]).unwrap(), "sessionid=a");
    }

    #[test]
    fn a_repeated_or_missing_session_cookie_is_none() {
        assert_eq!(kept(&["sessionid=a; sessionid=b"]), None);
        assert_eq!(kept(&["sessionid=a", "sessionid=a"]), None);
        assert_eq!(kept(&["xsessionid=a; sessionidx=b", ""]), None);
    }
}
