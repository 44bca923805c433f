//! What every call of the API has in common: authorization, idempotency keys, test codes and faults.

use std::future::pending;

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, rt, web};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::fault::{Call, Fault};
use super::idempotency::{Outcome, Scope};
use super::refusal::Refusal;
use super::state::State;

/// Names the error that a call shall meet.
const TEST_CODE: &str = "TossPayments-Test-Code";

/// Answers a call whose work is `act`. It goes on though the client leaves.
pub(super) async fn serve(
    call: Call,
    request: &HttpRequest,
    state: web::Data<State>,
    act: impl FnOnce(&State) -> Result<Value, Refusal> + 'static,
) -> HttpResponse {
    state.count(call);
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
    let work = rt::spawn(async move {
        let outcome = once(call, &state, scope, test_code, act).await;
        outcome.unwrap_or_else(|refusal| refused(&refusal))
    });
    work.await
        .unwrap_or_else(|_| HttpResponse::InternalServerError().finish())
}

/// Does the work unless an equal call has done it.
async fn once(
    call: Call,
    state: &State,
    scope: Option<Scope>,
    test_code: Option<String>,
    act: impl FnOnce(&State) -> Result<Value, Refusal>,
) -> Result<HttpResponse, Refusal> {
    if let Some(scope) = &scope
        && let Some(known) = state.begin(scope)?
    {
        return Ok(answer(known));
    }
    let fault = state.fault(call);
    if let Some(Fault::Slow(time)) = &fault {
        sleep(*time).await;
    }
    let forced = match &fault {
        Some(Fault::Refused(code)) => Some((*code).to_owned()),
        _ => test_code,
    };
    let done = match forced {
        Some(code) => Err(Refusal::of(&code)),
        None => act(state),
    };
    let outcome = done.map_or_else(
        |refusal| (refusal.status, refusal.body()),
        |body| (StatusCode::OK, body),
    );
    if let Some(scope) = scope {
        state.end(scope, outcome.clone());
    }
    told(fault, outcome).await
}

/// What the client hears of what was done.
async fn told(fault: Option<Fault>, outcome: Outcome) -> Result<HttpResponse, Refusal> {
    match fault {
        Some(Fault::NoAnswer) => pending().await,
        Some(Fault::DoneButAnswers(code)) => Err(Refusal::of(code)),
        Some(Fault::ShowsAmount(amount)) => {
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
