//! State of PostgreSQL and of the reference model, in comparable form.

use std::collections::BTreeMap;

use domain::{UserId, tokens::Account};
use sea_orm::QueryResult;

use crate::{
    support::World,
    tokens::reference::{ARTIST, Generation, Platform},
};

/// Number and checksums of the ledger entries.
pub struct LedgerChecksums {
    /// Checksum of the entries before the last step.
    pub earlier: Option<String>,
    pub entries: i64,
    pub all: Option<String>,
}

/// `entries` is the number of entries before the last step.
pub async fn ledger_checksums(world: &World, entries: i64) -> LedgerChecksums {
    let row = world
        .row(&format!(
            "SELECT md5(string_agg(t::text, '|' ORDER BY id) FILTER (WHERE number <= {entries})) AS earlier,
                    count(*) AS entries, md5(string_agg(t::text, '|' ORDER BY id)) AS all_entries
               FROM (SELECT t, id, row_number() OVER (ORDER BY id) AS number FROM token_transactions t) AS numbered"
        ))
        .await;
    LedgerChecksums {
        earlier: row.try_get("", "earlier").unwrap(),
        entries: row.try_get("", "entries").unwrap(),
        all: row.try_get("", "all_entries").unwrap(),
    }
}

/// Available, held and earned tokens of each user.
pub type Balances = BTreeMap<i64, (i64, i64, i64)>;

pub async fn balances(world: &World) -> Balances {
    let rows = world
        .rows(
            "SELECT w.user_id, w.available,
                    (SELECT COALESCE(sum(consumed_tokens), 0) FROM generation_requests g
                      WHERE g.user_id = w.user_id AND settled_at IS NULL)::bigint AS held,
                    (COALESCE(a.earned_token_balance, 0)
                      + (SELECT COALESCE(sum(amount), 0) FROM earning_deltas d WHERE d.artist_id = w.user_id)
                    )::bigint AS earned
               FROM wallets w LEFT JOIN artists a USING (user_id)",
        )
        .await;
    let number = |row: &QueryResult, column| row.try_get("", column).unwrap();
    rows.iter()
        .map(|row| {
            (
                number(row, "user_id"),
                (
                    number(row, "available"),
                    number(row, "held"),
                    number(row, "earned"),
                ),
            )
        })
        .collect()
}

pub fn expected_balances(expected: &Platform) -> Balances {
    (1..=i64::try_from(expected.subjects.len()).unwrap())
        .filter(|id| expected.has(UserId(*id)))
        .map(|id| {
            let user = UserId(id);
            let balance = |account| expected.balance(account);
            let earned = if user == ARTIST {
                balance(Account::Earned(user))
            } else {
                0
            };
            (
                id,
                (
                    balance(Account::Available(user)),
                    balance(Account::Held(user)),
                    earned,
                ),
            )
        })
        .collect()
}

/// State, attempt, current task and whether it was taken, of each generation.
pub type Generations = BTreeMap<i64, (String, u16, String, bool)>;

pub async fn generations(world: &World) -> Generations {
    let rows = world
        .rows(
            "SELECT id, status, attempt, task_id::text AS task, taken_at IS NOT NULL AS taken
               FROM generation_requests",
        )
        .await;
    rows.iter()
        .map(|row| {
            let attempt: i16 = row.try_get("", "attempt").unwrap();
            let status = row.try_get("", "status").unwrap();
            let task = row.try_get("", "task").unwrap();
            let taken = row.try_get("", "taken").unwrap();
            (
                row.try_get("", "id").unwrap(),
                (status, attempt.try_into().unwrap(), task, taken),
            )
        })
        .collect()
}

pub fn expected_generations(expected: &Platform) -> Generations {
    let one = |generation: &Generation| {
        let attempt = &generation.attempt;
        (
            generation.status.as_str().to_owned(),
            attempt.number,
            attempt.task_id.to_string(),
            attempt.taken,
        )
    };
    expected
        .generations
        .iter()
        .map(|(id, generation)| (id.0, one(generation)))
        .collect()
}

/// State and owed tokens of each order.
pub type Orders = BTreeMap<String, (String, i64)>;

pub async fn orders(world: &World) -> Orders {
    let rows = world
        .rows("SELECT order_id, status, owed_tokens FROM purchases")
        .await;
    rows.iter()
        .map(|row| {
            let state = (
                row.try_get("", "status").unwrap(),
                row.try_get("", "owed_tokens").unwrap(),
            );
            (row.try_get("", "order_id").unwrap(), state)
        })
        .collect()
}

pub fn expected_orders(expected: &Platform) -> Orders {
    let orders = expected.orders.iter();
    orders
        .map(|(number, order)| {
            (
                format!("order-{number}"),
                (order.state.as_str().to_owned(), order.owed),
            )
        })
        .collect()
}
