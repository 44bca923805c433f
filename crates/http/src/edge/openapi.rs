//! The OpenAPI document: the frame here, the operations from the routes themselves.

use actix_web::App;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, RefOr,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_actix_web::{AppExt, scope, service_config::ServiceConfig};

use crate::edge::envelope::ErrorBody;

/// Where the document is served.
pub const DOCUMENT_PATH: &str = "/api/openapi.json";

/// Names of the security schemes.
pub mod scheme {
    /// The session cookie.
    pub const SESSION: &str = "session";
    /// The header that goes with it on changes.
    pub const CSRF: &str = "csrf";
    /// The bearer token of AI workers.
    pub const WORKER: &str = "worker";
    /// The header by which a worker says what it is.
    pub const WORKER_SOURCE: &str = "worker_source";
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Style License API",
        description = "The marketplace for art styles: artists upload images, a model is trained on them, and everybody \
                       can have images made in that style for tokens that are paid to the artist.\n\n\
                       Successes are `{\"success\": true, \"data\": …}`, errors \
                       `{\"success\": false, \"error\": {code, message, details}}`. Every answer carries `X-Trace-Id`. \
                       Changes made with a session need the header `X-CSRFToken` with the value of the cookie \
                       `csrftoken`. Messages are English, or Korean when `Accept-Language` prefers `ko`. HEAD is answered \
                       wherever GET is.",
        license(name = "MIT", identifier = "MIT"),
    ),
    components(schemas(ErrorBody)),
    modifiers(&Security),
    tags(
        (name = "auth", description = "Login, logout and who is signed in"),
        (name = "users", description = "People and artists"),
        (name = "tokens", description = "Balance, transactions and buying tokens"),
        (name = "payments", description = "Where a buyer's browser returns from the payment provider"),
        (name = "styles", description = "Styles and their training"),
        (name = "generations", description = "Images made in a style, and the public feed"),
        (name = "community", description = "Likes and comments"),
        (name = "search", description = "Finding styles and artists"),
        (name = "notifications", description = "What people are told"),
        (name = "webhooks", description = "Called by AI workers and the payment provider"),
        (name = "admin", description = "For those who run the platform"),
        (name = "operations", description = "Whether the platform is well"),
    )
)]
struct Frame;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let cookie = ApiKey::Cookie(ApiKeyValue::new("sessionid"));
        components.add_security_scheme(scheme::SESSION, SecurityScheme::ApiKey(cookie));
        let csrf = ApiKey::Header(ApiKeyValue::new(crate::edge::csrf::HEADER));
        components.add_security_scheme(scheme::CSRF, SecurityScheme::ApiKey(csrf));
        let bearer = Http::new(HttpAuthScheme::Bearer);
        components.add_security_scheme(scheme::WORKER, SecurityScheme::Http(bearer));
        let source = ApiKey::Header(ApiKeyValue::new("X-Request-Source"));
        components.add_security_scheme(scheme::WORKER_SOURCE, SecurityScheme::ApiKey(source));
    }
}

/// The document's frame, without operations.
pub(crate) fn frame() -> openapi::OpenApi {
    Frame::openapi()
}

/// The whole document of `routes`.
pub fn document_of(routes: impl FnOnce(&mut ServiceConfig<'_>)) -> openapi::OpenApi {
    let (_, mut document) = App::new()
        .into_utoipa_app()
        .openapi(frame())
        .service(scope::scope("/api").configure(routes))
        .split_for_parts();
    complete(&mut document);
    document
}

/// Says "Success" where a route says nothing more: OpenAPI wants a description of every answer.
pub(crate) fn complete(document: &mut openapi::OpenApi) {
    let operations = document.paths.paths.values_mut().flat_map(|item| {
        [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ]
        .into_iter()
        .flatten()
    });
    for response in operations.flat_map(|operation| operation.responses.responses.values_mut()) {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            "Success".clone_into(&mut response.description);
        }
    }
}
