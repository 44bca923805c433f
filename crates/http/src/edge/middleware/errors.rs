//! Converts the errors of all layers to error bodies in the language of the request.

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName},
    middleware::Next,
};

use crate::edge::{error::ApiError, language::Lang};

const BODY_HEADERS: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
];

/// Renders `ApiError`s in the language of the request and replaces the error bodies of other crates.
pub(crate) async fn render_errors<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let lang = Lang::of(&request);
    match next.call(request).await {
        Ok(response) => {
            let (request, response) = response.into_parts();
            Ok(ServiceResponse::new(request, render(response, lang)))
        }
        Err(mut error) => {
            error.add_response_mapper(move |response| render(response, lang));
            Err(error)
        }
    }
}

fn render<B: MessageBody + 'static>(mut response: HttpResponse<B>, lang: Lang) -> HttpResponse {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response.map_into_boxed_body();
    }
    let api_error = response.extensions_mut().remove::<ApiError>();
    if api_error.is_none() && is_json(&response) {
        return response.map_into_boxed_body();
    }
    let error = api_error.unwrap_or_else(|| ApiError::of_status(status));
    let mut new = error.response(lang);
    copy_headers(response.headers(), new.headers_mut());
    new
}

/// Copies the headers that other layers have set (cookies, CORS), except those that describe the replaced body.
fn copy_headers(old: &HeaderMap, new: &mut HeaderMap) {
    let own: Vec<HeaderName> = new.keys().cloned().collect();
    for (name, value) in old {
        let is_known_vary = name == header::VARY && new.get_all(name).any(|known| known == value);
        let replaced = name != header::VARY && own.contains(name);
        if !is_known_vary && !replaced && !BODY_HEADERS.contains(name) {
            new.append(name.clone(), value.clone());
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
