//! Picture changes and deletions during an outage of the object store.

use reqwest::multipart::Form;
use serde_json::json;
use testkit::{client::file, images};

use super::{ME, patch_form, until_objects_deleted};
use crate::{styles::uploads::outage::with_storage_proxy, support::snapshot::objects_of};

const PENDING_DELETIONS: &str = "SELECT count(*) AS n FROM outbox_messages
    WHERE topic = 'storage_delete' AND parked_at IS NULL AND attempts = 0";

#[tokio::test]
async fn without_the_store_a_picture_is_503_and_other_fields_can_be_changed() {
    let (platform, storage, proxy) = with_storage_proxy().await;
    let user = platform.user("one@example.com").await;
    proxy.cut();
    let form = || {
        Form::new()
            .text("bio", "new")
            .part("profile_image", file(images::png(60, 60, 1), "a.png"))
    };
    patch_form(&user, form()).await.error(503, "SERVICE_UNAVAILABLE");
    platform
        .assert_rows(
            "user_profiles WHERE bio <> '' OR profile_image_key IS NOT NULL",
            0,
        )
        .await;
    user.patch(ME, &json!({"bio": "new"})).await.data(200);
    proxy.restore();
    assert!(objects_of(&storage).is_empty());
    patch_form(&user, form()).await.data(200);
    assert_eq!(objects_of(&storage).len(), 1);
}

#[tokio::test]
async fn p11_accounts_are_deleted_during_an_outage_of_the_store_and_objects_afterwards() {
    let (mut platform, storage, proxy) = with_storage_proxy().await;
    let user = platform.user("one@example.com").await;
    user.become_artist("One").await;
    let form = Form::new().part("profile_image", file(images::png(60, 60, 1), "a.png"));
    patch_form(&user, form).await.data(200);
    assert_eq!(objects_of(&storage).len(), 2);

    proxy.cut();
    assert_eq!(user.delete(ME).await.status, 204);
    platform.assert_rows("users", 0).await;
    // The message is kept. An unreachable store does not count as an attempt, even after a crash.
    platform.kill().await;
    platform.restart().await;
    assert_eq!(platform.count(PENDING_DELETIONS).await, 1);
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
    // The killed server may have held the lease. This expires it.
    platform
        .execute("UPDATE relay_leases SET until = '-infinity' WHERE topic = 'storage_delete'")
        .await;
    until_objects_deleted(&platform).await;
    assert!(objects_of(&storage).is_empty());
}
