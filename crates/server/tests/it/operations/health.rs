//! Answers of the health checks.

use crate::support::{
    NO_BROKER, Platform,
    answers::{Answers, assert_answers},
};

#[tokio::test]
async fn health_reports_each_dependency() {
    let (platform, database) = Platform::with_database_proxy(&[("AMQP_URL", NO_BROKER)]).await;
    let mut answers = Answers::new();
    let browser = platform.browser();
    for path in ["/api/health", "/api/health/live"] {
        answers.add(&browser.get(path).await);
    }
    database.cut();
    for path in ["/api/health", "/api/health/live"] {
        answers.add(&browser.get(path).await);
    }
    assert_answers!(answers, &platform);
}
