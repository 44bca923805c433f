//! Sessions.

use actix_web::{
    cookie::{Cookie, SameSite, time::Duration},
    http::Method,
    test::TestRequest,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use domain::users::Role;

use crate::support::{Api, Browser};

async fn me(api: &Api, user: &Browser) -> crate::support::TestResponse {
    api.send(user.request(Method::GET, "/api/me")).await
}

fn raw_cookie(path: &str, header: &str) -> TestRequest {
    TestRequest::get()
        .uri(path)
        .insert_header(("Cookie", header.to_owned()))
}

#[actix_web::test]
async fn s1_session_ids_are_long_and_random_and_only_their_hash_is_stored() {
    let api = Api::new();
    let (one, other) = (api.login().await, api.login().await);
    assert_ne!(one.session.value(), other.session.value());
    // The signature (44 characters of base64), then the key: 43 characters are 256 bits.
    let key = &one.session.value()[44..];
    assert_eq!(key.len(), 43);
    assert!(STANDARD.decode(&one.session.value()[..44]).is_ok());
    let rows = api.sessions.rows.lock().unwrap();
    assert!(rows.keys().all(|hash| hash != key.as_bytes()));
    assert!(rows.values().all(|row| !format!("{row:?}").contains(key)));
}

#[actix_web::test]
async fn s2_login_creates_a_new_id_and_invalidates_the_old_one() {
    let api = Api::new();
    let before = api.get("/api/start").await.cookie("sessionid").unwrap();
    let login = TestRequest::get().uri("/api/login").cookie(before.clone());
    let response = api.send(login).await;
    let after = response.cookie("sessionid").unwrap();
    assert_ne!(before.value(), after.value());
    assert_eq!(api.sessions.len(), 1, "the old row is deleted");
    let old = Browser {
        session: before,
        csrf: String::new(),
    };
    me(&api, &old).await.assert_error(401, "UNAUTHORIZED");
    let rows = api.sessions.rows.lock().unwrap();
    let row = rows.values().next().unwrap();
    assert!(
        !row.data.contains_key("login_state"),
        "the data of the old session is deleted"
    );
    assert_eq!(row.user_id, Some(domain::UserId(7)));
}

#[actix_web::test]
async fn s2_a_second_login_changes_the_csrf_token() {
    let api = Api::new();
    let first = api.login().await;
    let again = api.send(first.request(Method::GET, "/api/login")).await;
    assert_ne!(again.cookie("csrftoken").unwrap().value(), first.csrf);
    me(&api, &first).await.assert_error(401, "UNAUTHORIZED");
}

#[actix_web::test]
async fn s3_cookie_attributes() {
    for (api, secure) in [(Api::new(), None), (Api::new().production(), Some(true))] {
        let response = api.get("/api/login").await;
        let session = response.cookie("sessionid").unwrap();
        assert_eq!(session.http_only(), Some(true));
        assert_eq!(session.same_site(), Some(SameSite::Lax));
        assert_eq!(session.max_age(), Some(Duration::days(14)));
        assert_eq!((session.path(), session.domain()), (Some("/"), None));
        assert_eq!(session.secure(), secure);
        let csrf = response.cookie("csrftoken").unwrap();
        assert_eq!(csrf.http_only(), None, "the web client must read it");
        assert_eq!((csrf.same_site(), csrf.secure()), (Some(SameSite::Lax), secure));
        assert_eq!(csrf.value().len(), 43);
    }
}

#[actix_web::test]
async fn me_returns_the_csrf_token_of_the_session() {
    let api = Api::new();
    let user = api.login().await;
    assert_eq!(
        me(&api, &user).await.cookie("csrftoken").unwrap().value(),
        user.csrf
    );
}

#[actix_web::test]
async fn s4_a_replayed_cookie_is_invalid_after_logout() {
    let api = Api::new();
    let user = api.login().await;
    let response = api.send(user.change(Method::POST, "/api/logout")).await;
    assert_eq!(response.status, 204);
    assert_eq!(response.cookie("sessionid").unwrap().value(), "");
    assert_eq!(api.sessions.len(), 0);
    me(&api, &user).await.assert_error(401, "UNAUTHORIZED");
}

#[actix_web::test]
async fn s5_deactivation_and_role_changes_apply_to_the_next_request() {
    let api = Api::new();
    let user = api.login().await;
    assert_eq!(me(&api, &user).await.json()["data"]["role"], "user");
    api.sessions.set_owner(7, Role::Admin, true);
    assert_eq!(me(&api, &user).await.json()["data"]["role"], "admin");
    api.sessions.set_owner(7, Role::Artist, true);
    assert_eq!(me(&api, &user).await.json()["data"]["is_artist"], true);
    api.sessions.set_owner(7, Role::User, false);
    me(&api, &user).await.assert_error(401, "UNAUTHORIZED");
    let public = api.send(user.request(Method::GET, "/api/public")).await;
    assert!(public.json()["data"].is_null());
}

#[actix_web::test]
async fn s5_the_owner_in_stored_data_is_ignored() {
    let api = Api::new();
    let user = api.login().await;
    for row in api.sessions.rows.lock().unwrap().values_mut() {
        for (name, value) in [
            ("_role", "admin"),
            ("user_id", "1"),
            ("_is_artist", "true"),
            ("_expired", "true"),
        ] {
            row.data.insert(name.into(), value.into());
        }
    }
    let data = me(&api, &user).await.json()["data"].clone();
    assert_eq!(
        data,
        serde_json::json!({ "id": 7, "role": "user", "is_artist": false })
    );
}

#[actix_web::test]
async fn s6_a_session_expires_fourteen_days_after_login() {
    let api = Api::new();
    let user = api.login().await;
    api.clock.advance(TimeDelta::days(13));
    assert_eq!(me(&api, &user).await.status, 200);
    let changed = api.send(user.request(Method::GET, "/api/start")).await;
    assert_eq!(changed.status, 204, "an update does not extend the session");
    api.clock.advance(TimeDelta::days(1));
    me(&api, &user).await.assert_error(401, "SESSION_EXPIRED");
    let change = api.send(user.change(Method::POST, "/api/logout")).await;
    change.assert_error(401, "SESSION_EXPIRED");
    let public = api.send(user.request(Method::GET, "/api/public")).await;
    assert!(public.json()["data"].is_null(), "public routes still work");
    let start = api.send(user.request(Method::GET, "/api/start")).await;
    assert_ne!(
        start.cookie("sessionid").unwrap().value(),
        user.session.value(),
        "a new session"
    );
    let login = api.send(user.request(Method::GET, "/api/login")).await;
    assert_eq!(login.status, 200);
}

#[actix_web::test]
async fn an_expired_login_is_no_expired_session() {
    let api = Api::new();
    let session = api.get("/api/start").await.cookie("sessionid").unwrap();
    let browser = Browser {
        session,
        csrf: String::new(),
    };
    me(&api, &browser).await.assert_error(401, "UNAUTHORIZED");
    api.clock.advance(TimeDelta::hours(2));
    me(&api, &browser).await.assert_error(401, "UNAUTHORIZED");
}

#[actix_web::test]
async fn s7_tampered_repeated_or_huge_cookies_are_no_session() {
    let api = Api::new();
    let user = api.login().await;
    let good = user.session.encoded().stripped().to_string();
    let mut flipped = user.session.value().to_owned();
    flipped.replace_range(60..61, if &flipped[60..61] == "A" { "B" } else { "A" });
    let flipped = Cookie::new("sessionid", flipped).encoded().to_string();
    for header in [
        flipped,
        format!("{good}; {good}"),
        format!("{good}; sessionid=planted"),
        format!("sessionid=planted; {good}"),
        format!("sessionid={}", "A".repeat(60_000)),
        "sessionid=".to_owned(),
        "sessionid".to_owned(),
        "sessionid=%00%ff%zz".to_owned(),
        "sessionid=\u{ac00}".to_owned(),
        ";;;===;;".to_owned(),
    ] {
        api.send(raw_cookie("/api/me", &header))
            .await
            .assert_error(401, "UNAUTHORIZED");
        assert_eq!(api.send(raw_cookie("/api/public", &header)).await.status, 200);
    }
    for header in [
        format!("other=%%%; x; 이름=값; {good}"),
        format!("session%69d=planted; {good}"),
    ] {
        assert_eq!(
            api.send(raw_cookie("/api/me", &header)).await.status,
            200,
            "{header}"
        );
    }
}

#[actix_web::test]
async fn a_request_after_logout_does_not_restore_the_session() {
    let api = Api::new();
    let user = api.login().await;
    api.send(user.change(Method::POST, "/api/logout")).await;
    let late = api.send(user.request(Method::GET, "/api/start")).await;
    assert_eq!(late.status, 204);
    me(&api, &user).await.assert_error(401, "UNAUTHORIZED");
}
