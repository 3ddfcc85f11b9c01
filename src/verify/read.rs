//! Files that are read in ranges.
//!
//! The parsers here do no I/O. If a range has not been read yet, they return an error, [`Need`]; the caller reads the
//! range and restarts the parser. So the same code parses files of any size, and a test passes the whole file.

/// A range that has not been read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The offset of the first byte.
    pub offset: u64,
    /// The number of bytes.
    pub length: usize,
}

/// A file, as far as it has been read.
pub trait Read {
    /// Returns the bytes of a range: fewer, or none, if the file ends before.
    ///
    /// # Errors
    ///
    /// Returns the range if it has to be read first.
    fn read(&self, offset: u64, length: usize) -> Result<&[u8], Need>;
}

impl Read for &[u8] {
    fn read(&self, offset: u64, length: usize) -> Result<&[u8], Need> {
        Ok(part(self, offset, length))
    }
}

/// How many bytes are read at once at least: the headers of most programs, and all of a small one.
const CHUNK: usize = 32 << 10;

/// How many ranges of a file are read at most. A file that needs more leads the parser in circles.
const MAX_RANGES: usize = 24;

/// The ranges of a file that have been read.
#[derive(Debug)]
pub struct Ranges {
    size: u64,
    parts: Vec<(u64, Vec<u8>)>,
}

impl Ranges {
    /// Creates a file of `size` bytes of which nothing has been read.
    #[must_use]
    pub const fn new(size: u64) -> Self {
        Self { size, parts: Vec::new() }
    }

    /// Returns the range to read for what is needed; `None` if the file has needed too many ranges.
    #[must_use]
    pub fn next(&self, need: Need) -> Option<Need> {
        (self.parts.len() < MAX_RANGES).then_some(Need { length: need.length.max(CHUNK), ..need })
    }

    /// Adds a range that was asked for. If it has fewer bytes, the file ends there.
    pub fn add(&mut self, asked: Need, bytes: Vec<u8>) {
        if bytes.len() < asked.length {
            self.size = self.size.min(asked.offset.saturating_add(bytes.len() as u64));
        }
        self.parts.push((asked.offset, bytes));
    }
}

impl Read for Ranges {
    fn read(&self, offset: u64, length: usize) -> Result<&[u8], Need> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = length.min(left);
        let found = self.parts.iter().find_map(|(start, bytes)| {
            let part = part(bytes, offset.checked_sub(*start)?, length);
            (part.len() == length).then_some(part)
        });
        found.map_or_else(|| if length == 0 { Ok(&[][..]) } else { Err(Need { offset, length }) }, Ok)
    }
}

fn part(bytes: &[u8], offset: u64, length: usize) -> &[u8] {
    let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).unwrap_or_default();
    &rest[..rest.len().min(length)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_once() {
        let mut ranges = Ranges::new(1 << 30);
        let need = ranges.read(10, 4).unwrap_err();
        assert_eq!(need, Need { offset: 10, length: 4 });
        let asked = ranges.next(need).unwrap();
        assert_eq!(asked.length, CHUNK);
        ranges.add(asked, vec![7; CHUNK]);
        assert_eq!(ranges.read(12, 4).unwrap(), [7; 4]);
        assert_eq!(ranges.read(0, 4).unwrap_err().offset, 0);
    }

    #[test]
    fn a_file_ends_where_its_bytes_do() {
        // The directory listed a larger size than the file has.
        let mut ranges = Ranges::new(100);
        ranges.add(Need { offset: 0, length: 100 }, vec![1; 3]);
        assert_eq!(ranges.read(1, 50).unwrap(), [1, 1]);
        assert!(ranges.read(3, 50).unwrap().is_empty());
        assert_eq!((&[1, 2][..]).read(1, 9).unwrap(), [2]);
    }

    #[test]
    fn a_file_cannot_ask_for_ever() {
        let mut ranges = Ranges::new(u64::MAX);
        let asked = (0..).take_while(|i| {
            let need = ranges.read(i << 32, 1).unwrap_err();
            ranges.next(need).is_some_and(|asked| {
                ranges.add(asked, vec![0; asked.length]);
                true
            })
        });
        assert_eq!(asked.count(), MAX_RANGES);
    }
}
