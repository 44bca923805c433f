//! Events for status changes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use domain::tokens::PaymentStatus;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::support::{ORDER, Shop};

/// A webhook that responds `failures` times with 500 and then with 200. Returns its URL and the number of calls.
async fn webhook(failures: usize) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let _ = connection.read(&mut [0; 16_384]).await;
            let status = if counted.fetch_add(1, Ordering::SeqCst) < failures {
                "500 No"
            } else {
                "200 OK"
            };
            let response = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let _ = connection.write_all(response.as_bytes()).await;
        }
    });
    (url, calls)
}

async fn sent(shop: &Shop, count: usize) -> Vec<Value> {
    for _ in 0..300 {
        let sent = shop.toss.sent_webhooks();
        if sent.len() >= count {
            return sent;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{count} events were never sent");
}

fn statuses(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["data"]["status"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn the_shop_gets_an_event_for_every_final_status() {
    let shop = Shop::open();
    let (url, _) = webhook(0).await;
    shop.toss.set_webhook_url(Some(url));
    let key = shop.paid(ORDER).await;
    shop.toss.cancel(&key, Some(1)).unwrap();
    shop.toss.cancel(&key, None).unwrap();
    let refused = super::support::key(&shop.checkout("order-0002").await);
    shop.toss.decline(&refused).await.unwrap();
    shop.checkout("order-0003").await;
    shop.toss.advance(Duration::from_mins(31));
    let events = sent(&shop, 5).await;
    assert_eq!(
        statuses(&events),
        ["DONE", "PARTIAL_CANCELED", "CANCELED", "ABORTED", "EXPIRED"]
    );
    assert_eq!(events[0]["eventType"], "PAYMENT_STATUS_CHANGED");
    assert!(events[0]["createdAt"].as_str().unwrap().ends_with("+09:00"));
    assert_eq!(
        (&events[0]["data"]["paymentKey"], &events[0]["data"]["orderId"]),
        (&json!(key), &json!(ORDER))
    );
}

#[tokio::test]
async fn an_event_is_retried_until_it_is_accepted() {
    let shop = Shop::open();
    let (url, calls) = webhook(2).await;
    shop.toss.set_webhook_url(Some(url));
    shop.paid(ORDER).await;
    assert_eq!(statuses(&sent(&shop, 1).await), ["DONE"]);
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn events_can_be_held_back_and_forged() {
    let shop = Shop::open();
    let (url, calls) = webhook(0).await;
    shop.toss.set_webhook_url(Some(url));
    shop.toss.hold_webhooks(true);
    let key = shop.paid(ORDER).await;
    let held = shop.toss.take_held_webhooks();
    assert_eq!(statuses(&held), ["DONE"]);
    let aborted = shop.toss.event(&key, PaymentStatus::Aborted).unwrap();
    assert_eq!(statuses(std::slice::from_ref(&aborted)), ["ABORTED"]);
    for body in [&held[0], &held[0], &aborted, &json!({"forged": true})] {
        assert_eq!(shop.toss.send_webhook(body).await.unwrap(), 200);
    }
    assert_eq!(calls.load(Ordering::SeqCst), 4);
    assert_eq!(shop.toss.sent_webhooks(), Vec::<Value>::new());
}
