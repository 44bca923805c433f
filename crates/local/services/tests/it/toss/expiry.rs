//! Deadlines: thirty minutes to pay, ten to confirm.

use std::time::Duration;

use super::support::{ORDER, Shop, is_error, key};

#[tokio::test]
async fn a_payment_nobody_agrees_to_expires_after_thirty_minutes() {
    let shop = Shop::open();
    let key = key(&shop.checkout(ORDER).await);
    shop.toss.advance(Duration::from_mins(29));
    assert_eq!(shop.toss.payment(&key).unwrap()["status"], "READY");
    shop.toss.advance(Duration::from_mins(2));
    let payment = shop.toss.payment(&key).unwrap();
    assert_eq!(
        (payment["status"].as_str(), payment["failure"]["code"].as_str()),
        (Some("EXPIRED"), Some("EXPIRED_PAYMENT"))
    );
    assert!(shop.toss.pay(&key).await.is_err());
}

#[tokio::test]
async fn an_agreement_not_confirmed_in_ten_minutes_expires() {
    let shop = Shop::open();
    let in_time = shop.agreed(ORDER).await;
    shop.toss.advance(Duration::from_mins(9));
    assert_eq!(shop.confirm(&in_time, ORDER).await.0, 200);
    let late = shop.agreed("order-0002").await;
    shop.toss.advance(Duration::from_mins(11));
    is_error(
        shop.confirm(&late, "order-0002").await,
        404,
        "NOT_FOUND_PAYMENT_SESSION",
    );
    assert_eq!(shop.toss.payment(&late).unwrap()["status"], "EXPIRED");
    // What was paid stays so.
    assert_eq!(shop.toss.payment(&in_time).unwrap()["status"], "DONE");
}
