//! Sorting and filtering that several lists share.

use domain::{Fault, ports::queries::Sort};

use crate::edge::cursor::Order;

/// Most tags a list is filtered by.
pub const MAX_FILTER_TAGS: usize = 10;

/// Reads `sort`.
pub fn parse_sort(raw: &str) -> Result<Sort, Fault> {
    match raw {
        "recent" => Ok(Sort::Recent),
        "popular" => Ok(Sort::Popular),
        _ => Err(Fault::NotOneOf {
            allowed: "recent, popular",
        }),
    }
}

/// The cursor's order of a sort.
pub fn order_of(sort: Sort) -> Order {
    match sort {
        Sort::Recent => Order::Time,
        Sort::Popular => Order::Count,
    }
}
