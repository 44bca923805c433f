//! Failures of the database in the domain's words.

use std::io::ErrorKind;

use domain::StorageError;
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// What a failed statement means to a use case.
pub(crate) fn storage_error(error: DbErr) -> StorageError {
    match class(&error) {
        Class::Unavailable => StorageError::Unavailable(Box::new(error)),
        Class::Aborted => StorageError::Aborted(Box::new(error)),
        Class::Unreadable => StorageError::Corrupt(error.to_string()),
        Class::Other => StorageError::Other(Box::new(error)),
    }
}

/// Whether the connection itself broke: the server restarted, or a proxy cut it. Another connection may well work,
/// and a read can be asked again. Not after a timeout: a second one would be too long for
/// the caller.
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
        sqlx::Error::Database(refusal) => refusal
            .code()
            .is_some_and(|code| matches!(code.as_ref(), "57P03" | "53300")),
        _ => false,
    }
}

/// Whether the server reported that it closes the connection.
fn is_server_close(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(refusal) => refusal
            .code()
            .is_some_and(|code| is_shutdown(&code) || code.starts_with("08")),
        _ => false,
    }
}

/// Whether the transaction lost against another one. Nothing was written; the same again may well work.
pub(crate) fn is_aborted(error: &DbErr) -> bool {
    matches!(class(error), Class::Aborted)
}

/// The constraint a statement was refused by.
pub(crate) fn violated_constraint(error: &DbErr) -> Option<&str> {
    match sqlx_error(error) {
        Some(sqlx::Error::Database(refusal)) => refusal.constraint(),
        _ => None,
    }
}

enum Class {
    Unavailable,
    Aborted,
    Unreadable,
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
                // A connection that is closed while it is made: a proxy whose server is gone.
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed,
            ),
        ) => Class::Unavailable,
        (_, Some(sqlx::Error::Database(refusal))) => refusal
            .code()
            .map_or(Class::Other, |code| class_of_sqlstate(&code)),
        (_, Some(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)))
        | (DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. }, _) => Class::Unreadable,
        _ => Class::Other,
    }
}

/// The classes are those of PostgreSQL's appendix "Error Codes".
fn class_of_sqlstate(code: &str) -> Class {
    match code {
        // Serialization failure, deadlock; what the statement refers to went meanwhile (an account that was erased).
        "40001" | "40P01" | "23503" => Class::Aborted,
        // Statement or lock timeout; a standby that does not take writes.
        "57014" | "55P03" | "25006" => Class::Unavailable,
        // Connection exceptions and exhausted resources (connections, memory, disk).
        _ if is_shutdown(code) || code.starts_with("08") || code.starts_with("53") => Class::Unavailable,
        _ => Class::Other,
    }
}

/// The server goes down, crashed, or is not up yet.
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
    use std::sync::Arc;

    use sea_orm::ConnAcquireErr;

    use super::*;

    fn failed(error: sqlx::Error) -> DbErr {
        DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
    }

    fn reset() -> sqlx::Error {
        sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into())
    }

    #[test]
    fn a_lost_connection_and_a_full_pool_are_unavailable() {
        for error in [
            failed(reset()),
            failed(sqlx::Error::PoolTimedOut),
            failed(sqlx::Error::Protocol(
                "unexpected response from SSLRequest: 0x00".into(),
            )),
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        ] {
            assert!(matches!(storage_error(error), StorageError::Unavailable(_)));
        }
    }

    #[test]
    fn only_a_lost_connection_is_worth_another_one() {
        assert!(is_broken_connection(&failed(reset())));
        let silence = sqlx::Error::Io(ErrorKind::TimedOut.into());
        assert!(ends_connection(&silence) && !is_broken_connection(&failed(silence)));
        assert!(!is_broken_connection(&failed(sqlx::Error::PoolTimedOut)));
        assert!(!is_broken_connection(&DbErr::ConnectionAcquire(
            ConnAcquireErr::Timeout
        )));
    }

    #[test]
    fn sqlstates_are_told_apart() {
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
