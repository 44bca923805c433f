//! Ids in paths, pages and other query strings.

use crate::support::Api;

#[actix_web::test]
async fn g2_what_is_no_id_is_not_found() {
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
        let answer = api.get(&format!("/api/styles/{id}")).await;
        let code = answer.json()["error"]["code"].clone();
        assert_eq!(answer.status, 404, "{id}");
        assert!(code == "STYLE_NOT_FOUND" || code == "NOT_FOUND", "{id}: {code}");
    }
    assert_eq!(
        api.get("/api/styles/9223372036854775807").await.json()["data"],
        i64::MAX
    );
}

#[actix_web::test]
async fn a_limit_outside_of_1_to_100_is_422_together_with_other_faults() {
    let api = Api::new();
    assert_eq!(api.get("/api/list").await.json()["data"]["limit"], 20);
    assert_eq!(
        api.get("/api/list?limit=100&flag=true").await.json()["data"]["flag"],
        true
    );
    for limit in ["0", "101", "-1", "ten", "1.5", "", "99999999999999999999"] {
        let answer = api.get(&format!("/api/list?limit={limit}&flag=maybe")).await;
        let details = answer.assert_error(422, "VALIDATION_ERROR");
        assert_eq!(details.as_object().unwrap().len(), 2, "{limit}: {details}");
    }
}

#[actix_web::test]
async fn a_bad_cursor_is_400_and_a_bare_time_is_one() {
    let api = Api::new();
    for cursor in ["x", "AAAA", "%00", "%FF", "2026-99-99", "Yw"] {
        api.get(&format!("/api/list?cursor={cursor}"))
            .await
            .assert_error(400, "INVALID_CURSOR");
    }
    let answer = api.get("/api/list?cursor=1970-01-01T09:00:01+09:00").await;
    assert_eq!(answer.json()["data"]["after"][0], 1_000_000);
}
