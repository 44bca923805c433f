//! Deadlines: thirty minutes to pay, ten to confirm.

use std::time::Duration;

use super::support::{ORDER, Shop, assert_error, key};

#[tokio::test]
async fn a_payment_without_authorization_expires_after_thirty_minutes() {
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
async fn an_authorized_payment_expires_after_ten_minutes_without_confirmation() {
    let shop = Shop::open();
    let in_time = shop.authorized(ORDER).await;
    shop.toss.advance(Duration::from_mins(9));
    assert_eq!(shop.confirm(&in_time, ORDER).await.0, 200);
    let late = shop.authorized("order-0002").await;
    shop.toss.advance(Duration::from_mins(11));
    assert_error(
        shop.confirm(&late, "order-0002").await,
        404,
        "NOT_FOUND_PAYMENT_SESSION",
    );
    assert_eq!(shop.toss.payment(&late).unwrap()["status"], "EXPIRED");
    // The confirmed payment does not expire.
    assert_eq!(shop.toss.payment(&in_time).unwrap()["status"], "DONE");
}
