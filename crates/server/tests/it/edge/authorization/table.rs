//! The statuses of every route by caller. A route without a case fails the test.

use std::collections::BTreeSet;

use super::{AuthorizationFixture, Caller};
use crate::support::document::Operation;

/// The resource whose id replaces `{id}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
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

/// A route with a resource, and the status for another user and the owner. The status for anonymous callers and workers
/// follows from the document: see [`status`].
pub(super) type Case = (&'static str, Resource, [u16; 2]);

const CALLERS: [Caller; 4] = [Caller::Anonymous, Caller::Other, Caller::Owner, Caller::Worker];

/// The order matters: changes of a resource come after its reads.
pub(super) const CASES: &[Case] = &[
    ("GET /api/health", Resource::None, [200, 200]),
    ("GET /api/health/live", Resource::None, [200, 200]),
    ("GET /api/auth/google/login", Resource::None, [302, 302]),
    ("GET /api/auth/google/callback", Resource::None, [302, 302]),
    ("GET /api/auth/me", Resource::None, [200, 200]),
    ("GET /api/users/{id}", Resource::Owner, [200, 200]),
    ("GET /api/tokens/balance", Resource::None, [200, 200]),
    ("GET /api/tokens/transactions", Resource::None, [200, 200]),
    ("GET /api/tokens/packages", Resource::None, [200, 200]),
    ("POST /api/tokens/purchase", Resource::None, [201, 201]),
    ("GET /api/tokens/purchases/{order_id}", Resource::None, [404, 200]),
    // Browsers return with or without a session; the parameters are not trusted.
    ("GET /api/payments/toss/success", Resource::None, [302, 302]),
    ("GET /api/payments/toss/fail", Resource::None, [302, 302]),
    ("GET /api/admin/owed-tokens", Resource::None, [403, 403]),
    ("GET /api/styles", Resource::None, [200, 200]),
    ("GET /api/styles/{id}", Resource::Style, [200, 200]),
    ("GET /api/styles/{id}", Resource::FailedStyle, [404, 200]),
    ("GET /api/styles/me", Resource::None, [403, 200]),
    ("GET /api/generations/{id}", Resource::Public, [200, 200]),
    ("GET /api/generations/{id}", Resource::Private, [404, 200]),
    ("GET /api/generations/{id}", Resource::Queued, [404, 200]),
    ("GET /api/generations/me", Resource::None, [200, 200]),
    ("GET /api/generations/feed", Resource::None, [200, 200]),
    ("POST /api/users/me/upgrade-to-artist", Resource::None, [200, 409]),
    ("POST /api/styles", Resource::None, [403, 201]),
    ("PATCH /api/styles/{id}", Resource::Style, [403, 200]),
    ("PATCH /api/styles/{id}", Resource::FailedStyle, [404, 422]),
    (
        "POST /api/styles/{id}/retry-training",
        Resource::Style,
        [403, 409],
    ),
    (
        "POST /api/styles/{id}/retry-training",
        Resource::FailedStyle,
        [404, 202],
    ),
    ("POST /api/generations", Resource::None, [201, 201]),
    ("PATCH /api/generations/{id}", Resource::Queued, [404, 409]),
    ("PATCH /api/generations/{id}", Resource::Private, [404, 200]),
    ("PATCH /api/generations/{id}", Resource::Public, [403, 200]),
    ("GET /api/generations/{id}/comments", Resource::Public, [200, 200]),
    (
        "GET /api/generations/{id}/comments",
        Resource::Private,
        [404, 200],
    ),
    ("GET /api/generations/{id}/comments", Resource::Queued, [404, 409]),
    (
        "POST /api/generations/{id}/comments",
        Resource::Public,
        [201, 201],
    ),
    (
        "POST /api/generations/{id}/comments",
        Resource::Private,
        [404, 201],
    ),
    ("POST /api/generations/{id}/like", Resource::Public, [200, 200]),
    ("POST /api/generations/{id}/like", Resource::Private, [404, 200]),
    ("POST /api/generations/{id}/like", Resource::Queued, [404, 409]),
    ("DELETE /api/generations/{id}/like", Resource::Public, [204, 204]),
    ("DELETE /api/generations/{id}/like", Resource::Private, [404, 204]),
    ("PATCH /api/comments/{id}", Resource::Comment, [403, 200]),
    ("DELETE /api/comments/{id}", Resource::Comment, [403, 204]),
    ("POST /api/users/{id}/follow", Resource::Owner, [200, 400]),
    ("DELETE /api/users/{id}/follow", Resource::Owner, [204, 204]),
    ("GET /api/users/me/following", Resource::None, [200, 200]),
    ("GET /api/search", Resource::None, [200, 200]),
    ("GET /api/notifications", Resource::None, [200, 200]),
    (
        "PATCH /api/notifications/{id}/read",
        Resource::Notification,
        [404, 200],
    ),
    ("POST /api/notifications/read-all", Resource::None, [200, 200]),
    ("POST /api/generations/{id}/cancel", Resource::Private, [404, 409]),
    ("POST /api/generations/{id}/cancel", Resource::Queued, [404, 200]),
    ("PATCH /api/users/me", Resource::None, [200, 200]),
    ("POST /api/auth/logout", Resource::None, [200, 200]),
    (
        "PATCH /api/webhooks/training/progress",
        Resource::None,
        [401, 401],
    ),
    ("POST /api/webhooks/training/complete", Resource::None, [401, 401]),
    ("POST /api/webhooks/training/failed", Resource::None, [401, 401]),
    (
        "PATCH /api/webhooks/inference/progress",
        Resource::None,
        [401, 401],
    ),
    (
        "POST /api/webhooks/inference/complete",
        Resource::None,
        [401, 401],
    ),
    ("POST /api/webhooks/inference/failed", Resource::None, [401, 401]),
    // The body is only a hint, so it is accepted from everybody.
    ("POST /api/webhooks/toss/payment", Resource::None, [200, 200]),
    // Last, because it deletes the account.
    ("DELETE /api/users/me", Resource::None, [204, 204]),
];

impl AuthorizationFixture {
    /// The path with the resource's id and the owner's order.
    pub(super) fn path(&self, path: &str, resource: Resource) -> String {
        path.replace("{id}", &self.id(resource).to_string())
            .replace("{order_id}", &self.order)
    }

    fn id(&self, resource: Resource) -> i64 {
        match resource {
            Resource::None => 0,
            Resource::Style => self.style,
            Resource::FailedStyle => self.failed_style,
            Resource::Queued => self.queued,
            Resource::Private => self.private,
            Resource::Public => self.public,
            Resource::Owner => self.owner_id,
            Resource::Comment => self.comment,
            Resource::Notification => self.notification,
        }
    }
}

#[tokio::test]
async fn every_route_has_an_authorization_case_and_answers_accordingly() {
    let fixture = AuthorizationFixture::start().await;
    let operations = fixture.platform.operations().await;
    let described: BTreeSet<String> = operations.iter().map(Operation::name).collect();
    let covered: BTreeSet<String> = CASES.iter().map(|case| case.0.to_owned()).collect();
    let missing: Vec<&String> = described.difference(&covered).collect();
    assert!(
        missing.is_empty(),
        "no authorization case for {missing:?}: add one to CASES"
    );
    let gone: Vec<&String> = covered.difference(&described).collect();
    assert!(gone.is_empty(), "not in the document: {gone:?}");

    for (number, (route, resource, expected)) in CASES.iter().enumerate() {
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let method = method.parse().expect("a method");
        let operation = operations
            .iter()
            .find(|operation| operation.name() == *route)
            .expect("a described route");
        let path = format!("{}{}", fixture.path(path, *resource), operation.required_query());
        for caller in CALLERS {
            let expected = status(operation, caller, *expected);
            let browser = fixture.browser(caller, number).await;
            let answer = browser
                .send(fixture.request(&browser, caller, &method, &path))
                .await;
            let name = format!("{route} ({resource:?}) as {caller:?}");
            assert_eq!(answer.status.as_u16(), expected, "{name}: {}", answer.text);
            let answers = &operation.described["responses"];
            assert!(
                answers.get(expected.to_string()).is_some(),
                "{name}: {expected} is not in the document"
            );
        }
    }
    fixture.platform.assert_ledger_balances().await;
}

/// The status of a case for a caller. A caller without suitable credentials gets 401, or the status of another user if
/// the route needs none.
fn status(operation: &Operation, caller: Caller, [other, owner]: [u16; 2]) -> u16 {
    match caller {
        Caller::Other => other,
        Caller::Owner => owner,
        Caller::Worker if operation.is_for_workers() => 200,
        Caller::Anonymous | Caller::Worker if operation.is_anonymous() => other,
        Caller::Anonymous | Caller::Worker => 401,
    }
}

#[tokio::test]
async fn a_worker_can_only_call_webhooks_of_its_kind() {
    let fixture = AuthorizationFixture::start().await;
    let browser = fixture.platform.browser();
    let operations = fixture.platform.operations().await.into_iter();
    let routes: Vec<Operation> = operations.filter(Operation::is_for_workers).collect();
    assert_eq!(routes.len(), 6);
    for route in routes {
        let wrong = if route.source() == "training-server" {
            "inference-server"
        } else {
            "training-server"
        };
        let request = fixture
            .request(&browser, Caller::Anonymous, &route.method, &route.path)
            .bearer_auth(crate::support::TOKEN)
            .header("X-Request-Source", wrong);
        browser.send(request).await.error(401, "UNAUTHORIZED");
    }
}
