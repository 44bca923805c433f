//! The password does not appear in errors or logs.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::workers::{Delivery, TaskPublisher, Topic};
use stylelicense_rabbitmq::{RabbitPublisher, Settings};
use testkit::broker::TestBroker;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::tasks;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn errors_and_logs_do_not_contain_the_password() {
    const PASSWORD: &str = "hunter2-is-not-guest";
    let broker = TestBroker::from_env().await.unwrap();
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone())
        .finish();
    let _logging = tracing_subscriber::util::SubscriberInitExt::set_default(subscriber);

    let mut settings = Settings::from_url(&broker.url().into()).unwrap();
    let publisher = RabbitPublisher::new(settings.clone());
    publisher.check().await.unwrap();
    assert!(
        log.text().contains("SENT on channel"),
        "the log contains no frames, so this test proves nothing"
    );

    settings.password = PASSWORD.into();
    settings.timeouts.check = Duration::from_secs(10);
    settings.timeouts.connect = Duration::from_secs(10);
    let unauthorized = RabbitPublisher::new(settings);
    let reason = unauthorized.check().await.unwrap_err();
    let deliveries = unauthorized.publish(Topic::ImageGeneration, tasks(1, 1)).await;
    assert_eq!(deliveries, [Delivery::Unreachable(reason.clone())]);
    assert!(reason.contains("no connection to the broker"), "{reason}");
    assert!(!reason.contains(PASSWORD), "{reason}");
    assert!(!log.text().contains(PASSWORD));
}
