//! The checkout page.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use domain::tokens::PaymentStatus;
use serde::Deserialize;
use url::Url;

use super::payment::Payment;
use super::refusal::Refusal;
use super::state::State;
use crate::pages::{self, Forms, escaped, page};

const TITLE: &str = "Demo checkout";
const WARNING: &str = "<h1>Demo checkout</h1>\n<p>This is a demo: no card is asked for and no money moves, \
    whatever you press.</p>\n";

/// Errors that the buyer can choose for the confirmation, and their names on the page.
const TEST_CODES: [(&str, &str); 4] = [
    ("REJECT_CARD_COMPANY", "Refused by the card company"),
    ("REJECT_CARD_PAYMENT", "Refused: not enough balance"),
    ("INVALID_STOPPED_CARD", "Refused: the card is suspended"),
    ("PROVIDER_ERROR", "A temporary error: the outcome is open"),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    Pay,
    /// The card company declines.
    Decline,
    /// The buyer returns to the shop.
    Cancel,
    /// The buyer closes the window: the shop gets no redirect.
    Close,
}

#[derive(Debug, Deserialize)]
pub(super) struct Form {
    choice: Choice,
    /// The error for the confirmation, or empty.
    #[serde(default)]
    test_code: String,
}

/// `GET /v1/payments/{paymentKey}/checkout`
pub(super) async fn show(key: web::Path<String>, state: web::Data<State>) -> HttpResponse {
    match state.with_store(|store, _| store.payment(&key).cloned()) {
        Ok(payment) => payment_page(&payment),
        Err(_) => notice(StatusCode::NOT_FOUND, "There is no such payment."),
    }
}

/// `POST /v1/payments/{paymentKey}/checkout`: redirects to the shop.
pub(super) async fn submit(
    key: web::Path<String>,
    form: web::Form<Form>,
    state: web::Data<State>,
) -> HttpResponse {
    match choose(&state, &key, form.into_inner()) {
        Ok(response) => response,
        // The payment has ended or does not exist.
        Err(_) => show(key, state).await,
    }
}

fn choose(state: &State, key: &str, form: Form) -> Result<HttpResponse, Refusal> {
    Ok(match form.choice {
        Choice::Pay => {
            let test_code = Some(form.test_code).filter(|code| !code.is_empty());
            let payment = state.change(|store, now| store.authenticate(key, test_code, now))?;
            let amount = payment.order.amount.to_string();
            let order_id = &payment.order.order_id;
            let pairs = [
                ("paymentType", "NORMAL"),
                ("paymentKey", key),
                ("orderId", order_id),
                ("amount", &amount),
            ];
            redirect(&payment.order.success_url, &pairs)
        }
        Choice::Decline => {
            let refusal = Refusal::of("REJECT_CARD_COMPANY");
            let payment = state.change(|store, _| store.decline(key, &refusal))?;
            let order_id = &payment.order.order_id;
            let pairs = [
                ("code", refusal.code.as_str()),
                ("message", refusal.message),
                ("orderId", order_id),
            ];
            redirect(&payment.order.fail_url, &pairs)
        }
        // Toss sends no orderId here.
        Choice::Cancel => {
            let payment = state.with_store(|store, _| store.payment(key).cloned())?;
            let pairs = [
                ("code", "PAY_PROCESS_CANCELED"),
                ("message", "Payment has been canceled by the customer."),
            ];
            redirect(&payment.order.fail_url, &pairs)
        }
        Choice::Close => notice(
            StatusCode::OK,
            "You closed the window. Nobody is told, as when a browser is closed; the payment can be paid until it expires.",
        ),
    })
}

fn payment_page(payment: &Payment) -> HttpResponse {
    let ended = match payment.status {
        PaymentStatus::Ready | PaymentStatus::InProgress => return open_payment_page(payment),
        PaymentStatus::Expired => "The time to pay is over.",
        PaymentStatus::Aborted => "This payment was refused.",
        _ => "This payment has been made.",
    };
    notice(StatusCode::OK, ended)
}

fn open_payment_page(payment: &Payment) -> HttpResponse {
    let order = &payment.order;
    let mut body = WARNING.to_owned();
    let _ = writeln!(
        body,
        "<dl><dt>{}</dt><dd><strong>{} {}</strong></dd><dt>Order</dt><dd>{}</dd></dl>",
        escaped(&order.order_name),
        group_thousands(order.amount),
        escaped(&order.currency),
        escaped(&order.order_id),
    );
    let _ = write!(
        body,
        "<form method=\"post\" action=\"/v1/payments/{}/checkout\">\n\
         <label for=\"test_code\">When the shop confirms</label>\n\
         <select id=\"test_code\" name=\"test_code\">\n<option value=\"\">It works</option>\n",
        escaped(&payment.key)
    );
    for (code, name) in TEST_CODES {
        let _ = writeln!(body, "<option value=\"{code}\">{name}</option>");
    }
    body.push_str(
        "</select>\n\
         <button name=\"choice\" value=\"pay\">Pay</button>\n\
         <button class=\"plain\" name=\"choice\" value=\"decline\">Decline the card</button>\n\
         <button class=\"plain\" name=\"choice\" value=\"cancel\">Back to the shop</button>\n\
         <button class=\"plain\" name=\"choice\" value=\"close\">Close the window</button>\n</form>",
    );
    page(StatusCode::OK, TITLE, Forms::Anywhere, "", &body)
}

fn notice(status: StatusCode, text: &str) -> HttpResponse {
    pages::notice(status, TITLE, text)
}

fn redirect(url: &str, pairs: &[(&str, &str)]) -> HttpResponse {
    let Ok(mut url) = Url::parse(url) else {
        return notice(StatusCode::BAD_REQUEST, "The shop gave no address to return to.");
    };
    url.query_pairs_mut().extend_pairs(pairs);
    pages::redirect(StatusCode::SEE_OTHER, &url)
}

/// Formats `10000` as `10,000`.
fn group_thousands(amount: i64) -> String {
    let digits = amount.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
