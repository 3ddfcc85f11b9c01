//! Libraries that no Windows has, or not every Windows.

/// The origin of a library that a program is linked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The runtime of a compiler used on Linux or by MSYS2: no Windows has it.
    Mingw,
    /// The runtime of a debug build: only Visual Studio has it.
    Debug,
    /// The runtime of Visual C++: installed beside a program, and not part of a nanoserver.
    VisualCpp,
}

/// Prefixes of names, in lower case.
const MINGW: [&str; 12] = [
    "libgcc_s_",
    "libstdc++-",
    "libwinpthread-",
    "libssp-",
    "libgomp-",
    "libatomic-",
    "libquadmath-",
    "libgfortran-",
    "libc++.dll",
    "libunwind.dll",
    "cygwin1.",
    "msys-2.",
];

/// Prefixes of names, in lower case, each followed by a version.
const VISUAL_CPP: [&str; 8] = ["vcruntime", "msvcp", "msvcr", "concrt", "mfc", "vcomp", "vcamp", "vccorlib"];

/// Returns the origin of a library by its name, given in lower case; `None` for Windows' own libraries and those of the
/// application.
#[must_use]
pub(super) fn origin(name: &str) -> Option<Origin> {
    if MINGW.iter().any(|start| name.starts_with(start)) {
        return Some(Origin::Mingw);
    }
    if name == "ucrtbased.dll" {
        return Some(Origin::Debug);
    }
    let rest = VISUAL_CPP.iter().find_map(|start| name.strip_prefix(start))?;
    let stem = rest.strip_suffix(".dll")?;
    // Versions since 2010; `msvcrt.dll` and `msvcp_win.dll` are Windows' own.
    let version: String = stem.chars().take_while(char::is_ascii_digit).collect();
    if !["100", "110", "120", "140"].contains(&version.as_str()) {
        return None;
    }
    let flavour = &stem[version.len()..];
    if flavour.contains("clr") {
        // .NET Framework's own copy.
        return None;
    }
    Some(if flavour.ends_with('d') { Origin::Debug } else { Origin::VisualCpp })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_where_libraries_come_from() {
        for (name, found) in [
            ("libgcc_s_seh-1.dll", Some(Origin::Mingw)),
            ("libstdc++-6.dll", Some(Origin::Mingw)),
            ("vcruntime140.dll", Some(Origin::VisualCpp)),
            ("vcruntime140_1.dll", Some(Origin::VisualCpp)),
            ("msvcp140_codecvt_ids.dll", Some(Origin::VisualCpp)),
            ("msvcr120.dll", Some(Origin::VisualCpp)),
            ("vcruntime140d.dll", Some(Origin::Debug)),
            ("vcruntime140_1d.dll", Some(Origin::Debug)),
            ("ucrtbased.dll", Some(Origin::Debug)),
            ("mfc140u.dll", Some(Origin::VisualCpp)),
            ("msvcrt.dll", None),
            ("msvcp_win.dll", None),
            ("vcruntime140_clr0400.dll", None),
            ("kernel32.dll", None),
            ("mfc.dll", None),
        ] {
            assert_eq!(origin(name), found, "{name}");
        }
    }
}
