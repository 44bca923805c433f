//! Keyset cursors, opaque to clients: a position in a list, checked against the order of the list. Our own, for no library
//! also takes a bare time, as clients send.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Utc};
use domain::page::Position;

/// Order of a list, newest or highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Time, then id.
    Time,
    /// A count, then time, then id.
    Count,
}

const TIME_TAG: u8 = b't';
const COUNT_TAG: u8 = b'c';

/// The cursor of a position.
pub fn encode(place: &Position) -> String {
    let mut bytes = Vec::with_capacity(25);
    match place.count {
        Some(count) => {
            bytes.push(COUNT_TAG);
            bytes.extend(count.to_be_bytes());
        }
        None => bytes.push(TIME_TAG),
    }
    bytes.extend(place.time.timestamp_micros().to_be_bytes());
    bytes.extend(place.id.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position of a cursor of the same order. Lists by time also take a bare RFC 3339 time and start with older rows.
pub fn decode(cursor: &str, order: Order) -> Option<Position> {
    let place = match order {
        Order::Time => opaque(cursor, order).or_else(|| bare_time(cursor)),
        Order::Count => opaque(cursor, order),
    }?;
    // The database stores no time outside of these years.
    (0..=9999).contains(&place.time.year()).then_some(place)
}

fn opaque(cursor: &str, order: Order) -> Option<Position> {
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

fn bare_time(raw: &str) -> Option<Position> {
    // An unescaped `+` in a query arrives as a space.
    let time = DateTime::parse_from_rfc3339(&raw.replace(' ', "+")).ok()?;
    // Lists run from high to low (time, id): below the lowest id of that time comes only what is older.
    Some(Position::at(time.with_timezone(&Utc), i64::MIN))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn places() -> impl Strategy<Value = Position> {
        let times = -60_000_000_000_000_000_i64..250_000_000_000_000_000;
        (any::<Option<i64>>(), times, any::<i64>()).prop_map(|(count, micros, id)| Position {
            count,
            time: DateTime::from_timestamp_micros(micros).unwrap(),
            id,
        })
    }

    proptest! {
        #[test]
        fn a_cursor_leads_back_to_its_place_in_its_own_order_only(place in places()) {
            let (own, other) = match place.count {
                Some(_) => (Order::Count, Order::Time),
                None => (Order::Time, Order::Count),
            };
            let cursor = encode(&place);
            prop_assert_eq!(decode(&cursor, own), Some(place));
            prop_assert_eq!(decode(&cursor, other), None);
            prop_assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        }

        #[test]
        fn garbage_is_refused_and_never_panics(text in ".{0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            for raw in [text, URL_SAFE_NO_PAD.encode(bytes)] {
                for order in [Order::Time, Order::Count] {
                    if let Some(place) = decode(&raw, order) {
                        prop_assert!((0..=9999).contains(&place.time.year()));
                    }
                }
            }
        }
    }

    #[test]
    fn a_bare_time_starts_with_what_is_older() {
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
