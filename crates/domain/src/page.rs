//! Keyset paging: a page starts after a (sort key, id) pair, so that rows that share a sort key are neither skipped
//! nor repeated, whatever is inserted meanwhile.

use chrono::{DateTime, Utc};

use crate::FieldError;

/// How many rows a page holds: 1 to 100, 20 unless told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u16);

impl PageSize {
    /// Most rows of one page.
    pub const MAX: i64 = 100;

    /// Takes 1 to 100.
    pub fn new(rows: i64) -> Result<Self, FieldError> {
        match u16::try_from(rows) {
            Ok(n @ 1..=100) => Ok(Self(n)),
            _ => Err(FieldError::OutOfRange {
                min: 1,
                max: Self::MAX,
            }),
        }
    }

    /// The number of rows.
    pub fn get(self) -> usize {
        usize::from(self.0)
    }

    /// What a query must fetch to know whether there is a further page: one row more.
    pub fn fetch(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(20)
    }
}

/// The place in a list after which a page starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// For orders by a count (`popular`): the count of the last row shown.
    pub count: Option<i64>,
    /// Time of the last row shown.
    pub time: DateTime<Utc>,
    /// Id of the last row shown. A bare time starts before every id of that time.
    pub id: i64,
}

impl Position {
    /// A place in a list sorted by time.
    pub fn at(time: DateTime<Utc>, id: i64) -> Self {
        Self {
            count: None,
            time,
            id,
        }
    }
}

/// Which page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageRequest {
    /// Start after this place; from the top when absent.
    pub after: Option<Position>,
    pub size: PageSize,
}

/// A page of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, at most as many as asked for.
    pub rows: Vec<T>,
    /// Where the next page starts; absent on the last page.
    pub next: Option<Position>,
}

impl<T> Page<T> {
    /// Makes a page of `rows` fetched with [`PageSize::fetch`], whose last surplus row only tells that more follow.
    pub fn of(mut rows: Vec<T>, size: PageSize, place: impl Fn(&T) -> Position) -> Self {
        let more = rows.len() > size.get();
        rows.truncate(size.get());
        let next = if more { rows.last().map(place) } else { None };
        Self { rows, next }
    }
}

/// How a public list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Newest first.
    #[default]
    Recent,
    /// Most used or liked first, then newest. While counts change underneath, a row may move across the cursor.
    Popular,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surplus_row_tells_that_more_follow() {
        let size = PageSize::new(2).unwrap();
        let place = |id: &i64| Position::at(DateTime::UNIX_EPOCH, *id);
        let page = Page::of(vec![9, 8, 7], size, place);
        assert_eq!(
            (page.rows, page.next),
            (vec![9, 8], Some(Position::at(DateTime::UNIX_EPOCH, 8)))
        );
        let last = Page::of(vec![7, 6], size, place);
        assert_eq!((last.rows, last.next), (vec![7, 6], None));
    }

    #[test]
    fn a_page_holds_one_to_a_hundred_rows() {
        for bad in [0, -1, 101, i64::MAX] {
            assert_eq!(
                PageSize::new(bad),
                Err(FieldError::OutOfRange { min: 1, max: 100 })
            );
        }
        assert_eq!(PageSize::new(100).map(PageSize::get), Ok(100));
    }
}
