//! Error bodies: every error of every layer becomes the envelope in the language of the request.

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName},
    middleware::Next,
};

use crate::edge::{error::ApiError, language::Lang};

/// Headers about the body.
const ABOUT_BODY: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
];

/// Renders `ApiError`s in the language of the request and replaces error bodies of other crates.
pub(crate) async fn render_errors<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let lang = Lang::of(&request);
    match next.call(request).await {
        Ok(response) => {
            let (request, response) = response.into_parts();
            Ok(ServiceResponse::new(request, rendered(response, lang)))
        }
        Err(mut error) => {
            error.add_response_mapper(move |response| rendered(response, lang));
            Err(error)
        }
    }
}

fn rendered<B: MessageBody + 'static>(mut response: HttpResponse<B>, lang: Lang) -> HttpResponse {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response.map_into_boxed_body();
    }
    let ours = response.extensions_mut().remove::<ApiError>();
    if ours.is_none() && is_json(&response) {
        return response.map_into_boxed_body();
    }
    let error = ours.unwrap_or_else(|| ApiError::of_status(status));
    let mut fresh = error.response(lang);
    keep_headers(response.headers(), fresh.headers_mut());
    fresh
}

/// Copies the headers that other layers have set (cookies, CORS), except those about the old body.
fn keep_headers(old: &HeaderMap, fresh: &mut HeaderMap) {
    let own: Vec<HeaderName> = fresh.keys().cloned().collect();
    for (name, value) in old {
        let known_vary = name == header::VARY && fresh.get_all(name).any(|known| known == value);
        let replaced = name != header::VARY && own.contains(name);
        if !known_vary && !replaced && !ABOUT_BODY.contains(name) {
            fresh.append(name.clone(), value.clone());
        }
    }
}

fn is_json<B>(response: &HttpResponse<B>) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"))
}
