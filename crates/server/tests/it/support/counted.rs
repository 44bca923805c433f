//! A platform whose database statements are counted.

use testkit::{
    client::{Answer, Client},
    statements::StatementCounter,
};

use super::{NO_BROKER, Platform};

/// Requests per measurement: background work adds to some of the counts, never to all.
const TRIES: usize = 12;

/// Limit of requests while each of them uses a connection that still prepares statements: eight connections, at most
/// three statements.
const MOST_TRIES: usize = 60;

/// A platform whose server reaches the database through a [`StatementCounter`].
pub struct CountedPlatform {
    pub platform: Platform,
    counter: StatementCounter,
}

impl CountedPlatform {
    /// A platform without a broker.
    pub async fn start() -> Self {
        let mut platform = Platform::stopped(&[("AMQP_URL", NO_BROKER)]).await;
        let counter = StatementCounter::start(platform.database_target())
            .await
            .expect("a proxy");
        platform.reach_database_at(counter.addr());
        platform.restart().await;
        Self { platform, counter }
    }

    /// The statements of the request with the fewest round trips, and the last answer. The first requests have more:
    /// each connection prepares a statement when it first runs it.
    pub async fn round_trips(&self, reader: &Client, path: &str) -> (Vec<String>, Answer) {
        let mut fewest: Option<Vec<String>> = None;
        let mut last = None;
        let prepares = |seen: &Vec<String>| seen.iter().any(|text| text.starts_with("(prepares)"));
        for tries in 0..MOST_TRIES {
            if tries >= TRIES && !fewest.as_ref().is_some_and(prepares) {
                break;
            }
            self.counter.take();
            last = Some(reader.get(path).await);
            let seen = self.counter.take();
            if fewest.as_ref().is_none_or(|fewest| seen.len() < fewest.len()) {
                fewest = Some(seen);
            }
        }
        (fewest.unwrap_or_default(), last.expect("an answer"))
    }
}
