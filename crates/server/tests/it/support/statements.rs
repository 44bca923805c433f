//! A platform whose statements are counted.

use reqwest::Url;
use testkit::{
    client::{Answer, Client},
    statements::StatementCounter,
};

use super::{NO_BROKER, Platform};

/// How often a request is made to count its statements: background work adds to some of the counts, never to all.
const TRIES: usize = 12;

/// How often at the most, when each of these met a connection that had yet to prepare something: there are eight
/// connections, and three statements at the most.
const MOST_TRIES: usize = 60;

/// A platform that reaches its database through a [`StatementCounter`]. Tests reach it directly.
pub struct Counted {
    pub platform: Platform,
    counter: StatementCounter,
}

impl Counted {
    /// A platform without a broker.
    pub async fn start() -> Self {
        let mut platform = Platform::stopped(&[("AMQP_URL", NO_BROKER)]).await;
        let mut url = Url::parse(&platform.database.url).expect("an address");
        let target = format!(
            "{}:{}",
            url.host_str().expect("a host"),
            url.port().unwrap_or(5432)
        );
        let counter = StatementCounter::start(target).await.expect("a proxy");
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(counter.addr().port())).expect("a port");
        platform.environment.retain(|(name, _)| name != "DATABASE_URL");
        platform.environment.push(("DATABASE_URL".to_owned(), url.into()));
        platform.restart().await;
        Self { platform, counter }
    }

    /// What the server asks the database to answer this, at its fewest, and the last answer. Connections prepare a
    /// statement when they first see it, so that the first requests count more.
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
