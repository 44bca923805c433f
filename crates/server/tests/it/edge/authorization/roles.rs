//! Every route as another artist and as an admin.

use testkit::client::Client;

use super::{
    Asker, Site,
    table::{CASES, Thing},
};

/// What another artist and an admin are answered where that is not what another user is. Every case of
/// [`CASES`] is asked as both; without a row here the answer is another user's.
const OTHERWISE: &[(&str, Thing, [u16; 2])] = &[
    // Unfinished styles: for their owner and for admins.
    ("GET /api/styles/{id}", Thing::FailedStyle, [404, 200]),
    // An artist has styles, also none yet; being an admin makes nobody an artist.
    ("GET /api/styles/me", Thing::None, [200, 403]),
    ("POST /api/styles", Thing::None, [201, 403]),
    ("POST /api/users/me/upgrade-to-artist", Thing::None, [409, 200]),
    ("GET /api/admin/owed-tokens", Thing::None, [403, 200]),
    // Admins remove what anybody said.
    ("DELETE /api/comments/{id}", Thing::Comment, [403, 204]),
];

#[derive(Debug, Clone, Copy)]
pub(super) enum Role {
    Artist,
    Admin,
}

impl Site {
    /// A person with this role; another one each time.
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
                let name = format!("other-admin-{number}");
                let admin = self.platform.user(&format!("{name}@example.com")).await;
                let id = admin.get("/api/auth/me").await.data(200)["id"].clone();
                let grant = format!("UPDATE users SET is_admin = true WHERE id = {id}");
                self.platform.execute(&grant).await;
                admin
            }
        }
    }
}

#[tokio::test]
async fn a2_every_route_answers_other_artists_and_admins_as_it_says() {
    let site = Site::open().await;
    for (route, thing, _) in OTHERWISE {
        let known = CASES.iter().any(|case| case.0 == *route && case.1 == *thing);
        assert!(known, "{route} ({thing:?}) is no case of CASES");
    }
    let operations = site.platform.operations().await;
    let mut wrong = Vec::new();
    for (number, (route, thing, [_, other, ..])) in CASES.iter().enumerate() {
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let operation = operations.iter().find(|operation| operation.name() == *route);
        let query = operation.expect("a described route").needed_query();
        let path = format!("{}{query}", site.path(path, *thing));
        let method = method.parse().expect("a method");
        let row = OTHERWISE.iter().find(|row| row.0 == *route && row.1 == *thing);
        let expected = row.map_or([*other; 2], |row| row.2);
        for (role, expected) in [Role::Artist, Role::Admin].into_iter().zip(expected) {
            let person = site.person(role, number).await;
            let request = site.request(&person, Asker::Other, &method, &path);
            let answer = person.send(request).await;
            if answer.status.as_u16() != expected {
                let (found, text) = (answer.status, answer.text);
                wrong.push(format!(
                    "{route} ({thing:?}) as {role:?}: {found} and not {expected}: {text}"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "where that is right, say so in OTHERWISE:\n  {}",
        wrong.join("\n  ")
    );
    site.platform.assert_books_balance().await;
}
