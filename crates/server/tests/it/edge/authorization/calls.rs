//! One call of each route that works: the first case of the table that does.

use reqwest::RequestBuilder;
use testkit::client::Client;

use super::{
    Asker, OWNER, Site,
    roles::Role,
    table::{CASES, Thing},
};
use crate::support::document::Operation;

impl Site {
    /// The owner's browser.
    pub(crate) async fn owner(&self) -> Client {
        self.platform.user(OWNER).await
    }

    /// The browser of somebody for whom it works: the owner, or, where it is not for them, another user.
    pub(crate) async fn caller(&self, route: &Operation) -> Client {
        if route.is_for_admins() {
            return self.person(Role::Admin, 900).await;
        }
        let mut cases = CASES.iter().filter(|case| case.0 == route.name());
        if route.is_for_workers() || cases.any(|case| case.2[2] < 400) {
            self.owner().await
        } else {
            self.browser(Asker::Other, 0).await
        }
    }

    /// The call as its owner makes it, or the worker, with everything it needs.
    pub(crate) fn working_call(&self, browser: &Client, route: &Operation) -> RequestBuilder {
        let (asker, path) = self.working(route);
        let query = route.needed_query();
        self.request(browser, asker, &route.method, &format!("{path}{query}"))
    }

    /// Its path.
    pub(crate) fn working_path(&self, route: &Operation) -> String {
        self.working(route).1
    }

    fn working(&self, route: &Operation) -> (Asker, String) {
        let asker = if route.is_for_workers() {
            Asker::Worker
        } else {
            Asker::Owner
        };
        let place = if route.is_for_workers() { 3 } else { 2 };
        let mut cases = CASES.iter().filter(|case| case.0 == route.name());
        let works = |case: &&(&str, Thing, [u16; 4])| case.2[place] < 400;
        let thing = cases
            .clone()
            .find(works)
            .or_else(|| cases.next())
            .map_or(Thing::None, |case| case.1);
        (asker, self.path(&route.path, thing))
    }
}
