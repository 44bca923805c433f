//! Concurrent uploads.

use super::form::{StyleForm, artist};
use crate::support::{NO_BROKER, Platform, fixture::at_once};

/// Sends the forms concurrently. Asserts that one is accepted and the others are refused with `code`.
async fn one_of(platform: &Platform, names: [&str; 2], status: u16, code: &str) {
    let artist = artist(platform).await;
    let others = platform.objects();
    let answers = at_once(names.map(|name| {
        let (artist, form) = (artist.clone(), StyleForm::valid().with("name", name));
        async move { form.send(&artist).await }
    }))
    .await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 201).count(),
        1,
        "{answers:?}"
    );
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        refused.error(status, code);
    }
    platform.assert_rows("style_models", 1).await;
    platform.assert_rows("training_images", 10).await;
    platform.assert_rows("outbox_messages", 1).await;
    platform.assert_rows("uploads", 0).await;
    let stored: Vec<String> = platform.objects().difference(&others).cloned().collect();
    assert_eq!(stored.len(), 17, "those of one style: {stored:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_concurrent_uploads_by_one_artist_create_one_style() {
    let platform = Platform::start().await;
    one_of(&platform, ["First", "Second"], 403, "STYLE_LIMIT_REACHED").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_concurrent_uploads_with_one_name_create_one_style() {
    let platform = Platform::with(&[("AMQP_URL", NO_BROKER), ("MAX_STYLES_PER_ARTIST", "5")]).await;
    one_of(&platform, ["One Name", "one name"], 409, "DUPLICATE_STYLE_NAME").await;
}
