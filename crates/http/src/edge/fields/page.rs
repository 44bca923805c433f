//! Paging parameters of lists.

use domain::page::{PageRequest, PageSize, Sort};
use serde_json::Value;

use super::{Field, Fields, OrDefault, Property};
use crate::edge::cursor::Order;

/// `limit` and `cursor` of a list sorted by time.
#[derive(Debug)]
pub struct TimePage(pub PageRequest);

impl Field for TimePage {
    fn read(fields: &mut Fields, _: &'static str) -> Option<Self> {
        fields.page(Order::Time).map(Self)
    }

    fn describe(_: &'static str, _: &str, _: Option<Value>) -> Vec<Property> {
        let cursor = "`next_cursor` of the previous page, or an RFC 3339 time in lists sorted by time.";
        let mut limit = <OrDefault<PageSize> as Field>::describe("limit", "Maximum number of results.", None);
        limit.extend(<Option<String> as Field>::describe("cursor", cursor, None));
        limit
    }
}

crate::request! {
    /// A page of a list sorted by time.
    pub struct PageQuery {
        /// `limit` and `cursor`.
        page: TimePage,
    }
}

/// `sort`, `limit` and `cursor`.
#[derive(Debug)]
pub struct SortedPage {
    pub sort: Sort,
    pub page: PageRequest,
}

impl Field for SortedPage {
    fn read(fields: &mut Fields, _: &'static str) -> Option<Self> {
        let sort = OrDefault::read(fields, "sort").map(|OrDefault(sort)| sort);
        let page = fields.page(match sort.unwrap_or_default() {
            Sort::Recent => Order::Time,
            Sort::Popular => Order::Count,
        });
        Some(Self {
            sort: sort?,
            page: page?,
        })
    }

    fn describe(name: &'static str, about: &str, _: Option<Value>) -> Vec<Property> {
        let about = format!("`recent`: newest first; `popular`: {}", about.trim());
        let mut sort = <OrDefault<Sort> as Field>::describe("sort", &about, None);
        sort.extend(TimePage::describe(name, "", None));
        sort
    }
}
