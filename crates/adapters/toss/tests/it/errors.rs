//! Classification of error responses.

use domain::tokens::PaymentProvider;

use crate::support::{Scripted, Step, error, misconfigured, refused, unknown};

#[tokio::test]
async fn a_declined_card_is_refused_for_every_status() {
    for (status, code) in [
        ("400 Bad Request", "INVALID_STOPPED_CARD"),
        ("400 Bad Request", "EXCEED_MAX_DAILY_PAYMENT_COUNT"),
        ("403 Forbidden", "REJECT_CARD_COMPANY"),
        ("403 Forbidden", "REJECT_ACCOUNT_PAYMENT"),
        ("404 Not Found", "NOT_FOUND_PAYMENT_SESSION"),
        ("404 Not Found", "NOT_FOUND_PAYMENT"),
        ("422 Unprocessable Entity", "A_CODE_OF_TOMORROW"),
    ] {
        let toss = Scripted::start([Step::Respond(error(status, code))]).await;
        assert_eq!(refused(toss.confirm().await), code, "{status}");
    }
}

#[tokio::test]
async fn errors_that_leave_the_outcome_open_are_unknown() {
    for (status, code) in [
        ("400 Bad Request", "ALREADY_PROCESSED_PAYMENT"),
        ("400 Bad Request", "PROVIDER_ERROR"),
        ("400 Bad Request", "FAILED_INTERNAL_SYSTEM_PROCESSING"),
        ("400 Bad Request", "DUPLICATED_ORDER_ID"),
        ("408 Request Timeout", "WHATEVER"),
        ("409 Conflict", "WHATEVER"),
        ("429 Too Many Requests", "WHATEVER"),
        (
            "500 Internal Server Error",
            "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
        ),
        ("500 Internal Server Error", "REJECT_CARD_COMPANY"),
        ("500 Internal Server Error", "UNAUTHORIZED_KEY"),
        ("503 Service Unavailable", "WHATEVER"),
        ("204 No Content", "WHATEVER"),
        ("302 Found", "WHATEVER"),
    ] {
        let toss = Scripted::start([Step::Respond(error(status, code))]).await;
        let reason = unknown(toss.confirm().await);
        assert!(reason.contains(&status[..3]), "{status} {code}: {reason}");
    }
}

#[tokio::test]
async fn refused_credentials_are_misconfigured() {
    for (status, code) in [
        ("400 Bad Request", "INVALID_API_KEY"),
        ("401 Unauthorized", "UNAUTHORIZED_KEY"),
        ("401 Unauthorized", "A_CODE_OF_TOMORROW"),
        ("403 Forbidden", "INCORRECT_BASIC_AUTH_FORMAT"),
        ("403 Forbidden", "FORBIDDEN_REQUEST"),
    ] {
        let toss = Scripted::start([Step::Respond(error(status, code))]).await;
        assert!(misconfigured(toss.confirm().await).contains(code), "{status}");
    }
    for status in ["401 Unauthorized", "403 Forbidden"] {
        let toss = Scripted::responding(status, "<html>no</html>").await;
        misconfigured(toss.confirm().await);
    }
}

#[tokio::test]
async fn only_a_404_with_the_code_of_toss_means_that_a_payment_does_not_exist() {
    let toss = Scripted::start([Step::Respond(error("404 Not Found", "NOT_FOUND_PAYMENT"))]).await;
    assert_eq!(toss.payments.payment("key-1").await.unwrap(), None);
    assert_eq!(toss.payments.payment_of_order("order-1").await.unwrap(), None);

    for body in ["", "not found", "{}", r#"{"error":"no such route"}"#] {
        let toss = Scripted::responding("404 Not Found", body).await;
        unknown(toss.payments.payment("key-1").await);
        unknown(toss.payments.payment_of_order("order-1").await);
    }
    let toss = Scripted::start([Step::Respond(error("400 Bad Request", "NOT_FOUND_PAYMENT"))]).await;
    assert_eq!(refused(toss.payments.payment("key-1").await), "NOT_FOUND_PAYMENT");
}

#[tokio::test]
async fn messages_for_the_buyer_are_one_line_of_limited_length() {
    let body = format!(
        r#"{{"code":"REJECT_CARD_COMPANY","message":"a\r\nb\u0000c{}"}}"#,
        "x".repeat(5_000)
    );
    let toss = Scripted::responding("403 Forbidden", &body).await;
    let error = toss.confirm().await.unwrap_err();
    let domain::tokens::PaymentError::Refused { message, .. } = error else {
        panic!("expected a refusal, got: {error}");
    };
    assert!(
        message.starts_with("a  b c") && message.chars().count() == 500,
        "{message}"
    );
}

#[tokio::test]
async fn an_invalid_code_is_not_included_in_the_error() {
    for code in ["", "two words", "<script>", &"X".repeat(101)] {
        let toss =
            Scripted::responding("400 Bad Request", &format!(r#"{{"code":"{code}","message":""}}"#)).await;
        let reason = unknown(toss.confirm().await);
        assert_eq!(reason, "it answers 400 without a code");
    }
}
