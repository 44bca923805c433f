//! The API operations with valid and invalid requests.

use serde_json::{Value, json};
use testkit::payments::{Call, Fault};

use super::support::{ORDER, Shop, assert_error, key, order, read};

#[tokio::test]
async fn a_payment_is_confirmed_and_refunded() {
    let shop = Shop::open();
    let payment = shop.checkout(ORDER).await;
    assert_eq!(payment["status"], "READY");
    assert_eq!(payment["approvedAt"], Value::Null);
    let key = key(&payment);
    let page = payment["checkout"]["url"].as_str().unwrap();
    assert_eq!(shop.toss.payment_key(page).unwrap(), key);

    shop.toss.pay(page).await.unwrap();
    assert_eq!(
        shop.get(&format!("/v1/payments/{key}")).await.1["status"],
        "IN_PROGRESS"
    );
    let (status, done) = shop.confirm(&key, ORDER).await;
    assert_eq!(
        (status, &done["status"], &done["totalAmount"]),
        (200, &json!("DONE"), &json!(10_000))
    );
    assert!(done["approvedAt"].as_str().unwrap().ends_with("+09:00"));
    assert_eq!(
        shop.get(&format!("/v1/payments/orders/{ORDER}")).await,
        (200, done)
    );

    let cancel = format!("/v1/payments/{key}/cancel");
    let (_, part) = shop
        .post(
            &cancel,
            &json!({"cancelReason": "half of it", "cancelAmount": 4_000}),
        )
        .await;
    assert_eq!(
        (&part["status"], &part["balanceAmount"]),
        (&json!("PARTIAL_CANCELED"), &json!(6_000))
    );
    let too_much = json!({"cancelReason": "more than all", "cancelAmount": 6_001});
    assert_error(shop.post(&cancel, &too_much).await, 403, "NOT_CANCELABLE_AMOUNT");
    let (_, all) = shop.post(&cancel, &json!({"cancelReason": "the rest"})).await;
    assert_eq!(
        (&all["status"], &all["balanceAmount"]),
        (&json!("CANCELED"), &json!(0))
    );
    assert_eq!(all["cancels"][1]["cancelAmount"], 6_000);
    assert_eq!(all["totalAmount"], 10_000);
    let again = shop.post(&cancel, &json!({"cancelReason": "again"})).await;
    assert_error(again, 400, "ALREADY_CANCELED_PAYMENT");
}

#[tokio::test]
async fn every_call_requires_the_secret_key() {
    let shop = Shop::open();
    for (method, path) in [
        ("POST", "/v1/payments"),
        ("POST", "/v1/payments/confirm"),
        ("POST", "/v1/payments/x/cancel"),
        ("GET", "/v1/payments/x"),
        ("GET", "/v1/payments/orders/x"),
        ("GET", "/v1/transactions"),
    ] {
        let without_header = shop.unauthorized_request(method, path).send().await.unwrap();
        assert_error(read(without_header).await, 403, "INCORRECT_BASIC_AUTH_FORMAT");
        let secret = shop.toss.secret_key();
        let with_password = shop
            .unauthorized_request(method, path)
            .basic_auth(secret, Some("x"))
            .send()
            .await
            .unwrap();
        assert_error(read(with_password).await, 403, "INCORRECT_BASIC_AUTH_FORMAT");
        let other = shop
            .unauthorized_request(method, path)
            .basic_auth("test_sk_other", Some(""))
            .send()
            .await
            .unwrap();
        assert_error(read(other).await, 401, "UNAUTHORIZED_KEY");
    }
}

#[tokio::test]
async fn invalid_orders_are_refused() {
    let shop = Shop::open();
    for (field, value) in [
        ("orderId", json!("short")),
        ("orderId", json!("with spaces")),
        ("orderId", json!("x".repeat(65))),
        ("orderName", json!("")),
        ("orderName", json!("x".repeat(101))),
        ("amount", json!(0)),
        ("amount", json!(-1)),
        ("amount", json!("10000")),
        ("amount", json!(0.5)),
        ("method", json!("GOLD")),
        ("successUrl", json!("/relative")),
        ("failUrl", Value::Null),
    ] {
        let mut order = order(ORDER);
        order[field] = value;
        assert_error(shop.post("/v1/payments", &order).await, 400, "INVALID_REQUEST");
    }
    let nonsense = shop
        .request("POST", "/v1/payments")
        .body("nonsense")
        .send()
        .await
        .unwrap();
    assert_error(read(nonsense).await, 400, "INVALID_REQUEST");
}

#[tokio::test]
async fn a_confirmation_must_match_the_payment() {
    let shop = Shop::open();
    let waiting = key(&shop.checkout("order-0000").await);
    assert_error(
        shop.confirm(&waiting, "order-0000").await,
        404,
        "NOT_FOUND_PAYMENT_SESSION",
    );
    assert_error(shop.confirm("nothing", ORDER).await, 404, "NOT_FOUND_PAYMENT");
    let key = shop.authorized(ORDER).await;
    assert_error(shop.confirm(&key, "order-0002").await, 400, "INVALID_REQUEST");
    let less = json!({"paymentKey": key, "orderId": ORDER, "amount": 9_999});
    assert_error(
        shop.post("/v1/payments/confirm", &less).await,
        400,
        "INVALID_REQUEST",
    );
    assert_eq!(shop.confirm(&key, ORDER).await.0, 200);
    assert_error(shop.confirm(&key, ORDER).await, 400, "ALREADY_PROCESSED_PAYMENT");
    assert_error(
        shop.post("/v1/payments", &order(ORDER)).await,
        400,
        "DUPLICATED_ORDER_ID",
    );
    let unpaid = shop
        .post(
            &format!("/v1/payments/{waiting}/cancel"),
            &json!({"cancelReason": "no"}),
        )
        .await;
    assert_error(unpaid, 403, "NOT_CANCELABLE_PAYMENT");
    assert_error(shop.get("/v1/payments/nothing").await, 404, "NOT_FOUND_PAYMENT");
    assert_error(shop.get("/v1/elsewhere").await, 404, "NOT_FOUND");
}

#[tokio::test]
async fn test_codes_force_errors() {
    let shop = Shop::open();
    let key = shop.authorized(ORDER).await;
    let body = json!({"paymentKey": key, "orderId": ORDER, "amount": 10_000});
    let forced = shop
        .request("POST", "/v1/payments/confirm")
        .header("TossPayments-Test-Code", "INVALID_STOPPED_CARD");
    assert_error(
        read(forced.json(&body).send().await.unwrap()).await,
        400,
        "INVALID_STOPPED_CARD",
    );
    assert_eq!(shop.toss.payment(&key).unwrap()["status"], "IN_PROGRESS");

    let refused = super::support::key(&shop.checkout("order-0002").await);
    shop.toss
        .pay_with_test_code(&refused, "REJECT_CARD_COMPANY")
        .await
        .unwrap();
    assert_error(
        shop.confirm(&refused, "order-0002").await,
        403,
        "REJECT_CARD_COMPANY",
    );
    let payment = shop.toss.payment(&refused).unwrap();
    assert_eq!(
        (&payment["status"], &payment["failure"]["code"]),
        (&json!("ABORTED"), &json!("REJECT_CARD_COMPANY"))
    );

    let open = super::support::key(&shop.checkout("order-0003").await);
    shop.toss
        .pay_with_test_code(&open, "PROVIDER_ERROR")
        .await
        .unwrap();
    assert_error(shop.confirm(&open, "order-0003").await, 400, "PROVIDER_ERROR");
    assert_eq!(shop.toss.payment(&open).unwrap()["status"], "IN_PROGRESS");
}

#[tokio::test]
async fn faults_apply_to_the_next_call_or_to_all_calls_and_calls_are_counted() {
    let shop = Shop::open();
    let key = shop.paid(ORDER).await;
    let path = format!("/v1/payments/{key}");
    shop.toss
        .fail_next(Call::Payment, Fault::Refused("UNKNOWN_PAYMENT_ERROR"));
    shop.toss.fail_next(Call::Payment, Fault::WrongAmount(1));
    assert_error(shop.get(&path).await, 500, "UNKNOWN_PAYMENT_ERROR");
    assert_eq!(shop.get(&path).await.1["totalAmount"], 1);
    assert_eq!(shop.get(&path).await.1["totalAmount"], 10_000);
    shop.toss
        .fail_always(Call::Payment, Some(Fault::Refused("PROVIDER_ERROR")));
    for _ in 0..2 {
        assert_error(shop.get(&path).await, 400, "PROVIDER_ERROR");
    }
    shop.toss.fail_always(Call::Payment, None);
    assert_eq!(shop.get(&path).await.0, 200);
    let counted =
        [Call::Checkout, Call::Confirm, Call::Payment, Call::Order].map(|call| shop.toss.calls(call));
    assert_eq!(counted, [1, 1, 6, 0]);
}

#[tokio::test]
async fn transactions_are_listed_with_a_range_and_pages() {
    let shop = Shop::open();
    let key = shop.paid(ORDER).await;
    shop.toss.cancel(&key, Some(1)).unwrap();
    let all = "startDate=2020-01-01T00:00:00&endDate=2100-01-01T00:00:00";
    let (_, transactions) = shop.get(&format!("/v1/transactions?{all}")).await;
    let listed: Vec<_> = transactions
        .as_array()
        .unwrap()
        .iter()
        .map(|transaction| (&transaction["status"], &transaction["amount"]))
        .collect();
    assert_eq!(
        listed,
        [
            (&json!("DONE"), &json!(10_000)),
            (&json!("PARTIAL_CANCELED"), &json!(-1))
        ]
    );
    let first = transactions[0]["transactionKey"].as_str().unwrap();
    let (_, rest) = shop
        .get(&format!("/v1/transactions?{all}&startingAfter={first}&limit=1"))
        .await;
    assert_eq!(rest, json!([transactions[1]]));
    let long_ago = "startDate=2020-01-01T00:00:00&endDate=2020-01-02T00:00:00";
    assert_eq!(
        shop.get(&format!("/v1/transactions?{long_ago}")).await,
        (200, json!([]))
    );
    for invalid in [
        "",
        "startDate=2020-01-01T00:00:00",
        "startDate=x&endDate=y",
        &format!("{all}&limit=0"),
        &format!("{all}&limit=5001"),
    ] {
        assert_error(
            shop.get(&format!("/v1/transactions?{invalid}")).await,
            400,
            "INVALID_REQUEST",
        );
    }
}
