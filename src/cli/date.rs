//! Dates as `2026-11-25`.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

/// Today, in UTC: the same on every machine of a team.
pub(crate) fn today() -> String {
    TimeZone::UTC.to_datetime(Timestamp::now()).date().to_string()
}

/// Days from one date to another; `None` where either is no date.
pub(crate) fn days_between(from: &str, to: &str) -> Option<i64> {
    let (from, to): (Date, Date) = (from.parse().ok()?, to.parse().ok()?);
    Some(i64::from(from.until(to).ok()?.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_months_and_leap_days() {
        assert_eq!(days_between("2024-02-28", "2024-03-01"), Some(2));
        assert_eq!(days_between("2026-11-25", "2027-11-25"), Some(365));
        assert_eq!(days_between("2026-11-25", "2026-11-24"), Some(-1));
        assert_eq!(days_between("2026-11-25", "2027-02-30"), None);
        assert_eq!(days_between("2026-11-25", "soon"), None);
    }

    #[test]
    fn today_is_a_date() {
        assert_eq!(days_between(&today(), &today()), Some(0));
    }
}
