//! The log line of a request.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use tracing_subscriber::fmt::MakeWriter;

use crate::support::Api;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[actix_web::test]
async fn the_log_line_has_method_and_path_once_and_no_query() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(lines.clone())
        .with_span_list(false)
        .finish();
    // Global, because tracing caches the enabled levels of the first thread that logs.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    Api::new().get("/api/styles/4711?code=secret").await;
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let mut lines_of_request = log.lines().filter(|line| line.contains("/api/styles/4711"));
    let line = lines_of_request.find(|line| line.contains("request answered"));
    let line = line.unwrap_or_else(|| panic!("no log line of the request: {log}"));
    for once in [
        "\"GET\"",
        "/api/styles/",
        "\"method\"",
        "\"path\"",
        "\"status\":200",
        "\"trace_id\"",
    ] {
        assert_eq!(line.matches(once).count(), 1, "{once}: {line}");
    }
    assert!(!log.contains("code=secret"), "{log}");
}
