//! A valid call of every route: its first successful case in the table.

use reqwest::RequestBuilder;
use testkit::client::Client;

use super::{
    AuthorizationFixture, Caller, OWNER,
    roles::Role,
    table::{CASES, Case, Resource},
};
use crate::support::document::Operation;

impl AuthorizationFixture {
    pub(crate) async fn owner(&self) -> Client {
        self.platform.user(OWNER).await
    }

    /// A client that may call the route: the owner if possible, else another user.
    pub(crate) async fn working_client(&self, route: &Operation) -> Client {
        if route.is_for_admins() {
            return self.person(Role::Admin, 900).await;
        }
        let mut cases = CASES.iter().filter(|case| case.0 == route.name());
        if route.is_for_workers() || cases.any(|case| case.2[1] < 400) {
            self.owner().await
        } else {
            self.browser(Caller::Other, 0).await
        }
    }

    /// A valid request of the owner or a worker.
    pub(crate) fn working_call(&self, browser: &Client, route: &Operation) -> RequestBuilder {
        let (caller, path) = self.working(route);
        let query = route.required_query();
        self.request(browser, caller, &route.method, &format!("{path}{query}"))
    }

    /// The path of [`Self::working_call`].
    pub(crate) fn working_path(&self, route: &Operation) -> String {
        self.working(route).1
    }

    fn working(&self, route: &Operation) -> (Caller, String) {
        let caller = if route.is_for_workers() {
            Caller::Worker
        } else {
            Caller::Owner
        };
        let mut cases = CASES.iter().filter(|case| case.0 == route.name());
        let works = |case: &&Case| route.is_for_workers() || case.2[1] < 400;
        let resource = cases
            .clone()
            .find(works)
            .or_else(|| cases.next())
            .map_or(Resource::None, |case| case.1);
        (caller, self.path(&route.path, resource))
    }
}
