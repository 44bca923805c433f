//! The checkout page.

use std::time::Duration;

use reqwest::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use serde_json::json;

use super::support::{FAIL, ORDER, SUCCESS, Shop, key, order};

async fn page(shop: &Shop, key: &str) -> String {
    let response = shop
        .unauthorized_request("GET", &format!("/v1/payments/{key}/checkout"))
        .send()
        .await
        .unwrap();
    response.text().await.unwrap()
}

#[tokio::test]
async fn the_page_has_a_warning_and_every_choice() {
    let shop = Shop::open();
    let payment = shop.checkout(ORDER).await;
    let address = payment["checkout"]["url"].as_str().unwrap();
    let response = reqwest::get(address).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(response.headers()[X_FRAME_OPTIONS], "DENY");
    let policy = response.headers()[CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'nonce-"),
        "{policy}"
    );
    let page = response.text().await.unwrap();
    assert!(page.contains("no money moves") && page.contains("100 tokens") && page.contains("10,000 KRW"));
    for choice in ["pay", "decline", "cancel", "close"] {
        assert!(
            page.contains(&format!("name=\"choice\" value=\"{choice}\"")),
            "{choice}"
        );
    }
    assert!(page.contains("value=\"REJECT_CARD_COMPANY\""));
    assert!(!page.contains("{{") && !page.contains("<script"));
}

#[tokio::test]
async fn every_choice_redirects_correctly() {
    let shop = Shop::open();
    let key = key(&shop.checkout(ORDER).await);
    let back = shop.toss.cancel_checkout(&key).await.unwrap();
    assert!(
        back.starts_with(&format!("{FAIL}?code=PAY_PROCESS_CANCELED&message=")) && !back.contains("orderId"),
        "{back}"
    );

    let close = shop
        .unauthorized_request("POST", &format!("/v1/payments/{key}/checkout"))
        .form(&[("choice", "close")]);
    let closed = close.send().await.unwrap().text().await.unwrap();
    assert!(closed.contains("You closed the window"));
    assert_eq!(shop.toss.payment(&key).unwrap()["status"], "READY");

    let success = shop.toss.pay(&key).await.unwrap();
    assert_eq!(
        success,
        format!("{SUCCESS}&paymentType=NORMAL&paymentKey={key}&orderId={ORDER}&amount=10000")
    );
    // The page is open in two tabs.
    assert_eq!(shop.toss.pay(&key).await.unwrap(), success);

    let other = super::support::key(&shop.checkout("order-0002").await);
    let failed = shop.toss.decline(&other).await.unwrap();
    assert!(
        failed.starts_with(&format!("{FAIL}?code=REJECT_CARD_COMPANY&message=")),
        "{failed}"
    );
    assert!(failed.ends_with("&orderId=order-0002"), "{failed}");
    assert_eq!(shop.toss.payment(&other).unwrap()["status"], "ABORTED");
}

#[tokio::test]
async fn a_payment_that_has_ended_cannot_be_paid() {
    let shop = Shop::open();
    let done = shop.paid(ORDER).await;
    assert!(page(&shop, &done).await.contains("This payment has been made."));
    assert!(shop.toss.pay(&done).await.is_err() && shop.toss.decline(&done).await.is_err());
    let late = key(&shop.checkout("order-0002").await);
    shop.toss.advance(Duration::from_mins(31));
    assert!(page(&shop, &late).await.contains("The time to pay is over."));
    assert!(page(&shop, "nothing").await.contains("There is no such payment."));
}

#[tokio::test]
async fn all_fields_of_an_order_are_escaped() {
    let shop = Shop::open();
    let mut order = order(ORDER);
    order["orderName"] = json!("\"><script>alert('1')</script>");
    order["currency"] = json!("<b>");
    let (_, payment) = shop.post("/v1/payments", &order).await;
    let page = page(&shop, &key(&payment)).await;
    assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    assert!(page.contains("&lt;script&gt;"), "{page}");
}
