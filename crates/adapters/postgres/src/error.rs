//! Classification of database errors, and their conversion to [`StorageError`].

use std::io::ErrorKind;

use domain::StorageError;
use sea_orm::{DbErr, RuntimeErr, sqlx};

pub(crate) fn storage_error(error: DbErr) -> StorageError {
    match class(&error) {
        Class::Unavailable => StorageError::Unavailable(Box::new(error)),
        Class::Aborted => StorageError::Aborted(Box::new(error)),
        Class::Corrupt => StorageError::Corrupt(error.to_string()),
        Class::Other => StorageError::Other(Box::new(error)),
    }
}

/// Whether the connection broke, for example by a restart of the server or a proxy, so that a retry on another
/// connection can succeed. False for a timeout: a second one would take too long for the caller.
pub(crate) fn is_broken_connection(error: &DbErr) -> bool {
    match sqlx_error(error) {
        Some(sqlx::Error::Io(error)) => error.kind() != ErrorKind::TimedOut,
        Some(error) => is_server_close(error),
        None => false,
    }
}

/// Whether the connection is unusable after this error.
pub(crate) fn ends_connection(error: &sqlx::Error) -> bool {
    let is_transport = matches!(
        error,
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed
    );
    is_transport || is_server_close(error)
}

/// Whether the server is starting or has no free connection slot.
pub(crate) fn is_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == ErrorKind::ConnectionRefused,
        sqlx::Error::Database(error) => error
            .code()
            .is_some_and(|code| matches!(code.as_ref(), "57P03" | "53300")),
        _ => false,
    }
}

/// Whether the server reported that it closes the connection.
fn is_server_close(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => error
            .code()
            .is_some_and(|code| is_shutdown(&code) || code.starts_with("08")),
        _ => false,
    }
}

/// Whether the transaction was aborted in favor of another one. Nothing was written, and a retry can succeed.
pub(crate) fn is_aborted(error: &DbErr) -> bool {
    matches!(class(error), Class::Aborted)
}

/// Name of the constraint that the statement violated.
pub(crate) fn violated_constraint(error: &DbErr) -> Option<&str> {
    match sqlx_error(error) {
        Some(sqlx::Error::Database(error)) => error.constraint(),
        _ => None,
    }
}

enum Class {
    Unavailable,
    Aborted,
    Corrupt,
    Other,
}

fn class(error: &DbErr) -> Class {
    match (error, sqlx_error(error)) {
        (DbErr::ConnectionAcquire(_), _)
        | (
            _,
            Some(
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                // Closed while connecting, for example by a proxy without a server.
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed,
            ),
        ) => Class::Unavailable,
        (_, Some(sqlx::Error::Database(error))) => error
            .code()
            .map_or(Class::Other, |code| class_of_sqlstate(&code)),
        (_, Some(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)))
        | (DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. }, _) => Class::Corrupt,
        _ => Class::Other,
    }
}

/// See the appendix "PostgreSQL Error Codes" of its documentation.
fn class_of_sqlstate(code: &str) -> Class {
    match code {
        // Serialization failure, deadlock, foreign key violation (a referenced row was deleted concurrently).
        "40001" | "40P01" | "23503" => Class::Aborted,
        // Statement or lock timeout, read-only standby.
        "57014" | "55P03" | "25006" => Class::Unavailable,
        // Connection exceptions and exhausted resources (connections, memory, disk).
        _ if is_shutdown(code) || code.starts_with("08") || code.starts_with("53") => Class::Unavailable,
        _ => Class::Other,
    }
}

/// The server is shutting down, crashed, or is starting.
fn is_shutdown(code: &str) -> bool {
    matches!(code, "57P01" | "57P02" | "57P03" | "57P05")
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(source))
        | DbErr::Exec(RuntimeErr::SqlxError(source))
        | DbErr::Query(RuntimeErr::SqlxError(source)) => Some(source),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnAcquireErr;

    use super::*;
    use crate::connection::db_error;

    fn reset() -> sqlx::Error {
        sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into())
    }

    #[test]
    fn a_lost_connection_and_a_full_pool_are_unavailable() {
        for error in [
            db_error(reset()),
            db_error(sqlx::Error::PoolTimedOut),
            db_error(sqlx::Error::Protocol(
                "unexpected response from SSLRequest: 0x00".into(),
            )),
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        ] {
            assert!(matches!(storage_error(error), StorageError::Unavailable(_)));
        }
    }

    #[test]
    fn only_a_lost_connection_is_retried() {
        assert!(is_broken_connection(&db_error(reset())));
        let timeout = sqlx::Error::Io(ErrorKind::TimedOut.into());
        assert!(ends_connection(&timeout) && !is_broken_connection(&db_error(timeout)));
        assert!(!is_broken_connection(&db_error(sqlx::Error::PoolTimedOut)));
        assert!(!is_broken_connection(&DbErr::ConnectionAcquire(
            ConnAcquireErr::Timeout
        )));
    }

    #[test]
    fn sqlstates_are_classified() {
        assert!(matches!(class_of_sqlstate("40P01"), Class::Aborted));
        assert!(matches!(class_of_sqlstate("40001"), Class::Aborted));
        assert!(matches!(class_of_sqlstate("23503"), Class::Aborted));
        assert!(matches!(class_of_sqlstate("53300"), Class::Unavailable));
        assert!(matches!(class_of_sqlstate("57P03"), Class::Unavailable));
        assert!(matches!(class_of_sqlstate("23505"), Class::Other));
    }

    #[test]
    fn a_value_of_the_wrong_type_is_corrupt() {
        let error = DbErr::Type("a null value".into());
        assert!(matches!(storage_error(error), StorageError::Corrupt(_)));
    }
}
