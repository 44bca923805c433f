//! Registration and artist profiles.

use domain::{UserId, unit_of_work::UnitOfWorkFactory, users::RegistrationOutcome};
use futures_util::future::join_all;
use stylelicense_postgres::PgStore;

use crate::support::{World, account, new_artist};

async fn login(store: &PgStore, subject: &str, username: &str) -> RegistrationOutcome {
    let mut unit = UnitOfWorkFactory::begin(store).await.unwrap();
    let registered = unit
        .accounts()
        .register(account(subject, username))
        .await
        .unwrap();
    unit.commit().await.unwrap();
    registered
}

fn created(outcomes: &[RegistrationOutcome]) -> Vec<UserId> {
    outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            RegistrationOutcome::Created(user) => Some(*user),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn a_first_login_creates_account_profile_wallet_and_welcome_bonus() {
    let world = World::new().await;
    let [user] = created(&[login(&world.store, "mina", "mina").await])[..] else {
        panic!("not created")
    };
    assert_eq!(world.available(user).await, 100);
    assert_eq!(
        world
            .count(&format!("user_profiles WHERE user_id = {user}"))
            .await,
        1
    );
    let entry =
        format!("token_transactions WHERE key = 'welcome:{user}' AND amount = 100 AND kind = 'welcome'");
    assert_eq!(world.count(&entry).await, 1);
    let identity =
        format!("user_identities WHERE user_id = {user} AND email = 'mina@example.com' AND email_verified");
    assert_eq!(world.count(&identity).await, 1);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn a_later_login_finds_the_account_and_whether_it_is_active() {
    let world = World::new().await;
    let again = login(&world.store, "payer", "another").await;
    assert_eq!(
        again,
        RegistrationOutcome::Existing {
            user: world.payer,
            is_active: true
        }
    );
    world
        .sql(&format!(
            "UPDATE users SET is_active = false WHERE id = {}",
            world.payer
        ))
        .await;
    let again = login(&world.store, "payer", "payer").await;
    assert_eq!(
        again,
        RegistrationOutcome::Existing {
            user: world.payer,
            is_active: false
        }
    );
    assert_eq!(world.count("users").await, 3);
}

#[tokio::test]
async fn concurrent_first_logins_create_one_account_with_one_bonus() {
    let world = World::new().await;
    for round in 0..5 {
        let subject = format!("subject-{round}");
        // Some with the same username, some with different ones.
        let names: Vec<String> = (0..8).map(|n| format!("name-{round}-{}", n % 4)).collect();
        let outcomes = join_all(names.iter().map(|name| login(&world.store, &subject, name))).await;
        let users = created(&outcomes);
        assert_eq!(users.len(), 1, "{outcomes:?}");
        let existing = RegistrationOutcome::Existing {
            user: users[0],
            is_active: true,
        };
        assert_eq!(
            outcomes.iter().filter(|outcome| **outcome == existing).count(),
            7,
            "{outcomes:?}"
        );
        assert_eq!(world.available(users[0]).await, 100);
    }
    assert_eq!(world.count("users").await, 8);
    assert_eq!(world.count("token_transactions WHERE kind = 'welcome'").await, 8);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn after_a_taken_username_another_one_can_be_tried() {
    let world = World::new().await;
    let mut unit = world.unit().await;
    let taken = unit.accounts().register(account("mina", "payer")).await.unwrap();
    assert_eq!(taken, RegistrationOutcome::UsernameTaken);
    let registered = unit
        .accounts()
        .register(account("mina", "payer_1"))
        .await
        .unwrap();
    assert!(matches!(registered, RegistrationOutcome::Created(_)));
    unit.commit().await.unwrap();

    assert_eq!(
        login(&world.store, "other-subject", "payer").await,
        RegistrationOutcome::UsernameTaken
    );
    assert_eq!(world.count("users").await, 4);
    assert_eq!(world.count("user_identities").await, 4);
}

#[tokio::test]
async fn concurrent_logins_with_one_username_create_one_account() {
    let world = World::new().await;
    let subjects: Vec<String> = (0..8).map(|n| format!("subject-{n}")).collect();
    let outcomes = join_all(
        subjects
            .iter()
            .map(|subject| login(&world.store, subject, "mina")),
    )
    .await;
    assert_eq!(created(&outcomes).len(), 1);
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == RegistrationOutcome::UsernameTaken)
            .count(),
        7
    );
    assert_eq!(world.count("user_identities").await, 4);
    world.assert_ledger_balances().await;
}

#[tokio::test]
async fn o7_the_same_address_with_another_subject_is_another_account() {
    let world = World::new().await;
    let mut second = account("second", "second");
    second.identity.email = "payer@example.com".into();
    let mut unit = world.unit().await;
    let registered = unit.accounts().register(second).await.unwrap();
    assert!(matches!(registered, RegistrationOutcome::Created(user) if user != world.payer));
}

#[tokio::test]
async fn a_dropped_unit_of_work_is_rolled_back() {
    let world = World::new().await;
    let mut unit = world.unit().await;
    unit.accounts().register(account("mina", "mina")).await.unwrap();
    drop(unit);
    assert!(matches!(
        login(&world.store, "mina", "mina").await,
        RegistrationOutcome::Created(_)
    ));
    assert_eq!(world.count("users").await, 4);
}

#[tokio::test]
async fn an_account_becomes_an_artist_once() {
    let world = World::new().await;
    let become_artist = || async {
        let mut unit = world.unit().await;
        let became = unit
            .accounts()
            .become_artist(new_artist(world.other))
            .await
            .unwrap();
        unit.commit().await.unwrap();
        became
    };
    let outcomes = join_all((0..4).map(|_| become_artist())).await;
    assert_eq!(outcomes.into_iter().filter(|became| *became).count(), 1);
    let stored = format!(
        "artists WHERE user_id = {} AND artist_name = 'Demo Artist' AND signature_bucket = 'private'
           AND signature_key = 'signatures/a.png' AND verified_email = 'artist@example.com'",
        world.other
    );
    assert_eq!(world.count(&stored).await, 1);
}
