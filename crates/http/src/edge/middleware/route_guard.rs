//! Responds with 404 or 405 before the session is loaded or the body is read. (actix responds with 404 to an unsupported
//! method.) The routes are those of the OpenAPI document, so an undocumented route cannot be called. HEAD is served as GET
//! without the body.

use std::{
    convert::Infallible,
    iter,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    HttpMessage,
    body::{BodySize, BoxBody, MessageBody},
    dev::ServiceRequest,
    http::{Method, Uri, uri::PathAndQuery},
    middleware::Next,
    web::{self, Bytes},
};
use utoipa::openapi::{OpenApi, PathItem};

use crate::edge::{
    error::ApiError,
    error_code::ErrorCode,
    middleware::{MiddlewareResult, reject},
};

static GET: Method = Method::GET;
static HEAD: Method = Method::HEAD;

/// Paths and methods of all routes.
#[derive(Debug, Clone, Default)]
pub(crate) struct RouteTable(Vec<Template>);

#[derive(Debug, Clone)]
struct Template {
    /// `None` is a parameter.
    segments: Vec<Option<String>>,
    methods: Vec<Method>,
}

impl RouteTable {
    pub(crate) fn of(document: &OpenApi) -> Self {
        let templates = document.paths.paths.iter().map(|(path, item)| Template {
            segments: segments(path)
                .map(|part| (!part.starts_with('{')).then(|| part.to_owned()))
                .collect(),
            methods: methods(item),
        });
        Self(templates.collect())
    }

    /// Adds a route that is not in the document.
    pub(crate) fn with(mut self, method: Method, path: &str) -> Self {
        self.0.push(Template {
            segments: segments(path).map(|part| Some(part.to_owned())).collect(),
            methods: vec![method],
        });
        self
    }

    /// The error for a request without a route. If several templates match the path, the one with the most literal
    /// segments determines the methods.
    pub(crate) fn rejection(&self, method: &Method, path: &str) -> Option<ApiError> {
        let matching: Vec<&Template> = self.0.iter().filter(|template| template.matches(path)).collect();
        let Some(max_literals) = matching.iter().map(|template| template.literals()).max() else {
            return Some(ErrorCode::NotFound.into());
        };
        let allowed: Vec<&Method> = matching
            .into_iter()
            .filter(|template| template.literals() == max_literals)
            .flat_map(|template| template.methods.iter().flat_map(with_head))
            .collect();
        (!allowed.contains(&method)).then(|| ApiError::method_not_allowed(allowed))
    }
}

impl Template {
    fn matches(&self, path: &str) -> bool {
        let mut parts = segments(path);
        self.segments.iter().all(|own| {
            parts
                .next()
                .is_some_and(|part| own.as_ref().is_none_or(|own| own == part) && !part.is_empty())
        }) && parts.next().is_none()
    }

    fn literals(&self) -> usize {
        self.segments.iter().filter(|own| own.is_some()).count()
    }
}

fn with_head(method: &Method) -> impl Iterator<Item = &Method> {
    iter::once(method).chain((*method == GET).then_some(&HEAD))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

fn methods(item: &PathItem) -> Vec<Method> {
    [
        (item.get.is_some(), Method::GET),
        (item.post.is_some(), Method::POST),
        (item.put.is_some(), Method::PUT),
        (item.patch.is_some(), Method::PATCH),
        (item.delete.is_some(), Method::DELETE),
    ]
    .into_iter()
    .filter_map(|(present, method)| present.then_some(method))
    .collect()
}

/// Normalizes an API path (`/api/styles/` and `/api//styles` become `/api/styles`) and rejects requests without a route.
pub(crate) async fn guard_routes<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> MiddlewareResult<B> {
    if request.path().starts_with("/api/") {
        normalize(&mut request);
    }
    if let Some(error) = rejection(&request) {
        return Ok(reject(request, error));
    }
    if request.method() != HEAD {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    request.head_mut().method = Method::GET;
    request.extensions_mut().insert(HeadRequest);
    let response = next.call(request).await?;
    let empty = response.map_body(|_, body| BoxBody::new(EmptyBody(body.size())));
    Ok(empty.map_into_right_body())
}

/// Request extension of a HEAD request that is served as GET. Such a request must not change anything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeadRequest;

/// Body of a response to HEAD: the length of the GET body without its content. The GET body may be an infinite stream.
struct EmptyBody(BodySize);

impl MessageBody for EmptyBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

fn rejection(request: &ServiceRequest) -> Option<ApiError> {
    let path = request.path();
    if path == "/docs" || path.starts_with("/docs/") {
        let allowed = [&GET, &HEAD];
        return (!allowed.contains(&request.method())).then(|| ApiError::method_not_allowed(allowed));
    }
    let table = request.app_data::<web::Data<RouteTable>>()?;
    table.rejection(request.method(), request.match_info().as_str())
}

fn normalize(request: &mut ServiceRequest) {
    let path = request.path();
    if !path.ends_with('/') && !path.contains("//") {
        return;
    }
    let mut normalized: String = path
        .split('/')
        .filter(|part| !part.is_empty())
        .flat_map(|part| ["/", part])
        .collect();
    if let Some(query) = request.uri().query() {
        normalized.push('?');
        normalized.push_str(query);
    }
    let mut parts = request.uri().clone().into_parts();
    let Ok(target) = PathAndQuery::try_from(normalized) else {
        return;
    };
    parts.path_and_query = Some(target);
    if let Ok(uri) = Uri::from_parts(parts) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> RouteTable {
        let mut table = RouteTable::default()
            .with(Method::GET, "/api/styles")
            .with(Method::PATCH, "/api/users/me");
        table.0.push(Template {
            segments: vec![Some("api".into()), Some("users".into()), None],
            methods: vec![Method::GET, Method::DELETE],
        });
        table
    }

    fn code(method: &Method, path: &str) -> Option<ErrorCode> {
        table().rejection(method, path).map(|error| error.code())
    }

    #[test]
    fn known_routes_are_accepted() {
        assert_eq!(code(&Method::GET, "/api/styles"), None);
        assert_eq!(code(&Method::GET, "/api/users/7"), None);
        assert_eq!(code(&Method::PATCH, "/api/users/me"), None);
    }

    #[test]
    fn head_is_allowed_where_get_is() {
        assert_eq!(code(&Method::HEAD, "/api/users/7"), None);
        assert_eq!(
            code(&Method::HEAD, "/api/users/me"),
            Some(ErrorCode::MethodNotAllowed)
        );
        assert_eq!(code(&Method::HEAD, "/api/nothing"), Some(ErrorCode::NotFound));
    }

    #[test]
    fn the_most_literal_path_determines_the_allowed_methods() {
        assert_eq!(
            code(&Method::DELETE, "/api/users/me"),
            Some(ErrorCode::MethodNotAllowed)
        );
        assert_eq!(
            code(&Method::POST, "/api/users/7"),
            Some(ErrorCode::MethodNotAllowed)
        );
    }

    #[test]
    fn unknown_paths_are_not_found() {
        for path in [
            "/",
            "",
            "/api",
            "/api/style",
            "/api/styles/1/2",
            "/api/users/",
            "/api/users//",
        ] {
            assert_eq!(code(&Method::GET, path), Some(ErrorCode::NotFound), "{path}");
        }
    }
}
