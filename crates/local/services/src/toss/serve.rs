//! Common to all calls of the API: authorization, idempotency keys, test codes and injected faults.

use std::future::pending;

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, Route, rt, web};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::fault::{Call, InjectedFault};
use super::idempotency::{Outcome, Scope};
use super::refusal::Refusal;
use super::state::State;

/// Header that names the error to answer with.
const TEST_CODE: &str = "TossPayments-Test-Code";

/// The work of a call, from its request and body.
type Work = fn(&State, &HttpRequest, &[u8]) -> Result<Value, Refusal>;

/// Lets `route` answer calls of this kind.
pub(super) fn serve(route: Route, call: Call, work: Work) -> Route {
    route.to(move |request, body, state| answer_call(call, work, request, body, state))
}

/// The work goes on even if the client leaves.
async fn answer_call(
    call: Call,
    work: Work,
    request: HttpRequest,
    body: web::Bytes,
    state: web::Data<State>,
) -> HttpResponse {
    if state.is_not_reached(call) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Err(refusal) = state.authorize(header(AUTHORIZATION.as_str())) {
        return refused(&refusal);
    }
    // Toss ignores the key of a GET.
    let key = header("Idempotency-Key").filter(|_| request.method() == "POST");
    let scope = key.map(|key| (key.to_owned(), request.path().to_owned()));
    let test_code = header(TEST_CODE).map(str::to_owned);
    let task = rt::spawn(async move {
        let work = || work(&state, &request, &body);
        let outcome = once(call, &state, scope, test_code, work).await;
        outcome.unwrap_or_else(|refusal| refused(&refusal))
    });
    task.await
        .unwrap_or_else(|_| HttpResponse::InternalServerError().finish())
}

/// Does the work unless a call with the same idempotency key has done it.
async fn once(
    call: Call,
    state: &State,
    scope: Option<Scope>,
    test_code: Option<String>,
    work: impl FnOnce() -> Result<Value, Refusal>,
) -> Result<HttpResponse, Refusal> {
    if let Some(scope) = &scope
        && let Some(known) = state.memory().keys.begin(scope)?
    {
        return Ok(answer(known));
    }
    let fault = state.take_fault(call);
    if let Some(InjectedFault::Slow(time)) = &fault {
        sleep(*time).await;
    }
    let forced = match &fault {
        Some(InjectedFault::Refused(code)) => Some((*code).to_owned()),
        _ => test_code,
    };
    let done = match forced {
        Some(code) => Err(Refusal::of(&code)),
        None => work(),
    };
    let outcome = done.map_or_else(
        |refusal| (refusal.status, refusal.body()),
        |body| (StatusCode::OK, body),
    );
    if let Some(scope) = scope {
        state.memory().keys.finish(scope, outcome.clone());
    }
    answer_with_fault(fault, outcome).await
}

/// The answer to the client after the work.
async fn answer_with_fault(fault: Option<InjectedFault>, outcome: Outcome) -> Result<HttpResponse, Refusal> {
    match fault {
        Some(InjectedFault::NoAnswer) => pending().await,
        Some(InjectedFault::DoneButAnswers(code)) => Err(Refusal::of(code)),
        Some(InjectedFault::ShowsAmount(amount)) => {
            let (status, mut body) = outcome;
            body["totalAmount"] = json!(amount);
            Ok(answer((status, body)))
        }
        _ => Ok(answer(outcome)),
    }
}

fn refused(refusal: &Refusal) -> HttpResponse {
    answer((refusal.status, refusal.body()))
}

fn answer((status, body): Outcome) -> HttpResponse {
    HttpResponse::build(status).json(body)
}
