//! Excerpts of a Dockerfile around a location, as BuildKit's clients show them.

use crate::span::Range;

const RULE: &[u8] = b"--------------------\n";

/// Appends an excerpt of the file that consists of `lines` (upstream's `errdefs.Source.Print`). Appends
/// nothing if the ranges are outside of the file.
pub(super) fn excerpt(out: &mut Vec<u8>, filename: &str, lines: &[&[u8]], ranges: &[Range]) {
    // A range that ends before it starts counts as one line.
    let ranges: Vec<(usize, usize)> = ranges
        .iter()
        .map(|range| (range.start.line as usize, range.end.line.max(range.start.line) as usize))
        .collect();
    let first = ranges.iter().map(|range| range.0).min().unwrap_or_default();
    let last = ranges.iter().map(|range| range.1).max().unwrap_or_default();
    if first < 1 || first > lines.len() {
        return;
    }
    let (mut start, mut end) = (first, last.min(lines.len()));
    let wanted = if start == end { 4 } else { 2 };
    let mut added = 0;
    while added < wanted {
        if start > 1 {
            start -= 1;
            added += 1;
        }
        if end != lines.len() {
            end += 1;
            added += 1;
        }
        added += 1;
    }
    out.extend_from_slice(format!("{filename}:{first}\n").as_bytes());
    out.extend_from_slice(RULE);
    for (number, line) in (start..=end).zip(&lines[start - 1..end]) {
        let marked = ranges.iter().any(|(first, last)| (*first..=*last).contains(&number));
        let mark = if marked { ">>>" } else { "   " };
        out.extend_from_slice(format!(" {number:3} | {mark} ").as_bytes());
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out.extend_from_slice(RULE);
}
