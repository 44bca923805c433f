//! Stub routes, one for each feature of the HTTP layer.

use actix_session::Session;
use actix_web::{Error, HttpRequest, HttpResponse, get, patch, post, web};
use domain::{FieldError, StyleId, UserId, styles::StyleName};
use futures_util::stream;
use serde_json::{Value, json};
use stylelicense_http::{
    HttpDeps,
    edge::{
        csrf,
        envelope::no_content,
        error::ApiError,
        extract::{FromQuery, Id, JsonBody},
        fields::{FieldValue, List, Raw, TimePage},
        form_part::Part,
        multipart::{FormSpec, read_form},
        session::{self, MaybeSignedIn, SignedIn},
    },
    request,
};
use utoipa_actix_web::service_config::ServiceConfig;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(public)
        .service(me)
        .service(start)
        .service(login)
        .service(logout)
        .service(thing)
        .service(open_thing)
        .service(style)
        .service(rename_style)
        .service(list)
        .service(upload)
        .service(webhook)
        .service(health)
        .service(endless)
        .service(broken)
        .service(plain_error);
}

fn ok(data: &serde_json::Value) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "success": true, "data": data }))
}

#[utoipa::path]
#[get("/public")]
async fn public(caller: MaybeSignedIn) -> HttpResponse {
    ok(&json!(caller.user().map(|user| user.0)))
}

#[utoipa::path]
#[get("/me")]
async fn me(caller: SignedIn, session: Session, deps: web::Data<HttpDeps>) -> Result<HttpResponse, ApiError> {
    let mut response =
        ok(&json!({ "id": caller.user.0, "role": caller.role.as_str(), "is_artist": caller.is_artist }));
    let cookie = csrf::cookie(&session, &deps.config)?;
    response.add_cookie(&cookie).unwrap();
    Ok(response)
}

/// A login in progress: the session has data and no user.
#[utoipa::path]
#[get("/start")]
async fn start(session: Session) -> HttpResponse {
    session.insert("login_state", "abc").unwrap();
    no_content()
}

#[utoipa::path]
#[get("/login")]
async fn login(session: Session, deps: web::Data<HttpDeps>) -> Result<HttpResponse, ApiError> {
    session::sign_in(&session, UserId(7))?;
    let mut response = ok(&json!(null));
    response
        .add_cookie(&csrf::cookie(&session, &deps.config)?)
        .unwrap();
    Ok(response)
}

#[utoipa::path]
#[post("/logout")]
async fn logout(_who: SignedIn, session: Session) -> HttpResponse {
    session::sign_out(&session);
    no_content()
}

#[derive(Debug)]
struct Number(i64);

impl FieldValue for Number {
    fn read(raw: Raw) -> Result<Self, FieldError> {
        raw.integer().map(Self)
    }

    fn schema() -> Value {
        json!({ "type": "integer" })
    }
}

request! {
    struct Thing {
        name: StyleName,
        number: Number,
    }
}

#[utoipa::path]
#[post("/things")]
async fn thing(_who: SignedIn, body: JsonBody<Thing>) -> HttpResponse {
    ok(&json!({ "name": body.0.name.as_str(), "number": body.0.number.0 }))
}

#[utoipa::path]
#[post("/open-things")]
async fn open_thing(body: JsonBody<Thing>) -> HttpResponse {
    ok(&json!({ "name": body.0.name.as_str(), "number": body.0.number.0 }))
}

#[utoipa::path]
#[get("/styles/{id}")]
async fn style(id: Id<StyleId>) -> HttpResponse {
    ok(&json!(id.0.0))
}

#[utoipa::path]
#[patch("/styles/{id}")]
async fn rename_style(_who: SignedIn, id: Id<StyleId>) -> HttpResponse {
    ok(&json!(id.0.0))
}

request! {
    struct ListQuery {
        page: TimePage,
        flag: Option<bool>,
    }
}

#[utoipa::path]
#[get("/list")]
async fn list(query: FromQuery<ListQuery>) -> HttpResponse {
    let FromQuery(ListQuery {
        page: TimePage(page),
        flag,
    }) = query;
    ok(&json!({
        "limit": page.size.get(),
        "flag": flag,
        "after": page.after.map(|position| [position.time.timestamp_micros(), position.id]),
    }))
}

request! {
    struct Upload {
        name: Option<String>,
        tags: Option<List<String, 0, 3>>,
    }
}

#[utoipa::path]
#[post("/upload")]
async fn upload(request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, ApiError> {
    let tags = Part::Text {
        max_bytes: 20,
        max_count: 3,
        too_long: FieldError::Malformed,
    };
    let file = |max_count| Part::File {
        max_bytes: 1_000,
        max_count,
    };
    let parts = vec![
        ("name", Part::text(100, FieldError::TooLong { max: 25 })),
        ("tags", tags),
        ("images", file(2)),
        ("signature", file(1)),
    ];
    let spec = FormSpec::new(100_000, parts);
    let mut fields = read_form(&request, payload.into_inner(), &spec).await?;
    let count = fields.file_count("images");
    let images = fields.take_files("images");
    let signature = fields.file("signature").is_some();
    let Upload { name, tags } = fields.read()?;
    let kept: Vec<_> = images
        .iter()
        .map(|file| json!([file.index, file.bytes, std::fs::read(file.path()).unwrap().len()]))
        .collect();
    Ok(ok(&json!({
        "name": name, "tags": tags.map(|tags| tags.0), "count": count, "kept": kept, "signature": signature,
    })))
}

#[utoipa::path]
#[post("/webhooks/ping")]
async fn webhook() -> HttpResponse {
    ok(&json!("applied"))
}

#[utoipa::path]
#[get("/health/live")]
async fn health() -> HttpResponse {
    ok(&json!("ok"))
}

/// An infinite body.
#[utoipa::path]
#[get("/endless")]
async fn endless() -> HttpResponse {
    HttpResponse::Ok().streaming(stream::pending::<Result<web::Bytes, Error>>())
}

/// An internal error.
#[utoipa::path]
#[get("/broken")]
async fn broken() -> Result<HttpResponse, ApiError> {
    let error = std::io::Error::other("SELECT * FROM secrets failed");
    Err(ApiError::internal(error))
}

/// An error response that is not an `ApiError`.
#[utoipa::path]
#[get("/plain-error")]
async fn plain_error() -> HttpResponse {
    HttpResponse::BadGateway().body("<html>upstream says no</html>")
}
