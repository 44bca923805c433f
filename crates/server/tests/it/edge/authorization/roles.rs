//! Every route as another artist and as an admin.

use testkit::client::Client;

use super::{
    AuthorizationFixture, Caller,
    table::{CASES, Resource},
};

/// Statuses for another artist and for an admin that differ from those of another user. Every case of [`CASES`] is
/// tested for both.
const ROLE_STATUSES: &[(&str, Resource, [u16; 2])] = &[
    // Untrained styles are visible to their owner and to admins.
    ("GET /api/styles/{id}", Resource::FailedStyle, [404, 200]),
    // The artist has no styles. The admin is not an artist.
    ("GET /api/styles/me", Resource::None, [200, 403]),
    ("POST /api/styles", Resource::None, [201, 403]),
    ("POST /api/users/me/upgrade-to-artist", Resource::None, [409, 200]),
    ("GET /api/admin/owed-tokens", Resource::None, [403, 200]),
    // Admins can delete every comment.
    ("DELETE /api/comments/{id}", Resource::Comment, [403, 204]),
];

#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    Artist,
    Admin,
}

impl AuthorizationFixture {
    /// A new account with this role per `number`.
    pub(super) async fn person(&self, role: Role, number: usize) -> Client {
        match role {
            Role::Artist => {
                let artist = self
                    .platform
                    .user(&format!("other-artist-{number}@example.com"))
                    .await;
                artist.become_artist("Other Artist").await;
                artist
            }
            Role::Admin => {
                let name = format!("other_admin_{number}");
                let admin = self.platform.user(&format!("{name}@example.com")).await;
                self.platform.make_admin(&name).await;
                admin
            }
        }
    }
}

#[tokio::test]
async fn a2_every_route_answers_other_artists_and_admins_as_listed() {
    let fixture = AuthorizationFixture::start().await;
    for (route, resource, _) in ROLE_STATUSES {
        let known = CASES.iter().any(|case| case.0 == *route && case.1 == *resource);
        assert!(known, "{route} ({resource:?}) is not in CASES");
    }
    let operations = fixture.platform.operations().await;
    let mut wrong = Vec::new();
    for (number, (route, resource, [other, _])) in CASES.iter().enumerate() {
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let operation = operations.iter().find(|operation| operation.name() == *route);
        let query = operation.expect("a described route").required_query();
        let path = format!("{}{query}", fixture.path(path, *resource));
        let method = method.parse().expect("a method");
        let row = ROLE_STATUSES
            .iter()
            .find(|row| row.0 == *route && row.1 == *resource);
        let expected = row.map_or([*other; 2], |row| row.2);
        for (role, expected) in [Role::Artist, Role::Admin].into_iter().zip(expected) {
            let person = fixture.person(role, number).await;
            let request = fixture.request(&person, Caller::Other, &method, &path);
            let answer = person.send(request).await;
            if answer.status.as_u16() != expected {
                let (found, text) = (answer.status, answer.text);
                wrong.push(format!(
                    "{route} ({resource:?}) as {role:?}: {found} and not {expected}: {text}"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "where that is right, say so in ROLE_STATUSES:\n  {}",
        wrong.join("\n  ")
    );
    fixture.platform.assert_ledger_balances().await;
}
