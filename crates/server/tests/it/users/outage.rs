//! The object store is away while pictures change and accounts go.

use reqwest::multipart::Form;
use serde_json::json;
use testkit::{client::file, images};

use super::{ME, patch_form, removed};
use crate::{styles::uploads::outage::behind_a_proxy, support::snapshot::objects_of};

const WAITING: &str = "SELECT count(*) AS n FROM outbox_messages
    WHERE topic = 'storage_delete' AND parked_at IS NULL AND attempts = 0";

#[tokio::test]
async fn a_picture_that_cannot_be_stored_is_503_and_the_rest_of_the_profile_can_be_changed() {
    let (platform, storage, proxy) = behind_a_proxy().await;
    let user = platform.user("one@example.com").await;
    proxy.cut();
    let form = || {
        Form::new()
            .text("bio", "new")
            .part("profile_image", file(images::png(60, 60, 1), "a.png"))
    };
    patch_form(&user, form()).await.error(503, "SERVICE_UNAVAILABLE");
    assert_eq!(
        platform
            .count("SELECT count(*) AS n FROM user_profiles WHERE bio <> '' OR profile_image_key IS NOT NULL")
            .await,
        0
    );
    user.patch(ME, &json!({"bio": "new"})).await.data(200);
    proxy.restore();
    assert!(objects_of(&storage).is_empty());
    patch_form(&user, form()).await.data(200);
    assert_eq!(objects_of(&storage).len(), 1);
}

#[tokio::test]
async fn p11_accounts_go_without_the_store_and_their_objects_follow_when_it_is_back() {
    let (mut platform, storage, proxy) = behind_a_proxy().await;
    let user = platform.user("one@example.com").await;
    user.become_artist("One").await;
    let form = Form::new().part("profile_image", file(images::png(60, 60, 1), "a.png"));
    patch_form(&user, form).await.data(200);
    assert_eq!(objects_of(&storage).len(), 2);

    proxy.cut();
    assert_eq!(user.delete(ME).await.status, 204);
    assert_eq!(platform.count("SELECT count(*) AS n FROM users").await, 0);
    // It waits, and that the store is away does not count against it, however long and through a crash.
    platform.kill().await;
    platform.restart().await;
    assert_eq!(platform.count(WAITING).await, 1);
    let (_, status) = platform.command(&["outbox", "status"]).await;
    let line = status
        .lines()
        .find(|line| line.starts_with("storage_delete"))
        .unwrap();
    assert_eq!(line.split_whitespace().nth(1), Some("1"), "{status}");
    let health = platform.browser().get("/api/health").await.data(200);
    assert_eq!(health["checks"]["outbox"]["pending"], 1);
    assert_eq!(objects_of(&storage).len(), 2);

    proxy.restore();
    // The server that was killed may have held the lease, which runs out by itself.
    platform
        .execute("UPDATE relay_leases SET until = '-infinity' WHERE topic = 'storage_delete'")
        .await;
    removed(&platform).await;
    assert!(objects_of(&storage).is_empty());
}
