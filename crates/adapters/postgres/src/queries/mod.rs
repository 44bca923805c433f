//! The read side: each query answers one screen in one or two statements, whatever the length of the list.
//!
//! Lists are read page by page along an index. The text of a statement depends on which filters are set and on the
//! size of the page, never on a value, so that each kind of list is planned once per connection; a size that were a
//! parameter would let the planner expect a tenth of the table.

mod comments;
mod feed;
mod fields;
mod follows;
mod generations;
mod keyset;
mod notifications;
mod own_generations;
mod own_styles;
#[cfg(test)]
mod plans;
mod purchases;
mod search;
mod sql;
mod style_list;
mod styles;
mod tags;
mod tokens;
mod transactions;
mod users;

/// What each connection of the pool must be set to, for the lists to be read as meant. With the default cost of random
/// reads, that of a spinning disk, the plan kept for all values reads and sorts everything of a person or style that
/// has much of it instead of one page along the index; and compiling a statement takes longer than any of these runs.
pub const SESSION_SETTINGS: [(&str, &str); 2] = [("random_page_cost", "1.1"), ("jit", "off")];

/// A filter by several tags reads at most this many of the newest rows that carry the rarest of them, and an order
/// without an index of its own at most this many of the newest rows.
const WINDOW: i64 = 10_000;

/// A filter by a common tag looks at so many rows along the order of the list before it asks for the tag's own rows: a
/// tag that the window does not hold is on one row in a hundred, as long as there are no more than a million.
const WALK: i64 = 2_500;

/// Places in the queue are counted up to here.
const MAX_QUEUE_POSITION: i64 = 1000;
