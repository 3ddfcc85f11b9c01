//! Detects archives among downloads by their first bytes.
//!
//! Mirrors `IsArchive` of moby/buildkit's `util/archiveutil`, which looks in at most 1024 bytes for the magic
//! number of a compressed stream or for a first entry that Go's `archive/tar` can read.

const BLOCK: usize = 512;

/// Returns whether `header`, the first bytes of a file, are those of an archive.
///
/// Go reads the entry that a PAX or GNU name header belongs to, which is beyond these bytes: a tar that
/// starts with such a header is not detected. A global PAX header counts as an entry of its own.
pub(super) fn is_archive(header: &[u8]) -> bool {
    is_compressed(header) || matches!(first_entry(header), Some(Entry::File | Entry::Global))
}

/// Returns whether `header` could be an archive's to a reader that sees all of the file.
pub(super) fn may_be_archive(header: &[u8]) -> bool {
    is_compressed(header) || first_entry(header).is_some()
}

/// Returns whether the bytes start like bzip2, gzip, xz or zstd; zstd may also start with a skippable frame.
fn is_compressed(header: &[u8]) -> bool {
    const MARKS: [&[u8]; 4] =
        [b"BZh", &[0x1f, 0x8b, 0x08], &[0xfd, b'7', b'z', b'X', b'Z', 0], &[0x28, 0xb5, 0x2f, 0xfd]];
    MARKS.iter().any(|mark| header.starts_with(mark))
        || (header.len() >= 8 && header[0] & 0xf0 == 0x50 && header[1..4] == [0x2a, 0x4d, 0x18])
}

/// The first entry of a tar.
enum Entry {
    File,
    /// A PAX header for all entries, complete.
    Global,
    /// A header for the next entry, or an incomplete one.
    Prefix,
}

/// The format of a header, by its fields in addition to those of the oldest format.
#[derive(PartialEq)]
enum Format {
    V7,
    Gnu,
    Ustar,
    Star,
}

fn first_entry(header: &[u8]) -> Option<Entry> {
    let (block, rest) = header.split_at_checked(BLOCK)?;
    let format = format(block)?;
    let size = number(&block[124..136]).filter(|size| *size >= 0)?;
    for field in [100..108, 108..116, 116..124, 136..148] {
        number(&block[field])?;
    }
    if format != Format::V7 {
        number(&block[329..337])?;
        number(&block[337..345])?;
    }
    if format == Format::Star {
        number(&block[476..488])?;
        number(&block[488..500])?;
    }
    Some(match block[156] {
        b'S' if format != Format::Gnu => return None,
        b'g' => {
            let records = usize::try_from(size).ok().and_then(|size| rest.get(..size));
            if records.is_some_and(are_pax_records) { Entry::Global } else { Entry::Prefix }
        }
        b'x' | b'L' | b'K' => Entry::Prefix,
        _ => Entry::File,
    })
}

/// Returns the format, if the checksum is correct. Old archives summed signed bytes.
fn format(block: &[u8]) -> Option<Format> {
    let stored = octal(&block[148..156])?;
    let bytes =
        || block.iter().enumerate().map(|(i, byte)| if (148..156).contains(&i) { b' ' } else { *byte });
    let unsigned: i64 = bytes().map(i64::from).sum();
    let signed: i64 = bytes().map(|byte| i64::from(byte.cast_signed())).sum();
    if stored != unsigned && stored != signed {
        return None;
    }
    Some(match &block[257..265] {
        b"ustar  \0" => Format::Gnu,
        mark if mark.starts_with(b"ustar\0") && block.ends_with(b"tar\0") => Format::Star,
        mark if mark.starts_with(b"ustar\0") => Format::Ustar,
        _ => Format::V7,
    })
}

/// Parses a number in octal digits, or in binary if the first bit is set.
fn number(field: &[u8]) -> Option<i64> {
    let (&first, rest) = field.split_first()?;
    if first & 0x80 == 0 {
        return octal(field);
    }
    // Two's complement without the bit that marks binary numbers.
    let negative = first & 0x40 != 0;
    let invert = if negative { 0xff } else { 0 };
    let start = u64::from((first ^ invert) & 0x7f);
    let value = rest
        .iter()
        .try_fold(start, |value, byte| (value >> 56 == 0).then(|| value << 8 | u64::from(byte ^ invert)))?;
    let value = i64::try_from(value).ok()?;
    Some(if negative { !value } else { value })
}

/// Parses octal digits between spaces and NULs; an empty field is zero.
fn octal(field: &[u8]) -> Option<i64> {
    let is_padding = |byte: &u8| matches!(byte, b' ' | 0);
    let start = field.iter().position(|byte| !is_padding(byte)).unwrap_or(field.len());
    let end = field.iter().rposition(|byte| !is_padding(byte)).map_or(start, |last| last + 1);
    let digits = field[start..end].split(|byte| *byte == 0).next().unwrap_or_default();
    digits.iter().try_fold(0_i64, |value, digit| match digit {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(i64::from(digit - b'0')),
        _ => None,
    })
}

/// Returns whether the bytes are records of the form `LENGTH KEY=VALUE\n`.
fn are_pax_records(mut records: &[u8]) -> bool {
    while !records.is_empty() {
        let Some(space) = records.iter().position(|byte| *byte == b' ') else { return false };
        let length = str::from_utf8(&records[..space]).ok().and_then(|text| text.parse::<usize>().ok());
        let Some(record) = length.and_then(|length| records.get(..length)) else { return false };
        let Some(body) = record.get(space + 1..) else { return false };
        let key = body
            .strip_suffix(b"\n")
            .and_then(|body| body.split(|byte| *byte == b'=').next().filter(|key| key.len() < body.len()));
        if key.is_none_or(|key| key.is_empty() || key.contains(&0)) {
            return false;
        }
        records = &records[record.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares headers with upstream's verdicts.
    #[test]
    fn agrees_with_upstream() {
        let text = include_str!("../../../testdata/options/archives.txt");
        let mut count = 0;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let [expected, name, length, header] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let mut header = crate::gateway::base64::decode(header).unwrap();
            header.resize(length.parse().unwrap(), 0);
            assert_eq!(is_archive(&header), expected == "true", "{name}");
            count += 1;
        }
        assert!(count > 20);
    }

    #[test]
    fn a_name_header_is_one_for_a_reader_that_sees_the_rest() {
        let mut block = [0; 1024];
        block[..4].copy_from_slice(b"name");
        block[156] = b'x';
        block[148..156].copy_from_slice(b"        ");
        let sum: u32 = block[..512].iter().map(|b| u32::from(*b)).sum();
        block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        assert!(may_be_archive(&block) && !is_archive(&block));
        assert!(!may_be_archive(&[0; 1024]) && !may_be_archive(b"FROM scratch\n"));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(header in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..1100)) {
            let _ = (is_archive(&header), may_be_archive(&header));
        }
    }
}
