//! Base64 with the standard alphabet and padding, the form in which Go's `encoding/json` writes bytes.

use std::iter;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes `bytes`.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().chain(iter::repeat(&0)).take(3).fold(0, |word, &byte| word << 8 | usize::from(byte));
        let digits = [18, 12, 6, 0].map(|shift| char::from(ALPHABET[word >> shift & 63]));
        text.extend(&digits[..=chunk.len()]);
        text.extend(iter::repeat_n('=', 3 - chunk.len()));
    }
    text
}

/// Decodes `text`, skipping line breaks as Go does. `None` if it is not base64.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let padding = text.iter().rev().take(2).take_while(|&&byte| byte == b'=').count();
    let digits = &text[..text.len() - padding];
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for chunk in digits.chunks(4) {
        let mut word = 0_u32;
        for index in 0..4 {
            let value = chunk.get(index).map_or(Some(0), |&digit| value_of(digit))?;
            word = word << 6 | value;
        }
        let [_, word @ ..] = word.to_be_bytes();
        bytes.extend_from_slice(&word[..chunk.len() - 1]);
    }
    Some(bytes)
}

fn value_of(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).unwrap(), bytes.as_bytes());
        }
        assert_eq!(encode(&[0xfb, 0xff, 0xfe]), "+//+");
        assert_eq!(decode("Zm9v\r\nYmE=\n").unwrap(), b"fooba");
    }

    #[test]
    fn what_is_not_base64() {
        for text in ["Z", "Zg=", "Z===", "====", "Zg=a", "Zm9v!mE=", "Zg==Zg=="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn there_and_back(bytes: Vec<u8>) {
            proptest::prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }
}
