//! A page in place of the web client. It shows the path and the query of the redirect.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use url::form_urlencoded;

use crate::StartError;
use crate::pages::{Forms, escaped, page};
use crate::server::{Running, listen, run};

/// The running server. Dropping it stops the server.
pub struct DemoFront {
    base_url: String,
    running: Running,
}

impl DemoFront {
    /// Listens on the loopback address; port 0 selects a free one. `api` is the API's URL without a trailing slash.
    pub fn start(port: u16, api: &str) -> Result<Self, StartError> {
        let (listener, port) = listen(port)?;
        let api = web::Data::new(api.to_owned());
        let routes = move |config: &mut web::ServiceConfig| {
            config
                .app_data(api.clone())
                .route("/docs/", web::get().to(redirect_to_docs))
                .default_service(web::to(show_request));
        };
        Ok(Self {
            base_url: format!("http://localhost:{port}"),
            running: run("local-front", listener, routes, || ())?,
        })
    }

    /// For example `http://localhost:8004`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Graceful shutdown; returns when the port is free.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// The platform redirects to `/docs/` after a login.
async fn redirect_to_docs(api: web::Data<String>) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((LOCATION, format!("{}/docs/", api.as_str())))
        .finish()
}

async fn show_request(request: HttpRequest, api: web::Data<String>) -> HttpResponse {
    let mut body = format!(
        "<h1>Your web client would be here</h1>\n<p>The browser came back to <code>{}</code></p>\n<dl>",
        escaped(request.path())
    );
    for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
        let _ = write!(body, "<dt>{}</dt><dd>{}</dd>", escaped(&name), escaped(&value));
    }
    let _ = write!(
        body,
        "</dl>\n<p><a href=\"{}/docs/\">The API's pages</a></p>",
        escaped(api.as_str())
    );
    page(StatusCode::OK, "Web client", Forms::SameOrigin, "", &body)
}
