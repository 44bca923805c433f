//! What stands where the web client would: pages that tell a person where the browser came back to. Nothing is kept and
//! nothing is asked of the API.

use std::fmt::Write as _;
use std::io;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use url::form_urlencoded;

use crate::pages::{Forms, escaped, page};
use crate::server::{Running, listen, run, server};

/// Why the pages cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum DemoFrontError {
    /// The port is taken.
    #[error("listening on port {port} for the pages in the web client's place: {source}")]
    Bind {
        /// The port asked for.
        port: u16,
        /// The system's answer.
        source: io::Error,
    },
    /// No thread, or the web server did not start on it.
    #[error("starting the thread of the pages in the web client's place: {0}")]
    Thread(io::Error),
}

/// Running pages; they end when this value is dropped.
pub struct DemoFront {
    base_url: String,
    running: Running,
}

impl DemoFront {
    /// Serves on the loopback address; port 0 takes a free one. `api` is the API's address without a trailing slash.
    ///
    /// # Errors
    /// [`DemoFrontError`] says what is wrong with the port or the thread.
    pub fn start(port: u16, api: &str) -> Result<Self, DemoFrontError> {
        let (listener, bound) = listen(port).map_err(|source| DemoFrontError::Bind { port, source })?;
        let api = web::Data::new(api.to_owned());
        let routes = move |config: &mut web::ServiceConfig| {
            config
                .app_data(api.clone())
                .route("/docs/", web::get().to(to_docs))
                .default_service(web::to(place));
        };
        let running = run("local-front", move || server(listener, routes)).map_err(DemoFrontError::Thread)?;
        Ok(Self {
            base_url: format!("http://localhost:{}", bound.port()),
            running,
        })
    }

    /// Its address, `http://localhost:8004`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Stops accepting and returns when the port is free.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// A login ends on the interactive pages.
async fn to_docs(api: web::Data<String>) -> HttpResponse {
    HttpResponse::Found()
        .insert_header((LOCATION, format!("{}/docs/", api.as_str())))
        .finish()
}

async fn place(request: HttpRequest, api: web::Data<String>) -> HttpResponse {
    let mut body = format!(
        "<h1>Your web client would be here</h1>\n<p>The browser came back to <code>{}</code></p>\n<dl>",
        escaped(request.path())
    );
    for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
        // Writing to a String cannot fail.
        let _ = write!(body, "<dt>{}</dt><dd>{}</dd>", escaped(&name), escaped(&value));
    }
    let _ = write!(
        body,
        "</dl>\n<p><a href=\"{}/docs/\">The API's pages</a></p>",
        escaped(api.as_str())
    );
    page(StatusCode::OK, "Web client", Forms::Here, "", &body)
}
