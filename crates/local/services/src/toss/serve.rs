//! Common handling of all API calls: authorization, idempotency keys, test codes and injected faults.

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

/// Header with the error to respond with.
const TEST_CODE: &str = "TossPayments-Test-Code";

/// Executes a call with its request and body.
type Operation = fn(&State, &HttpRequest, &[u8]) -> Result<Value, Refusal>;

pub(super) fn serve(route: Route, call: Call, operation: Operation) -> Route {
    route.to(move |request, body, state| handle(call, operation, request, body, state))
}

/// The operation continues even if the client disconnects.
async fn handle(
    call: Call,
    operation: Operation,
    request: HttpRequest,
    body: web::Bytes,
    state: web::Data<State>,
) -> HttpResponse {
    if state.count_and_check_not_reached(call) {
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
        let execute = || operation(&state, &request, &body);
        let outcome = execute_once(call, &state, scope, test_code, execute).await;
        outcome.unwrap_or_else(|refusal| refused(&refusal))
    });
    task.await
        .unwrap_or_else(|_| HttpResponse::InternalServerError().finish())
}

/// Executes the call unless a call with the same idempotency key was executed.
async fn execute_once(
    call: Call,
    state: &State,
    scope: Option<Scope>,
    test_code: Option<String>,
    execute: impl FnOnce() -> Result<Value, Refusal>,
) -> Result<HttpResponse, Refusal> {
    if let Some(scope) = &scope
        && let Some(known) = state.memory().keys.begin(scope)?
    {
        return Ok(response(known));
    }
    let fault = state.take_fault(call);
    if let Some(InjectedFault::Slow(delay)) = &fault {
        sleep(*delay).await;
    }
    let forced = match &fault {
        Some(InjectedFault::Refused(code)) => Some((*code).to_owned()),
        _ => test_code,
    };
    let result = match forced {
        Some(code) => Err(Refusal::of(&code)),
        None => execute(),
    };
    let outcome = result.map_or_else(
        |refusal| (refusal.status, refusal.body()),
        |body| (StatusCode::OK, body),
    );
    if let Some(scope) = scope {
        state.memory().keys.finish(scope, outcome.clone());
    }
    respond_with_fault(fault, outcome).await
}

/// Applies faults that follow the execution.
async fn respond_with_fault(fault: Option<InjectedFault>, outcome: Outcome) -> Result<HttpResponse, Refusal> {
    match fault {
        Some(InjectedFault::NoResponse) => pending().await,
        Some(InjectedFault::ErrorAfterSuccess(code)) => Err(Refusal::of(code)),
        Some(InjectedFault::WrongAmount(amount)) => {
            let (status, mut body) = outcome;
            body["totalAmount"] = json!(amount);
            Ok(response((status, body)))
        }
        _ => Ok(response(outcome)),
    }
}

fn refused(refusal: &Refusal) -> HttpResponse {
    response((refusal.status, refusal.body()))
}

fn response((status, body): Outcome) -> HttpResponse {
    HttpResponse::build(status).json(body)
}
