//! The OpenAPI document. The operations come from the routes, everything else is defined here.

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

pub const DOCUMENT_PATH: &str = "/api/openapi.json";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Style License API",
        description = "A marketplace for art styles. Artists upload images, a model is trained on them, and users pay \
                       the artist in tokens to generate images in that style.\n\n\
                       A successful response is `{\"success\": true, \"data\": …}`, an error is \
                       `{\"success\": false, \"error\": {code, message, details}}`. Every response has a header `X-Trace-Id`. \
                       Changes with a session require the header `X-CSRFToken` with the value of the cookie \
                       `csrftoken`. Messages are in English, or in Korean if `Accept-Language` prefers `ko`. HEAD is \
                       supported wherever GET is, except on the redirects of the payment provider.",
        license(name = "MIT", identifier = "MIT"),
    ),
    servers((url = "/", description = "The server that serves this document")),
    components(schemas(ErrorBody)),
    modifiers(&Security),
    tags(
        (name = "auth", description = "Login, logout and the current account"),
        (name = "users", description = "Profiles, artists and follows"),
        (name = "tokens", description = "Balance, transactions and purchases"),
        (name = "payments", description = "Redirects of the buyer's browser from the payment provider"),
        (name = "styles", description = "Styles and their training"),
        (name = "generations", description = "Generations of images in a style, and the public feed"),
        (name = "community", description = "Likes and comments"),
        (name = "search", description = "Search for styles and artists"),
        (name = "notifications", description = "Notifications of the current account"),
        (name = "webhooks", description = "Called by training and inference workers and by the payment provider"),
        (name = "admin", description = "For administrators"),
        (name = "operations", description = "Health checks"),
    )
)]
struct BaseDocument;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let cookie = ApiKey::Cookie(ApiKeyValue::new("sessionid"));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
        let csrf = ApiKey::Header(ApiKeyValue::new(crate::edge::csrf::HEADER));
        components.add_security_scheme("csrf", SecurityScheme::ApiKey(csrf));
        let bearer = Http::new(HttpAuthScheme::Bearer);
        components.add_security_scheme("worker", SecurityScheme::Http(bearer));
        let source = ApiKey::Header(ApiKeyValue::new("X-Request-Source"));
        components.add_security_scheme("worker_source", SecurityScheme::ApiKey(source));
    }
}

/// The document without operations.
pub(crate) fn base_document() -> openapi::OpenApi {
    BaseDocument::openapi()
}

/// The complete document of `routes`.
pub fn document_of(routes: impl FnOnce(&mut ServiceConfig<'_>)) -> openapi::OpenApi {
    let (_, mut document) = App::new()
        .into_utoipa_app()
        .openapi(base_document())
        .service(scope::scope("/api").configure(routes))
        .split_for_parts();
    complete(&mut document);
    document
}

/// Replaces inlined schemas by references, and adds the description "Success" to responses without one, because OpenAPI
/// requires it.
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
            response.content.values_mut().for_each(generics::rename_reference);
        }
    }
}
