//! Payments in a file.

use std::fs;

use testkit::payments::TestPayments;

use super::support::{ORDER, Shop, assert_error, key};

#[tokio::test]
async fn payments_are_kept_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("payments.json");
    let start = || Shop::with(TestPayments::start_with(|options| options.file = Some(file.clone())).unwrap());

    let shop = start();
    let paid = shop.paid(ORDER).await;
    let waiting = key(&shop.checkout("order-0002").await);
    let before = shop.toss.payment(&paid).unwrap();
    assert!(
        !fs::read_to_string(&file)
            .unwrap()
            .contains(shop.toss.secret_key())
    );
    drop(shop);

    let shop = start();
    let mut after = shop.get(&format!("/v1/payments/orders/{ORDER}")).await.1;
    // The port has changed.
    after["checkout"] = before["checkout"].clone();
    assert_eq!(after, before);
    assert_error(shop.confirm(&paid, ORDER).await, 400, "ALREADY_PROCESSED_PAYMENT");
    shop.toss.pay(&waiting).await.unwrap();
    assert_eq!(shop.confirm(&waiting, "order-0002").await.0, 200);
    let all = "/v1/transactions?startDate=2020-01-01T00:00:00&endDate=2100-01-01T00:00:00";
    assert_eq!(shop.get(all).await.1.as_array().unwrap().len(), 2);
}

#[test]
fn an_invalid_file_prevents_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("payments.json");
    fs::write(&file, "{").unwrap();
    let start = TestPayments::start_with(|options| options.file = Some(file.clone()));
    let error = start.unwrap_err().to_string();
    assert!(error.contains("payments.json"), "{error}");
}
