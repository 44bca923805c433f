//! Stub routes, one for each thing a route can do at the edge.

use actix_session::Session;
use actix_web::{Error, HttpRequest, HttpResponse, get, patch, post, web};
use domain::{StyleId, UserId, page::PageRequest, styles::StyleName};
use futures_util::stream;
use serde_json::json;
use stylelicense_http::{
    ApiError, HttpDeps, csrf,
    cursor::Order,
    envelope::no_content,
    extract::{Fields, FromFields, FromQuery, Id, JsonBody},
    multipart::{FormSpec, read_form},
    session::{self, MaybeSignedIn, SignedIn},
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
async fn public(reader: MaybeSignedIn) -> HttpResponse {
    ok(&json!(reader.user().map(|user| user.0)))
}

#[utoipa::path]
#[get("/me")]
async fn me(who: SignedIn, session: Session, deps: web::Data<HttpDeps>) -> Result<HttpResponse, ApiError> {
    let mut response =
        ok(&json!({ "id": who.user.0, "role": who.role.as_str(), "is_artist": who.is_artist }));
    let cookie = csrf::cookie(&session, &deps.config)?;
    response.add_cookie(&cookie).unwrap();
    Ok(response)
}

/// A login that has begun: something is kept, nobody is signed in.
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

struct Thing {
    name: String,
    number: i64,
}

impl FromFields for Thing {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let name = fields.required("name", StyleName::parse);
        let number = fields.required_integer("number", Ok);
        Some(Self {
            name: name?.into_string(),
            number: number?,
        })
    }
}

#[utoipa::path]
#[post("/things")]
async fn thing(_who: SignedIn, body: JsonBody<Thing>) -> HttpResponse {
    ok(&json!({ "name": body.0.name, "number": body.0.number }))
}

#[utoipa::path]
#[post("/open-things")]
async fn open_thing(body: JsonBody<Thing>) -> HttpResponse {
    ok(&json!({ "name": body.0.name, "number": body.0.number }))
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

struct Listed {
    page: PageRequest,
    flag: Option<bool>,
}

impl FromFields for Listed {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let page = fields.page(Order::Time);
        let flag = fields.boolean("flag");
        Some(Self { page: page?, flag })
    }
}

#[utoipa::path]
#[get("/list")]
async fn list(query: FromQuery<Listed>) -> HttpResponse {
    let FromQuery(Listed { page, flag }) = query;
    ok(&json!({
        "limit": page.size.get(),
        "flag": flag,
        "after": page.after.map(|place| [place.time.timestamp_micros(), place.id]),
    }))
}

#[utoipa::path]
#[post("/upload")]
async fn upload(request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, ApiError> {
    let spec = FormSpec::new(100_000)
        .text("name", 100, domain::FieldError::TooLong { max: 25 })
        .texts("tags", 20, 3, domain::FieldError::Malformed)
        .files("images", 1_000, 2)
        .file("signature", 1_000);
    let mut form = read_form(&request, payload.into_inner(), &spec).await?;
    let images = form.files("images");
    let signature = form.file("signature");
    let name = form.fields.text("name");
    let tags = form.fields.optional_list("tags", 0..=3, |tag| Ok(tag.to_owned()));
    form.fields.check()?;
    let kept: Vec<_> = images
        .stored
        .iter()
        .map(|file| json!([file.index, file.bytes, std::fs::read(file.path()).unwrap().len()]))
        .collect();
    Ok(ok(&json!({
        "name": name, "tags": tags, "count": images.count, "kept": kept, "signature": signature.is_some(),
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

/// A stream that never ends.
#[utoipa::path]
#[get("/endless")]
async fn endless() -> HttpResponse {
    HttpResponse::Ok().streaming(stream::pending::<Result<web::Bytes, Error>>())
}

/// Fails inwardly.
#[utoipa::path]
#[get("/broken")]
async fn broken() -> Result<HttpResponse, ApiError> {
    let error = std::io::Error::other("SELECT * FROM secrets failed");
    Err(ApiError::internal(&error))
}

/// Answers an error in its own way.
#[utoipa::path]
#[get("/plain-error")]
async fn plain_error() -> HttpResponse {
    HttpResponse::BadGateway().body("<html>upstream says no</html>")
}
