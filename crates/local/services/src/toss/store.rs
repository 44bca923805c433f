//! Payments kept in a file, so that those made before a restart can be read after it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::book::Book;

/// The payments in the file; none when there is no file.
///
/// # Errors
/// The file cannot be read, or holds something else.
pub(super) fn load(file: &Path) -> io::Result<Book> {
    match fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Book::default()),
        Err(error) => Err(error),
    }
}

/// Replaces the file at once: whoever stops us leaves the old or the new one.
///
/// # Errors
/// The file cannot be written.
pub(super) fn save(book: &Book, file: &Path) -> io::Result<()> {
    let fresh = file.with_extension("new");
    let mut open = OpenOptions::new();
    let mut written = open
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)?;
    written.write_all(&serde_json::to_vec_pretty(book)?)?;
    written.sync_all()?;
    fs::rename(fresh, file)
}
