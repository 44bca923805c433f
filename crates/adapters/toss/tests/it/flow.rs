//! Payments from checkout to confirmation and refund.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::tokens::{PaymentProvider, PaymentStatus};
use testkit::payments::{Call, Fault};
use url::Url;

use crate::support::{FAIL, ORDER, SUCCESS, Shop, misconfigured, refused, settings, unknown, won};

#[tokio::test]
async fn a_payment_is_created_authorized_confirmed_and_read() {
    let shop = Shop::open();
    let checkout = shop.checkout(ORDER).await;
    assert!(checkout.url.contains(&checkout.payment_key));
    let waiting = shop
        .payments
        .payment(&checkout.payment_key)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (waiting.status, waiting.approved_at),
        (PaymentStatus::Ready, None)
    );

    let back = shop.toss.pay(&checkout.url).await.unwrap();
    assert!(back.starts_with(SUCCESS), "{back}");
    let back = Url::parse(&back).unwrap();
    let sent = |name: &str| {
        back.query_pairs()
            .find(|(key, _)| key == name)
            .unwrap()
            .1
            .into_owned()
    };
    assert_eq!(sent("paymentKey"), checkout.payment_key);
    assert_eq!(
        (sent("orderId").as_str(), sent("amount").as_str()),
        (ORDER, "10000")
    );

    let done = shop
        .payments
        .confirm(&checkout.payment_key, ORDER, &won(10_000))
        .await
        .unwrap();
    assert_eq!((done.status, &done.total), (PaymentStatus::Done, &won(10_000)));
    assert_eq!(
        (done.payment_key.as_str(), done.order_id.as_str()),
        (checkout.payment_key.as_str(), ORDER)
    );
    assert!(done.approved_at.is_some());
    assert_eq!(
        shop.payments
            .payment(&checkout.payment_key)
            .await
            .unwrap()
            .unwrap(),
        done
    );
    assert_eq!(
        shop.payments.payment_of_order(ORDER).await.unwrap().unwrap(),
        done
    );
}

#[tokio::test]
async fn a_missing_payment_is_none() {
    let shop = Shop::open();
    assert_eq!(shop.payments.payment("nothing").await.unwrap(), None);
    assert_eq!(shop.payments.payment_of_order("nothing").await.unwrap(), None);
}

#[tokio::test]
async fn a_repeated_confirmation_has_one_effect_and_the_same_response() {
    let shop = Shop::open();
    let key = shop.authorized(ORDER).await;
    let first = shop.payments.confirm(&key, ORDER, &won(10_000)).await.unwrap();
    assert_eq!(
        shop.payments.confirm(&key, ORDER, &won(10_000)).await.unwrap(),
        first
    );
    assert_eq!(listed(&shop, None, 100).await.len(), 1);
}

#[tokio::test]
async fn concurrent_confirmations_capture_once_and_return_the_same_result() {
    let shop = Shop::open();
    let key = shop.authorized(ORDER).await;
    shop.toss
        .fail_next(Call::Confirm, Fault::Slow(Duration::from_millis(300)));
    let price = won(10_000);
    let confirm = || shop.payments.confirm(&key, ORDER, &price);
    let (a, b, c, d) = tokio::join!(confirm(), confirm(), confirm(), confirm());
    for result in [a, b, c, d] {
        assert_eq!(result.unwrap().status, PaymentStatus::Done);
    }
    // Calls that came during the first one were retried.
    assert!(shop.toss.calls(Call::Confirm) > 4);
    assert_eq!(listed(&shop, None, 100).await.len(), 1);
}

#[tokio::test]
async fn a_capture_without_a_response_is_unknown_until_it_is_read() {
    for fault in [
        Fault::NoResponse,
        Fault::ErrorAfterSuccess("FAILED_INTERNAL_SYSTEM_PROCESSING"),
        Fault::ErrorAfterSuccess("ALREADY_PROCESSED_PAYMENT"),
        Fault::ErrorAfterSuccess("PROVIDER_ERROR"),
    ] {
        let shop = Shop::with_timeout(Duration::from_millis(500));
        let key = shop.authorized(ORDER).await;
        shop.toss.fail_next(Call::Confirm, fault);
        unknown(shop.payments.confirm(&key, ORDER, &won(10_000)).await);
        let read = shop.payments.payment(&key).await.unwrap().unwrap();
        assert_eq!(read.status, PaymentStatus::Done);
    }
}

#[tokio::test]
async fn a_declined_card_redirects_with_the_reason() {
    let shop = Shop::open();
    let checkout = shop.checkout(ORDER).await;
    let back = shop.toss.decline(&checkout.url).await.unwrap();
    assert!(
        back.starts_with(FAIL) && back.contains("code=REJECT_CARD_COMPANY") && back.contains(ORDER),
        "{back}"
    );
    let read = shop
        .payments
        .payment(&checkout.payment_key)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read.status, PaymentStatus::Aborted);
}

#[tokio::test]
async fn a_card_refused_at_confirmation_is_refused() {
    let shop = Shop::open();
    let checkout = shop.checkout(ORDER).await;
    shop.toss
        .pay_with_test_code(&checkout.url, "REJECT_CARD_PAYMENT")
        .await
        .unwrap();
    let outcome = shop
        .payments
        .confirm(&checkout.payment_key, ORDER, &won(10_000))
        .await;
    assert_eq!(refused(outcome), "REJECT_CARD_PAYMENT");
    let read = shop
        .payments
        .payment(&checkout.payment_key)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read.status, PaymentStatus::Aborted);
}

#[tokio::test]
async fn a_wrong_amount_a_wrong_order_or_an_expired_payment_is_refused() {
    let shop = Shop::open();
    let key = shop.authorized(ORDER).await;
    assert_eq!(
        refused(shop.payments.confirm(&key, ORDER, &won(9_999)).await),
        "INVALID_REQUEST"
    );
    assert_eq!(
        refused(shop.payments.confirm(&key, "order-0002", &won(10_000)).await),
        "INVALID_REQUEST"
    );
    shop.toss.advance(Duration::from_mins(11));
    let late = shop.payments.confirm(&key, "order-0003", &won(10_000)).await;
    assert_eq!(refused(late), "NOT_FOUND_PAYMENT_SESSION");
    let read = shop.payments.payment(&key).await.unwrap().unwrap();
    assert_eq!(read.status, PaymentStatus::Expired);
}

#[tokio::test]
async fn the_amount_is_taken_from_the_response() {
    let shop = Shop::open();
    let key = shop.authorized(ORDER).await;
    shop.toss.fail_next(Call::Payment, Fault::WrongAmount(1));
    assert_eq!(shop.payments.payment(&key).await.unwrap().unwrap().total, won(1));
}

#[tokio::test]
async fn a_wrong_secret_key_is_misconfigured() {
    let shop = Shop::open();
    let wrong =
        stylelicense_toss::TossPayments::new(&settings(shop.toss.base_url(), "test_sk_of_another")).unwrap();
    assert!(misconfigured(wrong.payment("nothing").await).contains("UNAUTHORIZED_KEY"));
    let outcome = wrong.checkout(&crate::support::order(ORDER)).await;
    assert!(misconfigured(outcome).contains("UNAUTHORIZED_KEY"));
}

#[tokio::test]
async fn transactions_are_listed_in_pages() {
    let shop = Shop::open();
    for number in 0..5 {
        let order_id = format!("order-{number:04}");
        let key = shop.authorized(&order_id).await;
        shop.payments
            .confirm(&key, &order_id, &won(10_000))
            .await
            .unwrap();
        if number == 0 {
            shop.toss.cancel(&key, None).unwrap();
        }
    }
    let all = listed(&shop, None, 100).await;
    let orders: Vec<&str> = all.iter().map(|line| line.order_id.as_str()).collect();
    assert_eq!(
        orders,
        [
            "order-0000",
            "order-0000",
            "order-0001",
            "order-0002",
            "order-0003",
            "order-0004"
        ]
    );

    let mut paged = Vec::new();
    loop {
        let after = paged
            .last()
            .map(|line: &domain::tokens::ProviderTransaction| line.transaction_key.clone());
        let page = listed(&shop, after, 4).await;
        let last = page.len() < 4;
        paged.extend(page);
        if last {
            break;
        }
    }
    assert_eq!(paged, all);

    let day = TimeDelta::days(1);
    let long_ago = shop
        .payments
        .transactions(now() - day * 3, now() - day, None, 100)
        .await;
    assert_eq!(long_ago.unwrap(), []);
}

async fn listed(shop: &Shop, after: Option<String>, limit: u32) -> Vec<domain::tokens::ProviderTransaction> {
    let hour = TimeDelta::hours(1);
    let listed = shop
        .payments
        .transactions(now() - hour, now() + hour, after, limit)
        .await;
    listed.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the provider uses the system time")]
fn now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

#[tokio::test]
async fn a_payment_is_refunded_once() {
    let shop = Shop::open();
    let key = shop.authorized(ORDER).await;
    shop.payments.confirm(&key, ORDER, &won(10_000)).await.unwrap();
    for _ in 0..2 {
        let payment = shop.payments.cancel(&key, ORDER, "gone").await.unwrap();
        assert_eq!(
            (payment.status, payment.total),
            (PaymentStatus::Canceled, won(10_000))
        );
    }
    assert!(refused(shop.payments.cancel("", ORDER, "gone").await).contains("NOT_FOUND_PAYMENT"));
}
