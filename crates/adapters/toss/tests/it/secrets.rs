//! Errors and `Debug` output contain no secrets.

use domain::tokens::PaymentProvider;
use stylelicense_toss::TossPayments;
use testkit::payments::{Call, Fault};

use crate::support::{ORDER, Scripted, Shop, Step, order, settings, won};

#[tokio::test]
async fn g6_no_error_contains_the_secret_key_or_a_payment_key() {
    let shop = Shop::open();
    let key = shop.authorized(ORDER).await;
    let wrong = settings(shop.toss.base_url(), "test_sk_very_wrong");
    let wrong = TossPayments::new(&wrong).unwrap();
    let mut errors = vec![format!("{:?}", wrong.payment(&key).await.unwrap_err())];
    for code in ["PROVIDER_ERROR", "REJECT_CARD_COMPANY", "UNAUTHORIZED_KEY"] {
        shop.toss.fail_next(Call::Payment, Fault::Refused(code));
        errors.push(format!("{:?}", shop.payments.payment(&key).await.unwrap_err()));
    }
    for step in [
        Step::Close,
        Step::Respond("nonsense\r\n\r\n".to_owned()),
        Step::Hang,
    ] {
        let toss = Scripted::start([step]).await;
        let error = toss.payments.payment(&key).await.unwrap_err();
        errors.push(format!("{error} {error:?}"));
        let error = toss
            .payments
            .confirm(&key, ORDER, &won(10_000))
            .await
            .unwrap_err();
        errors.push(format!("{error} {error:?}"));
        let error = toss.payments.checkout(&order(ORDER)).await.unwrap_err();
        errors.push(format!("{error} {error:?}"));
    }
    let text = errors.join("\n");
    for secret in [
        shop.toss.secret_key(),
        "test_sk_very_wrong",
        "test_sk_scripted",
        "dGVzdF9za",
        key.as_str(),
    ] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

#[test]
fn g6_debug_output_does_not_contain_the_secret_key() {
    let settings = settings("http://localhost:8003", "test_sk_hush_hush");
    let payments = TossPayments::new(&settings).unwrap();
    let text = format!("{settings:?} {payments:?} {payments:#?}");
    assert!(text.contains("localhost:8003"));
    for secret in ["hush_hush", "dGVzdF9za19odXNoX2h1c2g6"] {
        assert!(!text.contains(secret), "{text}");
    }
}
