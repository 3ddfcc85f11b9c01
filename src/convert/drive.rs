//! Rejects Windows paths with a misused drive.

use super::ErrorKind;

/// Checks a destination or a working directory in a Windows image: the drive's current directory is not known
/// (`C:`), and a drive within a path would become the name of a directory (`C:C:/x`).
pub(super) fn check(written: &str) -> Result<(), ErrorKind> {
    let rest = match written.split_once(':') {
        Some((drive, rest)) if drive.eq_ignore_ascii_case("c") => rest,
        // Upstream reports everything else in its own words.
        _ => return Ok(()),
    };
    if rest.is_empty() {
        return Err(ErrorKind::BareDrive(written.to_owned()));
    }
    if rest.contains(':') {
        return Err(ErrorKind::SecondColon { path: written.to_owned(), drive: written[..2].to_owned() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_drive_and_a_path() {
        for path in ["C:/", "c:x", r"C:\x", "x", "/x", "D:", "a:b"] {
            assert!(check(path).is_ok(), "{path}");
        }
        assert!(
            check("C:")
                .unwrap_err()
                .to_string()
                .ends_with("write C:/ for the drive's root, or . for the working directory")
        );
        for path in ["C:C:/x", "c:/a:b"] {
            assert!(matches!(check(path), Err(ErrorKind::SecondColon { .. })), "{path}");
        }
    }
}
