//! Versions of Windows that are out of support.
//!
//! The table is of a date, not of today: a check that finds nothing now finds nothing tomorrow, until this
//! program is updated. Dates are those of Microsoft's lifecycle pages, the extended support where there is one.

/// Until when the table is right.
pub const AS_OF: &str = "2026-11-01";

/// A build, what it is called, and the day its support ends.
const ENDS: [(u32, &str, &str); 11] = [
    (14393, "ltsc2016", "2027-01-12"),
    (16299, "1709", "2019-04-09"),
    (17134, "1803", "2019-11-12"),
    (17763, "ltsc2019", "2029-01-09"),
    (18362, "1903", "2020-12-08"),
    (18363, "1909", "2021-05-11"),
    (19041, "2004", "2021-12-14"),
    (19042, "20H2", "2022-08-09"),
    (20348, "ltsc2022", "2031-10-14"),
    (25398, "23H2", "2025-10-24"),
    (26100, "ltsc2025", "2034-11-14"),
];

/// The name of a build and the day its support ended, if it has.
#[must_use]
pub fn ended(build: u32) -> Option<(&'static str, &'static str)> {
    ENDS.iter().find(|row| row.0 == build && row.2 < AS_OF).map(|row| (row.1, row.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_by_the_date_of_the_table() {
        assert_eq!(ended(19042), Some(("20H2", "2022-08-09")));
        assert_eq!(ended(25398), Some(("23H2", "2025-10-24")));
        for build in [14393, 17763, 20348, 26100, 99999] {
            assert_eq!(ended(build), None, "{build}");
        }
        assert!(ENDS.is_sorted_by_key(|row| row.0));
    }
}
