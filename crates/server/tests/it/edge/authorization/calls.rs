//! A valid call of each route: the first successful case of the table.

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

    /// The browser of a caller for whom the route works: the owner where possible, else another user.
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

    /// A valid request of the owner or of a worker.
    pub(crate) fn working_call(&self, browser: &Client, route: &Operation) -> RequestBuilder {
        let (caller, path) = self.working(route);
        let query = route.needed_query();
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
