//! A platform that counts the statements of its database.

use testkit::{
    client::{Answer, Client},
    statements::StatementRecorder,
};

use super::{NO_BROKER, Platform};

/// Requests per measurement. Background jobs add statements to some of them, but never to all.
const REQUESTS: usize = 12;

/// Maximum number of requests until every connection has prepared the statements.
const MAX_REQUESTS: usize = 60;

/// A platform whose server connects to the database through a [`StatementRecorder`].
pub struct CountedPlatform {
    pub platform: Platform,
    counter: StatementRecorder,
}

impl CountedPlatform {
    pub async fn start() -> Self {
        let mut platform = Platform::prepare(&[("AMQP_URL", NO_BROKER)]).await;
        let counter = StatementRecorder::start(platform.database_target())
            .await
            .expect("a proxy");
        platform.use_database_proxy(counter.addr());
        platform.restart().await;
        Self { platform, counter }
    }

    /// The statements of the request with the fewest round trips, and the last answer. The first requests have more,
    /// because each connection prepares a statement before its first use.
    pub async fn round_trips(&self, reader: &Client, path: &str) -> (Vec<String>, Answer) {
        let mut fewest: Option<Vec<String>> = None;
        let mut last = None;
        let prepares = |seen: &Vec<String>| seen.iter().any(|text| text.starts_with("(prepares)"));
        for number in 0..MAX_REQUESTS {
            if number >= REQUESTS && !fewest.as_ref().is_some_and(prepares) {
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
