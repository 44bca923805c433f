//! Keyset cursors: a position in a list, encoded with the sort order of the list. Opaque to clients. Lists by time also
//! accept a plain timestamp, which existing clients send.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Utc};
use domain::page::Position;

/// Sort order of a list, descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By time, then id.
    Time,
    /// By a count, then time, then id.
    Count,
}

const TIME_TAG: u8 = b't';
const COUNT_TAG: u8 = b'c';

pub fn encode(position: &Position) -> String {
    let mut bytes = Vec::with_capacity(25);
    match position.count {
        Some(count) => {
            bytes.push(COUNT_TAG);
            bytes.extend(count.to_be_bytes());
        }
        None => bytes.push(TIME_TAG),
    }
    bytes.extend(position.time.timestamp_micros().to_be_bytes());
    bytes.extend(position.id.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `None` if the cursor is invalid or has another order. A plain RFC 3339 time selects the rows before that time.
pub fn decode(cursor: &str, order: Order) -> Option<Position> {
    let position = match order {
        Order::Time => decode_opaque(cursor, order).or_else(|| decode_time(cursor)),
        Order::Count => decode_opaque(cursor, order),
    }?;
    // The database does not store times outside these years.
    (0..=9999).contains(&position.time.year()).then_some(position)
}

fn decode_opaque(cursor: &str, order: Order) -> Option<Position> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (tag, mut numbers) = bytes.split_first()?;
    let count = match (order, *tag) {
        (Order::Time, TIME_TAG) => None,
        (Order::Count, COUNT_TAG) => Some(take(&mut numbers)?),
        _ => return None,
    };
    let time = DateTime::from_timestamp_micros(take(&mut numbers)?)?;
    let id = take(&mut numbers)?;
    numbers.is_empty().then_some(Position { count, time, id })
}

fn take(bytes: &mut &[u8]) -> Option<i64> {
    let (number, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(i64::from_be_bytes(*number))
}

fn decode_time(raw: &str) -> Option<Position> {
    // An unescaped `+` in a query string is decoded as a space.
    let time = DateTime::parse_from_rfc3339(&raw.replace(' ', "+")).ok()?;
    // Rows after this position are strictly older, because no row has a lower id.
    Some(Position::at(time.with_timezone(&Utc), i64::MIN))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn positions() -> impl Strategy<Value = Position> {
        let times = -60_000_000_000_000_000_i64..250_000_000_000_000_000;
        (any::<Option<i64>>(), times, any::<i64>()).prop_map(|(count, micros, id)| Position {
            count,
            time: DateTime::from_timestamp_micros(micros).unwrap(),
            id,
        })
    }

    proptest! {
        #[test]
        fn a_cursor_round_trips_in_its_own_order_only(position in positions()) {
            let (own, other) = match position.count {
                Some(_) => (Order::Count, Order::Time),
                None => (Order::Time, Order::Count),
            };
            let cursor = encode(&position);
            prop_assert_eq!(decode(&cursor, own), Some(position));
            prop_assert_eq!(decode(&cursor, other), None);
            prop_assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        }

        #[test]
        fn invalid_cursors_never_panic(text in ".{0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            for raw in [text, URL_SAFE_NO_PAD.encode(bytes)] {
                for order in [Order::Time, Order::Count] {
                    if let Some(position) = decode(&raw, order) {
                        prop_assert!((0..=9999).contains(&position.time.year()));
                    }
                }
            }
        }
    }

    #[test]
    fn a_plain_time_selects_older_rows() {
        let expected = Position::at("2026-01-02T03:04:05.5Z".parse().unwrap(), i64::MIN);
        for raw in [
            "2026-01-02T03:04:05.5Z",
            "2026-01-02T12:04:05.5+09:00",
            "2026-01-02T12:04:05.5 09:00",
        ] {
            assert_eq!(decode(raw, Order::Time), Some(expected), "{raw}");
            assert_eq!(decode(raw, Order::Count), None);
        }
        for bad in [
            "",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "2026-01-02",
            "-0001-01-01T00:00:00Z",
        ] {
            assert_eq!(decode(bad, Order::Time), None, "{bad}");
        }
    }
}
