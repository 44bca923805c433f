//! Path ids and query strings.

use crate::support::Api;

#[actix_web::test]
async fn g2_invalid_ids_are_404() {
    let api = Api::new();
    for id in [
        "0",
        "-1",
        "abc",
        "1.5",
        "9223372036854775808",
        "%00",
        "1%2F2",
        "%EF%BC%91",
        "+1",
        "1'--",
    ] {
        let response = api.get(&format!("/api/styles/{id}")).await;
        let code = response.json()["error"]["code"].clone();
        assert_eq!(response.status, 404, "{id}");
        assert!(code == "STYLE_NOT_FOUND" || code == "NOT_FOUND", "{id}: {code}");
    }
    assert_eq!(
        api.get("/api/styles/9223372036854775807").await.json()["data"],
        i64::MAX
    );
}

#[actix_web::test]
async fn a_limit_out_of_range_is_422_together_with_other_errors() {
    let api = Api::new();
    assert_eq!(api.get("/api/list").await.json()["data"]["limit"], 20);
    assert_eq!(
        api.get("/api/list?limit=100&flag=true").await.json()["data"]["flag"],
        true
    );
    for limit in ["0", "101", "-1", "ten", "1.5", "", "99999999999999999999"] {
        let response = api.get(&format!("/api/list?limit={limit}&flag=maybe")).await;
        let details = response.assert_error(422, "VALIDATION_ERROR");
        assert_eq!(details.as_object().unwrap().len(), 2, "{limit}: {details}");
    }
}

#[actix_web::test]
async fn an_invalid_cursor_is_400_and_a_plain_time_is_valid() {
    let api = Api::new();
    for cursor in ["x", "AAAA", "%00", "%FF", "2026-99-99", "Yw"] {
        api.get(&format!("/api/list?cursor={cursor}"))
            .await
            .assert_error(400, "INVALID_CURSOR");
    }
    let response = api.get("/api/list?cursor=1970-01-01T09:00:01+09:00").await;
    assert_eq!(response.json()["data"]["after"][0], 1_000_000);
}
