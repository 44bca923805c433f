//! The provider's clock, which tests can advance.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, FixedOffset, SecondsFormat, TimeDelta, Utc};

/// Korea's offset from UTC in seconds.
const KOREA_OFFSET_SECONDS: i32 = 9 * 3_600;

#[derive(Debug, Default)]
pub(super) struct Clock {
    ahead_seconds: AtomicI64,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the provider is another party and uses the system time"
    )]
    pub(super) fn now(&self) -> DateTime<Utc> {
        let ahead = TimeDelta::seconds(self.ahead_seconds.load(Ordering::SeqCst));
        DateTime::<Utc>::from(SystemTime::now()) + ahead
    }

    pub(super) fn advance(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        self.ahead_seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

/// Toss's format: `2026-11-01T09:00:00+09:00`.
pub(super) fn korean_time(time: DateTime<Utc>) -> String {
    match FixedOffset::east_opt(KOREA_OFFSET_SECONDS) {
        Some(korea) => time
            .with_timezone(&korea)
            .to_rfc3339_opts(SecondsFormat::Secs, false),
        None => time.to_rfc3339_opts(SecondsFormat::Secs, true),
    }
}

/// As in Toss's API, a time without an offset is Korean time.
pub(super) fn parse_korean_time(raw: &str) -> Option<DateTime<Utc>> {
    let with_offset = if raw.contains('+') || raw.ends_with('Z') {
        raw.to_owned()
    } else {
        format!("{raw}+09:00")
    };
    let time = DateTime::parse_from_rfc3339(&with_offset).ok()?;
    Some(time.to_utc())
}
