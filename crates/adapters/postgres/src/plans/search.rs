//! Search texts that match many rows, few, none, and many but none of the most used.

use domain::{
    page::PageSize,
    search::{SEARCH_SCAN_LIMIT, SearchText},
};

use crate::{
    plans::{Case, case},
    search::{artists_statement, styles_statement},
};

pub(crate) fn cases() -> Vec<Case> {
    // Each scanned style reads its three tags.
    let max_rows = f64::from(i32::try_from(SEARCH_SCAN_LIMIT).unwrap()) * 3.0;
    let texts = [
        "style",
        "style 4999",
        "tag",
        "tag3",
        "tag77",
        "quiet",
        "artist",
        "artist 4",
        "user",
        "user77",
        "바다",
        "바다 4",
        "수채화",
        "st",
        "t",
        "작",
        "zzzz",
    ];
    let mut cases = Vec::new();
    for raw in texts {
        let text = SearchText::parse(raw).unwrap().pattern();
        for rows in [20, 100] {
            let limit = PageSize::new(rows).unwrap();
            for (kind, sql) in [
                ("styles", styles_statement(&text, limit)),
                ("artists", artists_statement(&text, limit)),
            ] {
                cases.push(case(format!("{rows} {kind} with {raw:?}"), sql, max_rows));
            }
        }
    }
    cases
}
