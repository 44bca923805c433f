//! The OpenAPI document: the frame is here, the operations come from the routes.

mod generics;

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
    /// The header `X-CSRFToken`, needed with the cookie for changes.
    pub const CSRF: &str = "csrf";
    /// The bearer token of workers.
    pub const WORKER: &str = "worker";
    /// The header that names the kind of worker.
    pub const WORKER_SOURCE: &str = "worker_source";
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Style License API",
        description = "The marketplace for art styles: artists upload images, a model is trained on them, and everybody \
                       can have images made in that style for tokens that are paid to the artist.\n\n\
                       A success is `{\"success\": true, \"data\": …}`, an error \
                       `{\"success\": false, \"error\": {code, message, details}}`. Every response has a header `X-Trace-Id`. \
                       Changes made with a session need the header `X-CSRFToken` with the value of the cookie \
                       `csrftoken`. Messages are English, or Korean when `Accept-Language` prefers `ko`. HEAD is answered \
                       wherever GET is.",
        license(name = "MIT", identifier = "MIT"),
    ),
    servers((url = "/", description = "The server that serves this document")),
    components(schemas(ErrorBody)),
    modifiers(&Security),
    tags(
        (name = "auth", description = "Login, logout and the current account"),
        (name = "users", description = "Profiles, artists and following"),
        (name = "tokens", description = "Balance, transactions and purchases"),
        (name = "payments", description = "Where the payment provider sends the buyer's browser"),
        (name = "styles", description = "Styles and their training"),
        (name = "generations", description = "Images made in a style, and the public feed"),
        (name = "community", description = "Likes and comments"),
        (name = "search", description = "Search for styles and artists"),
        (name = "notifications", description = "Notifications of the current account"),
        (name = "webhooks", description = "Called by training and inference workers and by the payment provider"),
        (name = "admin", description = "For administrators"),
        (name = "operations", description = "Health checks"),
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

/// Refers to named components and adds the description "Success" where an operation gives none: OpenAPI requires one.
pub(crate) fn complete(document: &mut openapi::OpenApi) {
    generics::use_references(document.components.get_or_insert_default());
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
        if let RefOr::T(response) = response {
            if response.description.is_empty() {
                "Success".clone_into(&mut response.description);
            }
            response.content.values_mut().for_each(generics::rename);
        }
    }
}
