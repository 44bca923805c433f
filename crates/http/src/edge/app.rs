//! The app: the routes, the OpenAPI document, Swagger UI and all middlewares.

use actix_web::{
    App, Error, HttpResponse,
    body::BoxBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::{Compat, from_fn},
    web,
};
use tracing_actix_web::TracingLogger;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::{AppExt, scope, service_config::ServiceConfig};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::edge::{
    config::HttpDeps,
    csrf,
    error::ApiError,
    error_code::ErrorCode,
    middleware::{
        content_encoding::reject_encoded_bodies,
        cors,
        errors::render_errors,
        host::check_host,
        route_guard::{RouteTable, guard_routes},
        security_headers::add_security_headers,
        trace::{RequestSpan, trace_requests},
    },
    openapi, session,
};

/// The app with the given routes. `services` registers the services that the handlers extract as `web::Data`.
pub fn app_with_routes<S, R>(
    deps: &HttpDeps,
    services: S,
    routes: R,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    > + use<S, R>,
>
where
    S: FnOnce(&mut web::ServiceConfig),
    R: FnOnce(&mut ServiceConfig<'_>),
{
    let (app, mut document) = App::new()
        .into_utoipa_app()
        .openapi(openapi::base_document())
        // Before the scope: it would take precedence over a route that is registered later.
        .map(|app| app.route(openapi::DOCUMENT_PATH, web::get().to(serve_document)))
        .service(scope::scope("/api").configure(routes))
        .split_for_parts();
    openapi::complete(&mut document);
    let table = RouteTable::of(&document).with(Method::GET, openapi::DOCUMENT_PATH);
    app.app_data(web::Data::from(deps.config.clone()))
        .app_data(web::Data::from(deps.ids.clone()))
        .app_data(web::Data::new(deps.clone()))
        .app_data(web::Data::new(table))
        .app_data(web::Data::new(document))
        .configure(services)
        .route("/docs", web::get().to(to_docs))
        .service(docs())
        .default_service(web::to(not_found))
        // The last middleware is the outermost.
        .wrap(from_fn(csrf::check))
        .wrap(session::layer(deps))
        .wrap(from_fn(session::report_store_failures))
        .wrap(from_fn(session::keep_session_cookie))
        .wrap(from_fn(guard_routes))
        .wrap(from_fn(check_host))
        .wrap(from_fn(reject_encoded_bodies))
        .wrap(cors::layer(&deps.config))
        .wrap(from_fn(render_errors))
        .wrap(from_fn(add_security_headers))
        .wrap(from_fn(trace_requests))
        .wrap(Compat::new(TracingLogger::<RequestSpan>::new()))
}

/// Swagger UI; its files are embedded.
fn docs() -> SwaggerUi {
    let config = Config::from(openapi::DOCUMENT_PATH)
        .validator_url("none")
        .with_credentials(true)
        .try_it_out_enabled(true);
    SwaggerUi::new("/docs/{_:.*}").config(config)
}

async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, "/docs/"))
        .finish()
}

async fn serve_document(document: web::Data<OpenApi>) -> HttpResponse {
    HttpResponse::Ok().json(document.as_ref())
}

async fn not_found() -> Result<HttpResponse, ApiError> {
    Err(ErrorCode::NotFound.into())
}
