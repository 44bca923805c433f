//! The ledger: tokens only ever move from one account to another, and every movement is one entry that never changes.
//!
//! Double entry in one row: an [`Entry`] debits one [`Account`] and credits another. Its [`EntryKey`] is unique, so a
//! repeat is refused by the database and not by hope; capture and release share the key `settle:{generation}`,
//! hence a generation is settled at most once. [`Books`] is the rule in its purest form: the reference that the SQL
//! is tested against.

mod books;
mod entry;

pub use books::{Books, LedgerRefusal};
pub use entry::{Account, Entry, EntryKey, EntryKind};

/// An entry under the name of its table: the ledger is `token_transactions`.
pub type TokenTransaction = Entry;
