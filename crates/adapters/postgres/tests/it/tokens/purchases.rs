//! Orders: granted once, reversed once, never below zero, whoever says so at the same time.

use std::sync::Arc;

use domain::{
    StorageError, UserId,
    generations::Settlements,
    page::{PageRequest, PageSize},
    tokens::{ExpectedOrder, OrderId, OrderState, PaymentStatus, PurchaseQueries, Purchases},
};
use futures_util::future::join_all;

use crate::support::{End, World, at, erase, new_order, new_task, order_id, register, seen, tokens};

async fn ordered(world: &World, name: &str, buyer: UserId, amount: i64) -> OrderId {
    let id = order_id(name);
    assert!(world.store.add(new_order(&id, buyer, amount)).await.unwrap());
    id
}

async fn state(world: &World, order: &OrderId) -> (OrderState, i64) {
    let found = world.store.find(order).await.unwrap().unwrap();
    let sql = format!("SELECT owed_tokens FROM purchases WHERE order_id = '{order}'");
    (found.state, world.value(&sql).await)
}

async fn available(world: &World, user: UserId) -> i64 {
    world
        .value(&format!("SELECT available FROM wallets WHERE user_id = {user}"))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_reports_at_once_grant_once_and_fifty_more_reverse_once() {
    let world = Arc::new(World::new().await);
    let order = ordered(&world, "order-1", world.payer, 70).await;
    let before = available(&world, world.payer).await;
    for (from, status, expected) in [
        (OrderState::Pending, PaymentStatus::Done, before + 70),
        (OrderState::Paid, PaymentStatus::Canceled, before),
    ] {
        let reports = (0..50).map(|_| {
            let (world, seen) = (Arc::clone(&world), seen(&order, from, status));
            tokio::spawn(async move {
                match status {
                    PaymentStatus::Done => world.store.grant(seen).await,
                    _ => world.store.reverse(seen).await,
                }
            })
        });
        let applied = join_all(reports)
            .await
            .into_iter()
            .map(|done| done.unwrap().unwrap());
        assert_eq!(applied.filter(|applied| *applied).count(), 1, "{status:?}");
        assert_eq!(available(&world, world.payer).await, expected);
        world.assert_books_balance().await;
    }
    assert_eq!(state(&world, &order).await, (OrderState::Canceled, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reversals_and_holds_at_once_never_take_more_than_there_is() {
    let world = Arc::new(World::new().await);
    let mut orders = Vec::new();
    for n in 0..20 {
        let order = ordered(&world, &format!("order-{n}"), world.payer, 30).await;
        let grant = seen(&order, OrderState::Pending, PaymentStatus::Done);
        assert!(world.store.grant(grant).await.unwrap());
        orders.push(order);
    }
    let reversals = orders.iter().map(|order| {
        let (world, seen) = (
            Arc::clone(&world),
            seen(order, OrderState::Paid, PaymentStatus::Canceled),
        );
        tokio::spawn(async move { world.store.reverse(seen).await.map(drop) })
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
    for done in join_all(reversals.chain(holds).collect::<Vec<_>>()).await {
        done.unwrap().unwrap();
    }
    world.assert_books_balance().await;
    let left = available(&world, world.payer).await;
    assert!(left >= 0, "{left}");
    let owed: i64 = world
        .value("SELECT sum(owed_tokens)::bigint FROM purchases")
        .await;
    let held: i64 = world
        .value("SELECT COALESCE(sum(consumed_tokens), 0)::bigint FROM generation_requests")
        .await;
    // What was bought and the bonus, less what went back: it is in the wallet or held.
    assert_eq!(left + held, 100 + 20 * 30 - (20 * 30 - owed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_races_an_erasure_goes_to_the_wallet_or_nowhere() {
    let world = Arc::new(World::new().await);
    for n in 0..15 {
        let buyer = register(&world.store, &format!("leaving-{n}")).await;
        let order = ordered(&world, &format!("order-{n}"), buyer, 50).await;
        let leaving = {
            let world = Arc::clone(&world);
            tokio::spawn(async move { assert_eq!(erase(&world, buyer).await, End::Gone) })
        };
        let granted = {
            let (world, seen) = (
                Arc::clone(&world),
                seen(&order, OrderState::Pending, PaymentStatus::Done),
            );
            tokio::spawn(async move { world.store.grant(seen).await })
        };
        leaving.await.unwrap();
        match granted.await.unwrap() {
            Ok(_) | Err(StorageError::Aborted(_)) => {}
            Err(error) => panic!("{error}"),
        }
        world.assert_books_balance().await;
        assert_eq!(world.store.find(&order).await.unwrap().unwrap().buyer, None);
    }
}

#[tokio::test]
async fn a_stale_report_changes_nothing() {
    let world = World::new().await;
    let order = ordered(&world, "order-1", world.payer, 30).await;
    let pending = seen(&order, OrderState::Pending, PaymentStatus::Expired);
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
            .reverse(seen(&order, OrderState::Paid, PaymentStatus::Canceled))
            .await
            .unwrap()
    );
    let unknown = ExpectedOrder {
        id: order_id("order-2"),
        ..pending
    };
    assert!(!world.store.grant(unknown).await.unwrap());
    assert_eq!(state(&world, &order).await, (OrderState::Expired, 0));
    world.assert_books_balance().await;
}

#[tokio::test]
async fn nobody_orders_for_an_account_that_is_gone() {
    let world = World::new().await;
    let order = new_order(&order_id("order-1"), UserId(999), 30);
    assert!(!world.store.add(order).await.unwrap());
    let buyer = register(&world.store, "leaving").await;
    assert_eq!(erase(&world, buyer).await, End::Gone);
    let order = new_order(&order_id("order-1"), buyer, 30);
    assert!(!world.store.add(order).await.unwrap());
}

#[tokio::test]
async fn due_orders_come_longest_due_first_and_pages_of_orders_leave_none_out() {
    let world = World::new().await;
    for n in 0..7 {
        let mut order = new_order(&order_id(&format!("order-{n}")), world.payer, 30);
        order.check_at = at(100 - n);
        assert!(world.store.add(order).await.unwrap());
    }
    let due = world.store.due(at(98), 3).await.unwrap();
    let names: Vec<&str> = due.iter().map(OrderId::as_str).collect();
    assert_eq!(names, ["order-6", "order-5", "order-4"]);
    // One that was put off keeps nobody waiting.
    assert!(
        world
            .store
            .schedule_check(&order_id("order-6"), at(200))
            .await
            .unwrap()
    );
    let due = world.store.due(at(98), 1).await.unwrap();
    assert_eq!(due, [order_id("order-5")]);
    let ended = seen(&order_id("order-5"), OrderState::Pending, PaymentStatus::Expired);
    assert!(world.store.end(ended, OrderState::Expired).await.unwrap());
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
async fn what_is_owed_is_listed_newest_first() {
    let world = World::new().await;
    for n in 0..3 {
        let mut order = new_order(&order_id(&format!("order-{n}")), world.payer, 500);
        order.now = at(n);
        assert!(world.store.add(order.clone()).await.unwrap());
        assert!(
            world
                .store
                .grant(seen(&order.id, OrderState::Pending, PaymentStatus::Done))
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
                .reverse(seen(&order, OrderState::Paid, PaymentStatus::Canceled))
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
    // The first two took what was left in the wallet.
    assert_eq!(owed, [("order-2", 500), ("order-1", 500), ("order-0", 250)]);
    assert!(second.next.is_none());
}
