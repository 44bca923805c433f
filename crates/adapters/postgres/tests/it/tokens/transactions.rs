//! The list of transactions.

use domain::{
    UserId,
    generations::GenerationStatus as S,
    id::Named,
    tokens::{EntryKind, TokenQueries, TransactionFilter as Filter, TransactionStatus, TransactionView},
};

use crate::queries::first_page;
use crate::support::{World, by_deadline, fail, tokens};

async fn list(world: &World, user: UserId, filter: Filter) -> Vec<TransactionView> {
    world
        .store
        .transactions(user, filter, first_page(20))
        .await
        .unwrap()
        .rows
}

fn named(id: UserId, name: &str) -> Named {
    Named {
        id: id.0,
        name: name.into(),
    }
}

#[tokio::test]
async fn a_purchase_has_a_price_and_no_sender() {
    let world = World::new().await;
    world.buy(world.payer, 100).await;
    let rows = list(&world, world.payer, Filter::Purchase).await;
    let [row] = &rows[..] else { panic!("{rows:?}") };
    let price = row.price.clone().unwrap();
    assert_eq!(
        (price.amount.to_string().as_str(), price.currency.as_str()),
        ("10000.00", "KRW")
    );
    assert_eq!(
        (row.kind, row.amount, row.status),
        (EntryKind::Purchase, tokens(100), TransactionStatus::Completed)
    );
    assert_eq!(
        (&row.sender, &row.receiver),
        (&None, &Some(named(world.payer, "payer")))
    );
    assert_eq!((&row.style, &row.generation), (&None, &None));
}

#[tokio::test]
async fn a_usage_is_one_transaction_of_payer_and_artist() {
    let world = World::new().await;
    let states = [
        (S::Queued, TransactionStatus::Pending),
        (S::Processing, TransactionStatus::Pending),
        (S::Completed, TransactionStatus::Completed),
        (S::Failed, TransactionStatus::Failed),
        (S::Canceled, TransactionStatus::Failed),
    ];
    for (id, (state, _)) in (1..).zip(states) {
        world.in_state(id, state).await;
    }
    let rows = list(&world, world.payer, Filter::Usage).await;
    let shown: Vec<_> = rows.iter().rev().map(|row| row.status).collect();
    assert_eq!(shown, states.map(|(_, status)| status));
    for row in &rows {
        assert_eq!(
            (row.kind, row.amount, &row.price),
            (EntryKind::Hold, tokens(10), &None)
        );
        assert_eq!(row.sender, Some(named(world.payer, "payer")));
        assert_eq!(row.receiver, Some(named(world.artist, "artist")));
        assert_eq!(row.style.as_ref().map(|style| style.name.as_str()), Some("Ink 1"));
    }
    let ids = |rows: &[TransactionView]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(&list(&world, world.artist, Filter::Usage).await), ids(&rows));
    assert_eq!(list(&world, world.other, Filter::Usage).await, []);
}

#[tokio::test]
async fn refunds_are_the_payers_released_holds_by_time_of_release() {
    let world = World::new().await;
    for id in 1..=3 {
        world.in_state(id, S::Completed).await;
    }
    for id in [5, 4] {
        let id = world.queued(id).await;
        let mut release = fail(id, None, 1);
        release.cause = by_deadline(50);
        release.now = crate::support::at(100 - id.0);
        assert!(
            domain::generations::Settlements::release(&world.store, release)
                .await
                .unwrap()
                .unwrap()
                .applied
        );
    }
    let all = list(&world, world.payer, Filter::All).await;
    let page = async |page| {
        world
            .store
            .transactions(world.payer, Filter::Refund, page)
            .await
            .unwrap()
    };
    let rows = crate::queries::read_all_pages(page, async || {}).await;
    assert_eq!(
        rows.iter()
            .map(|row| row.generation.clone().unwrap().0)
            .collect::<Vec<_>>(),
        [4, 5]
    );
    assert!(
        rows.iter()
            .all(|row| row.status == TransactionStatus::Failed && all.contains(row))
    );
    assert_eq!(list(&world, world.artist, Filter::Refund).await, []);
}

#[tokio::test]
async fn a_filter_selects_its_kind() {
    let world = World::new().await;
    world.buy(world.payer, 100).await;
    world.queued(1).await;
    world
        .sql(&format!(
            "INSERT INTO token_transactions (key, kind, amount, debit_account, credit_account, credit_user_id, memo,
               created_at) VALUES ('adjustment:x', 'adjustment', 5, 'platform', 'available', {}, 'A gift', now())",
            world.payer
        ))
        .await;
    let kinds = async |filter| {
        let mut kinds: Vec<_> = list(&world, world.payer, filter)
            .await
            .iter()
            .map(|row| row.kind.as_str())
            .collect();
        kinds.sort_unstable();
        kinds
    };
    assert_eq!(
        kinds(Filter::All).await,
        ["adjustment", "hold", "purchase", "welcome"]
    );
    assert_eq!(kinds(Filter::Purchase).await, ["purchase"]);
    assert_eq!(kinds(Filter::Welcome).await, ["welcome"]);
    assert_eq!(kinds(Filter::Usage).await, ["hold"]);
    assert_eq!(kinds(Filter::Refund).await, Vec::<&str>::new());
    let rows = list(&world, world.payer, Filter::All).await;
    let adjustment = rows.iter().find(|row| row.kind == EntryKind::Adjustment).unwrap();
    assert_eq!(adjustment.memo.as_deref(), Some("A gift"));
}

#[tokio::test]
async fn entries_are_kept_after_generations_styles_and_accounts_are_deleted() {
    let world = World::new().await;
    world.in_state(1, S::Completed).await;
    world.sql("DELETE FROM generation_requests").await;
    let row = list(&world, world.artist, Filter::Usage).await.remove(0);
    assert_eq!((row.generation, row.status), (None, TransactionStatus::Completed));
    world
        .sql(&format!("DELETE FROM users WHERE id = {}", world.artist))
        .await;
    let row = list(&world, world.payer, Filter::Usage).await.remove(0);
    assert_eq!((row.receiver, row.style), (None, None));
    assert_eq!(row.sender, Some(named(world.payer, "payer")));
}
