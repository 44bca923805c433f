//! Every route with what it answers to whom. A route that is not here fails the test.

use std::collections::BTreeSet;

use super::{Asker, Site};
use crate::support::document::Operation;

/// Which thing stands for `{id}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    None,
    Style,
    FailedStyle,
    Queued,
    Private,
    Public,
    Owner,
    Comment,
    Notification,
}

/// A route about a thing, and the status for somebody unknown, another user, the owner and a worker.
pub(super) type Case = (&'static str, Thing, [u16; 4]);

const ASKERS: [Asker; 4] = [Asker::Anonymous, Asker::Other, Asker::Owner, Asker::Worker];

/// In this order: what changes a thing comes after what is asked about it.
pub(super) const CASES: &[Case] = &[
    ("GET /api/health", Thing::None, [200, 200, 200, 200]),
    ("GET /api/health/live", Thing::None, [200, 200, 200, 200]),
    ("GET /api/auth/google/login", Thing::None, [302, 302, 302, 302]),
    ("GET /api/auth/google/callback", Thing::None, [302, 302, 302, 302]),
    ("GET /api/auth/me", Thing::None, [401, 200, 200, 401]),
    ("GET /api/users/{id}", Thing::Owner, [200, 200, 200, 200]),
    ("GET /api/tokens/balance", Thing::None, [401, 200, 200, 401]),
    ("GET /api/tokens/transactions", Thing::None, [401, 200, 200, 401]),
    ("GET /api/tokens/packages", Thing::None, [200, 200, 200, 200]),
    ("POST /api/tokens/purchase", Thing::None, [401, 201, 201, 401]),
    (
        "GET /api/tokens/purchases/{order_id}",
        Thing::None,
        [401, 404, 200, 401],
    ),
    // Browsers come back with or without a session; nothing they bring is believed.
    (
        "GET /api/payments/toss/success",
        Thing::None,
        [302, 302, 302, 302],
    ),
    ("GET /api/payments/toss/fail", Thing::None, [302, 302, 302, 302]),
    ("GET /api/admin/owed-tokens", Thing::None, [401, 403, 403, 401]),
    ("GET /api/styles", Thing::None, [200, 200, 200, 200]),
    ("GET /api/styles/{id}", Thing::Style, [200, 200, 200, 200]),
    ("GET /api/styles/{id}", Thing::FailedStyle, [404, 404, 200, 404]),
    ("GET /api/styles/me", Thing::None, [401, 403, 200, 401]),
    ("GET /api/generations/{id}", Thing::Public, [200, 200, 200, 200]),
    ("GET /api/generations/{id}", Thing::Private, [404, 404, 200, 404]),
    ("GET /api/generations/{id}", Thing::Queued, [404, 404, 200, 404]),
    ("GET /api/generations/me", Thing::None, [401, 200, 200, 401]),
    ("GET /api/generations/feed", Thing::None, [200, 200, 200, 200]),
    (
        "POST /api/users/me/upgrade-to-artist",
        Thing::None,
        [401, 200, 409, 401],
    ),
    ("POST /api/styles", Thing::None, [401, 403, 201, 401]),
    ("PATCH /api/styles/{id}", Thing::Style, [401, 403, 200, 401]),
    ("PATCH /api/styles/{id}", Thing::FailedStyle, [401, 404, 422, 401]),
    (
        "POST /api/styles/{id}/retry-training",
        Thing::Style,
        [401, 403, 409, 401],
    ),
    (
        "POST /api/styles/{id}/retry-training",
        Thing::FailedStyle,
        [401, 404, 202, 401],
    ),
    ("POST /api/generations", Thing::None, [401, 201, 201, 401]),
    ("PATCH /api/generations/{id}", Thing::Queued, [401, 404, 409, 401]),
    (
        "PATCH /api/generations/{id}",
        Thing::Private,
        [401, 404, 200, 401],
    ),
    ("PATCH /api/generations/{id}", Thing::Public, [401, 403, 200, 401]),
    (
        "GET /api/generations/{id}/comments",
        Thing::Public,
        [200, 200, 200, 200],
    ),
    (
        "GET /api/generations/{id}/comments",
        Thing::Private,
        [404, 404, 200, 404],
    ),
    (
        "GET /api/generations/{id}/comments",
        Thing::Queued,
        [404, 404, 409, 404],
    ),
    (
        "POST /api/generations/{id}/comments",
        Thing::Public,
        [401, 201, 201, 401],
    ),
    (
        "POST /api/generations/{id}/comments",
        Thing::Private,
        [401, 404, 201, 401],
    ),
    (
        "POST /api/generations/{id}/like",
        Thing::Public,
        [401, 200, 200, 401],
    ),
    (
        "POST /api/generations/{id}/like",
        Thing::Private,
        [401, 404, 200, 401],
    ),
    (
        "POST /api/generations/{id}/like",
        Thing::Queued,
        [401, 404, 409, 401],
    ),
    (
        "DELETE /api/generations/{id}/like",
        Thing::Public,
        [401, 204, 204, 401],
    ),
    (
        "DELETE /api/generations/{id}/like",
        Thing::Private,
        [401, 404, 204, 401],
    ),
    ("PATCH /api/comments/{id}", Thing::Comment, [401, 403, 200, 401]),
    ("DELETE /api/comments/{id}", Thing::Comment, [401, 403, 204, 401]),
    ("POST /api/users/{id}/follow", Thing::Owner, [401, 200, 400, 401]),
    (
        "DELETE /api/users/{id}/follow",
        Thing::Owner,
        [401, 204, 204, 401],
    ),
    ("GET /api/users/me/following", Thing::None, [401, 200, 200, 401]),
    ("GET /api/search", Thing::None, [200, 200, 200, 200]),
    ("GET /api/notifications", Thing::None, [401, 200, 200, 401]),
    (
        "PATCH /api/notifications/{id}/read",
        Thing::Notification,
        [401, 404, 200, 401],
    ),
    (
        "POST /api/notifications/read-all",
        Thing::None,
        [401, 200, 200, 401],
    ),
    (
        "POST /api/generations/{id}/cancel",
        Thing::Private,
        [401, 404, 409, 401],
    ),
    (
        "POST /api/generations/{id}/cancel",
        Thing::Queued,
        [401, 404, 200, 401],
    ),
    ("PATCH /api/users/me", Thing::None, [401, 200, 200, 401]),
    ("POST /api/auth/logout", Thing::None, [401, 200, 200, 401]),
    (
        "PATCH /api/webhooks/training/progress",
        Thing::None,
        [401, 401, 401, 200],
    ),
    (
        "POST /api/webhooks/training/complete",
        Thing::None,
        [401, 401, 401, 200],
    ),
    (
        "POST /api/webhooks/training/failed",
        Thing::None,
        [401, 401, 401, 200],
    ),
    (
        "PATCH /api/webhooks/inference/progress",
        Thing::None,
        [401, 401, 401, 200],
    ),
    (
        "POST /api/webhooks/inference/complete",
        Thing::None,
        [401, 401, 401, 200],
    ),
    (
        "POST /api/webhooks/inference/failed",
        Thing::None,
        [401, 401, 401, 200],
    ),
    // Its body is believed from nobody, so it is taken from everybody.
    (
        "POST /api/webhooks/toss/payment",
        Thing::None,
        [200, 200, 200, 200],
    ),
    // Last: nothing can be asked of somebody who has left.
    ("DELETE /api/users/me", Thing::None, [401, 204, 204, 401]),
];

impl Site {
    /// The path with this thing's id, and with the owner's order, in their places.
    pub(super) fn path(&self, path: &str, thing: Thing) -> String {
        path.replace("{id}", &self.id(thing).to_string())
            .replace("{order_id}", &self.order)
    }

    fn id(&self, thing: Thing) -> i64 {
        match thing {
            Thing::None => 0,
            Thing::Style => self.style,
            Thing::FailedStyle => self.failed_style,
            Thing::Queued => self.queued,
            Thing::Private => self.private,
            Thing::Public => self.public,
            Thing::Owner => self.owner_id,
            Thing::Comment => self.comment,
            Thing::Notification => self.notification,
        }
    }
}

#[tokio::test]
async fn every_route_has_an_authorization_case_and_answers_as_it_says() {
    let site = Site::open().await;
    let operations = site.platform.operations().await;
    let described: BTreeSet<String> = operations.iter().map(Operation::name).collect();
    let covered: BTreeSet<String> = CASES.iter().map(|case| case.0.to_owned()).collect();
    let missing: Vec<&String> = described.difference(&covered).collect();
    assert!(
        missing.is_empty(),
        "no authorization case for {missing:?}: add one to CASES"
    );
    let gone: Vec<&String> = covered.difference(&described).collect();
    assert!(gone.is_empty(), "the document has no {gone:?}");

    for (number, (route, thing, expected)) in CASES.iter().enumerate() {
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let method = method.parse().expect("a method");
        let operation = operations
            .iter()
            .find(|operation| operation.name() == *route)
            .expect("a described route");
        let path = format!("{}{}", site.path(path, *thing), operation.needed_query());
        for (asker, expected) in ASKERS.into_iter().zip(expected) {
            let browser = site.browser(asker, number).await;
            let answer = browser.send(site.request(&browser, asker, &method, &path)).await;
            let name = format!("{route} ({thing:?}) as {asker:?}");
            assert_eq!(answer.status.as_u16(), *expected, "{name}: {}", answer.text);
            let answers = &operation.described["responses"];
            assert!(
                answers.get(expected.to_string()).is_some(),
                "{name}: {expected} is not in the document"
            );
        }
    }
    site.platform.assert_books_balance().await;
}

fn is_a_workers(route: &str) -> bool {
    ["/webhooks/training/", "/webhooks/inference/"]
        .iter()
        .any(|path| route.contains(path))
}

#[tokio::test]
async fn a_worker_may_call_only_the_webhooks_of_its_kind() {
    let site = Site::open().await;
    let browser = site.platform.browser();
    for (route, ..) in CASES.iter().filter(|case| is_a_workers(case.0)) {
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let wrong = if path.contains("/training/") {
            "inference-server"
        } else {
            "training-server"
        };
        let method = method.parse().expect("a method");
        let request = site
            .request(&browser, Asker::Anonymous, &method, path)
            .bearer_auth(crate::support::TOKEN);
        browser
            .send(request.header("X-Request-Source", wrong))
            .await
            .error(401, "UNAUTHORIZED");
    }
}
