//! The machine that this program runs on, in Go's names.
//!
//! Mirrors `cpuinfo_linux.go` of `github.com/containerd/platforms`.

use crate::go::unicode::to_lower;

/// A frontend runs in a Linux container, whatever the client's machine.
pub(super) const HOST_OS: &str = "linux";

/// Returns Go's name for the architecture that this program was compiled for.
pub(super) const fn host_architecture() -> &'static str {
    match std::env::consts::ARCH.as_bytes() {
        b"x86_64" => "amd64",
        b"x86" => "386",
        b"aarch64" => "arm64",
        b"powerpc64" => {
            if cfg!(target_endian = "little") {
                "ppc64le"
            } else {
                "ppc64"
            }
        }
        b"loongarch64" => "loong64",
        _ => std::env::consts::ARCH,
    }
}

/// Returns the variant of an ARM machine, from its processor description; empty on any other machine.
pub(super) fn host_variant() -> String {
    match std::env::consts::ARCH {
        "aarch64" => arm_variant(&cpu_info("cpu architecture").unwrap_or_else(|| "8".to_owned())).to_owned(),
        "arm" => {
            let mut level = cpu_info("cpu architecture").unwrap_or_else(|| "7".to_owned());
            // The first Raspberry Pi reports architecture 7; its model name is correct.
            let model = cpu_info("model name").unwrap_or_default();
            if level == "7" && to_lower(&model).starts_with("armv6-compatible") {
                "6".clone_into(&mut level);
            }
            arm_variant(&level).to_owned()
        }
        _ => String::new(),
    }
}

fn arm_variant(level: &str) -> &'static str {
    match to_lower(level).as_str() {
        "8" | "aarch64" => "v8",
        "7" | "7m" | "?(12)" | "?(13)" | "?(14)" | "?(15)" | "?(16)" | "?(17)" => "v7",
        "6" | "6tej" => "v6",
        "5" | "5t" | "5te" | "5tej" => "v5",
        "4" | "4t" => "v4",
        "3" => "v3",
        _ => "unknown",
    }
}

fn cpu_info(field: &str) -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    text.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        let value = parts.next()?;
        (to_lower(name.trim()) == field).then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_levels() {
        assert_eq!(arm_variant("8"), "v8");
        assert_eq!(arm_variant("AArch64"), "v8");
        assert_eq!(arm_variant("7M"), "v7");
        assert_eq!(arm_variant("5TEJ"), "v5");
        assert_eq!(arm_variant("12"), "unknown");
    }
}
