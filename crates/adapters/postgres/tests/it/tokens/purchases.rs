//! Orders: granted once, reversed once, without negative balances.

use std::sync::Arc;

use domain::{
    StorageError, UserId,
    generations::Settlements,
    page::{PageRequest, PageSize},
    tokens::{ExpectedOrder, OrderId, OrderState, PaymentStatus, PurchaseQueries, Purchases},
};
use futures_util::future::join_all;

use crate::support::{
    ErasureResult, World, at, erase, expected_order, new_order, new_task, order_id, register, tokens,
};

async fn add_order(world: &World, name: &str, buyer: UserId, amount: i64) -> OrderId {
    let id = order_id(name);
    assert!(world.store.add(new_order(&id, buyer, amount)).await.unwrap());
    id
}

async fn state(world: &World, order: &OrderId) -> (OrderState, i64) {
    let found = world.store.find(order).await.unwrap().unwrap();
    let sql = format!("SELECT owed_tokens FROM purchases WHERE order_id = '{order}'");
    (found.state, world.value(&sql).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_concurrent_reports_grant_once_and_fifty_more_reverse_once() {
    let world = Arc::new(World::new().await);
    let order = add_order(&world, "order-1", world.payer, 70).await;
    let before = world.available(world.payer).await;
    for (from, status, expected) in [
        (OrderState::Pending, PaymentStatus::Done, before + 70),
        (OrderState::Paid, PaymentStatus::Canceled, before),
    ] {
        let reports = (0..50).map(|_| {
            let (world, guard) = (Arc::clone(&world), expected_order(&order, from, status));
            tokio::spawn(async move {
                match status {
                    PaymentStatus::Done => world.store.grant(guard).await,
                    _ => world.store.reverse(guard).await,
                }
            })
        });
        let applied = join_all(reports)
            .await
            .into_iter()
            .map(|result| result.unwrap().unwrap());
        assert_eq!(applied.filter(|applied| *applied).count(), 1, "{status:?}");
        assert_eq!(world.available(world.payer).await, expected);
        world.assert_ledger_balances().await;
    }
    assert_eq!(state(&world, &order).await, (OrderState::Canceled, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_reversals_and_holds_make_no_balance_negative() {
    let world = Arc::new(World::new().await);
    let mut orders = Vec::new();
    for n in 0..20 {
        let order = add_order(&world, &format!("order-{n}"), world.payer, 30).await;
        let grant = expected_order(&order, OrderState::Pending, PaymentStatus::Done);
        assert!(world.store.grant(grant).await.unwrap());
        orders.push(order);
    }
    let reversals = orders.iter().map(|order| {
        let (world, guard) = (
            Arc::clone(&world),
            expected_order(order, OrderState::Paid, PaymentStatus::Canceled),
        );
        tokio::spawn(async move { world.store.reverse(guard).await.map(drop) })
    });
    let holds = (1..=40).map(|id| {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            let mut hold = world.new_hold(id);
            hold.request.price = tokens(15);
            hold.task_id = new_task();
            world.store.hold(hold).await.map(drop)
        })
    });
    for result in join_all(reversals.chain(holds).collect::<Vec<_>>()).await {
        result.unwrap().unwrap();
    }
    world.assert_ledger_balances().await;
    let available = world.available(world.payer).await;
    assert!(available >= 0, "{available}");
    let owed: i64 = world
        .value("SELECT sum(owed_tokens)::bigint FROM purchases")
        .await;
    let held: i64 = world
        .value("SELECT COALESCE(sum(consumed_tokens), 0)::bigint FROM generation_requests")
        .await;
    // Bonus and purchases, less the returned tokens, are available or held.
    assert_eq!(available + held, 100 + 20 * 30 - (20 * 30 - owed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_concurrent_with_an_erasure_is_atomic() {
    let world = Arc::new(World::new().await);
    for n in 0..15 {
        let buyer = register(&world.store, &format!("leaving-{n}")).await;
        let order = add_order(&world, &format!("order-{n}"), buyer, 50).await;
        let erasure = {
            let world = Arc::clone(&world);
            tokio::spawn(async move { assert_eq!(erase(&world, buyer).await, ErasureResult::Deleted) })
        };
        let grant = {
            let (world, guard) = (
                Arc::clone(&world),
                expected_order(&order, OrderState::Pending, PaymentStatus::Done),
            );
            tokio::spawn(async move { world.store.grant(guard).await })
        };
        erasure.await.unwrap();
        match grant.await.unwrap() {
            Ok(_) | Err(StorageError::Aborted(_)) => {}
            Err(error) => panic!("{error}"),
        }
        world.assert_ledger_balances().await;
        assert_eq!(world.store.find(&order).await.unwrap().unwrap().buyer, None);
    }
}

#[tokio::test]
async fn a_stale_report_changes_nothing() {
    let world = World::new().await;
    let order = add_order(&world, "order-1", world.payer, 30).await;
    let pending = expected_order(&order, OrderState::Pending, PaymentStatus::Expired);
    assert!(
        world
            .store
            .end(pending.clone(), OrderState::Expired)
            .await
            .unwrap()
    );
    assert!(
        !world
            .store
            .end(pending.clone(), OrderState::Failed)
            .await
            .unwrap()
    );
    assert!(!world.store.grant(pending.clone()).await.unwrap());
    assert!(
        !world
            .store
            .reverse(expected_order(&order, OrderState::Paid, PaymentStatus::Canceled))
            .await
            .unwrap()
    );
    let unknown = ExpectedOrder {
        id: order_id("order-2"),
        ..pending
    };
    assert!(!world.store.grant(unknown).await.unwrap());
    assert_eq!(state(&world, &order).await, (OrderState::Expired, 0));
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_deleted_account_cannot_order() {
    let world = World::new().await;
    let order = new_order(&order_id("order-1"), UserId(999), 30);
    assert!(!world.store.add(order).await.unwrap());
    let buyer = register(&world.store, "leaving").await;
    assert_eq!(erase(&world, buyer).await, ErasureResult::Deleted);
    let order = new_order(&order_id("order-1"), buyer, 30);
    assert!(!world.store.add(order).await.unwrap());
}

#[tokio::test]
async fn due_orders_are_sorted_and_pages_of_orders_are_complete() {
    let world = World::new().await;
    for n in 0..7 {
        let mut order = new_order(&order_id(&format!("order-{n}")), world.payer, 30);
        order.check_at = at(100 - n);
        assert!(world.store.add(order).await.unwrap());
    }
    let due = world.store.due(at(98), 3).await.unwrap();
    let names: Vec<&str> = due.iter().map(OrderId::as_str).collect();
    assert_eq!(names, ["order-6", "order-5", "order-4"]);
    // A rescheduled order is no longer due.
    assert!(
        world
            .store
            .schedule_check(&order_id("order-6"), at(200))
            .await
            .unwrap()
    );
    let due = world.store.due(at(98), 1).await.unwrap();
    assert_eq!(due, [order_id("order-5")]);
    let pending = expected_order(&order_id("order-5"), OrderState::Pending, PaymentStatus::Expired);
    assert!(world.store.end(pending, OrderState::Expired).await.unwrap());
    assert!(
        !world
            .store
            .schedule_check(&order_id("order-5"), at(200))
            .await
            .unwrap()
    );
    assert_eq!(world.store.due(at(98), 1).await.unwrap(), [order_id("order-4")]);
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = world.store.between(at(0), at(1), after, 2).await.unwrap();
        after = page.last().cloned();
        found.extend(page.clone());
        if page.len() < 2 {
            break;
        }
    }
    assert_eq!(found.len(), 7);
    assert!(
        world
            .store
            .between(at(2), at(3), None, 9)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn owed_tokens_are_listed_newest_first() {
    let world = World::new().await;
    for n in 0..3 {
        let mut order = new_order(&order_id(&format!("order-{n}")), world.payer, 500);
        order.now = at(n);
        assert!(world.store.add(order.clone()).await.unwrap());
        assert!(
            world
                .store
                .grant(expected_order(
                    &order.id,
                    OrderState::Pending,
                    PaymentStatus::Done
                ))
                .await
                .unwrap()
        );
        world
            .sql(&format!(
                "UPDATE wallets SET available = available - 450 WHERE user_id = {}",
                world.payer
            ))
            .await;
    }
    for n in 0..3 {
        let order = order_id(&format!("order-{n}"));
        assert!(
            world
                .store
                .reverse(expected_order(&order, OrderState::Paid, PaymentStatus::Canceled))
                .await
                .unwrap()
        );
    }
    let size = PageSize::new(2).unwrap();
    let first = world.store.owed(PageRequest { after: None, size }).await.unwrap();
    let second = PageRequest {
        after: first.next,
        size,
    };
    let second = world.store.owed(second).await.unwrap();
    let rows = first.rows.iter().chain(&second.rows);
    let owed: Vec<(&str, i64)> = rows.map(|row| (row.order_id.as_str(), row.owed.get())).collect();
    // The first reversal took the remaining 250 tokens of the wallet.
    assert_eq!(owed, [("order-2", 500), ("order-1", 500), ("order-0", 250)]);
    assert!(second.next.is_none());
}
