//! Whatever goes wrong, nobody learns a secret from how we say it.

use domain::tokens::PaymentProvider;
use stylelicense_toss::TossPayments;
use testkit::payments::{Call, Fault};

use crate::support::{Act, ORDER, Scripted, Shop, order, settings, won};

#[tokio::test]
async fn g6_no_error_holds_the_secret_key_or_a_payments_key() {
    let shop = Shop::open();
    let key = shop.agreed(ORDER).await;
    let wrong = settings(shop.toss.base_url(), "test_sk_very_wrong");
    let wrong = TossPayments::new(&wrong).unwrap();
    let mut said = vec![format!("{:?}", wrong.payment(&key).await.unwrap_err())];
    for code in ["PROVIDER_ERROR", "REJECT_CARD_COMPANY", "UNAUTHORIZED_KEY"] {
        shop.toss.fail_next(Call::Payment, Fault::Refused(code));
        said.push(format!("{:?}", shop.payments.payment(&key).await.unwrap_err()));
    }
    for act in [Act::HangUp, Act::Say("nonsense\r\n\r\n".to_owned()), Act::Keep] {
        let toss = Scripted::start([act]).await;
        let error = toss.payments.payment(&key).await.unwrap_err();
        said.push(format!("{error} {error:?}"));
        let error = toss
            .payments
            .confirm(&key, ORDER, &won(10_000))
            .await
            .unwrap_err();
        said.push(format!("{error} {error:?}"));
        let error = toss.payments.checkout(&order(ORDER)).await.unwrap_err();
        said.push(format!("{error} {error:?}"));
    }
    let shown = said.join("\n");
    for secret in [
        shop.toss.secret_key(),
        "test_sk_very_wrong",
        "test_sk_scripted",
        "dGVzdF9za",
        key.as_str(),
    ] {
        assert!(!shown.contains(secret), "{secret} is told: {shown}");
    }
}

#[test]
fn g6_neither_settings_nor_the_adapter_show_the_secret_key() {
    let settings = settings("http://localhost:8003", "test_sk_hush_hush");
    let payments = TossPayments::new(&settings).unwrap();
    let shown = format!("{settings:?} {payments:?} {payments:#?}");
    assert!(shown.contains("localhost:8003"));
    for secret in ["hush_hush", "dGVzdF9za19odXNoX2h1c2g6"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
