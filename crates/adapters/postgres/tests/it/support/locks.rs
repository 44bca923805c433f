//! Statements that wait for a lock.

use std::time::{Duration, Instant};

use domain::unit_of_work::UnitOfWork;

use super::World;

/// Returns when `statements` statements wait for a lock.
pub async fn until_blocked(world: &World, statements: i64) {
    let blocked = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let deadline = Instant::now() + Duration::from_secs(8);
    while world.count(blocked).await < statements {
        assert!(
            Instant::now() < deadline,
            "fewer than {statements} statements wait for a lock"
        );
    }
}

/// Runs `first` and `second` so that both wait for the row that `lock` has locked and acquire it in this order.
pub async fn run_in_lock_order<A, B>(
    world: &World,
    lock: Box<dyn UnitOfWork>,
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> (A, B) {
    let release = async {
        until_blocked(world, 2).await;
        drop(lock);
    };
    let second = async {
        until_blocked(world, 1).await;
        second.await
    };
    let (first, second, ()) = tokio::join!(first, second, release);
    (first, second)
}
