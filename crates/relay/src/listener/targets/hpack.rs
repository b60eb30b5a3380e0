//! Reading blocks of compressed headers (HPACK, RFC 7541).
//!
//! By hand, but for the Huffman code: the crates that were there to take build a table for each string, or move the rest of a
//! block for each header, which a stranger's request could make last for seconds.

use std::collections::VecDeque;

use httlib_huffman::{DecoderSpeed, decode};

/// The most that earlier headers take (section 4.1), as long as the settings say nothing else.
const TABLE: usize = 4096;

/// What earlier headers of a connection are remembered, newest first (section 2.3.2).
#[derive(Debug)]
pub(super) struct Reader {
    kept: VecDeque<(Vec<u8>, Vec<u8>)>,
    size: usize,
    most: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            kept: VecDeque::new(),
            size: 0,
            most: TABLE,
        }
    }
}

impl Reader {
    /// Gives each name and value of a block, until that says false. `None` then, and when it can't be read.
    pub(super) fn read(&mut self, block: &[u8], mut each: impl FnMut(&[u8], &[u8]) -> bool) -> Option<()> {
        let mut rest = block;
        while let Some(first) = rest.first() {
            let is_wanted = match first {
                // Both as before (section 6.1).
                0x80.. => {
                    let (name, value) = self.entry(integer(&mut rest, 7)?)?;
                    each(name, value)
                }
                // A new size of the table (section 6.3).
                0x20..0x40 => {
                    self.most = integer(&mut rest, 5).filter(|size| *size <= TABLE)?;
                    self.evict();
                    true
                }
                // A value of its own (section 6.2), remembered or not.
                first => {
                    let is_kept = *first >= 0x40;
                    let name = match integer(&mut rest, if is_kept { 6 } else { 4 })? {
                        0 => text(&mut rest)?,
                        index => self.entry(index)?.0.to_vec(),
                    };
                    let value = text(&mut rest)?;
                    let is_wanted = each(&name, &value);
                    if is_kept {
                        self.size += size(&name, &value);
                        self.kept.push_front((name, value));
                        self.evict();
                    }
                    is_wanted
                }
            };
            if !is_wanted {
                return None;
            }
        }
        Some(())
    }

    fn entry(&self, index: usize) -> Option<(&[u8], &[u8])> {
        let index = index.checked_sub(1)?;
        if let Some((name, value)) = STATIC.get(index) {
            return Some((name.as_bytes(), value.as_bytes()));
        }
        let (name, value) = self.kept.get(index - STATIC.len())?;
        Some((name, value))
    }

    fn evict(&mut self) {
        while self.size > self.most
            && let Some((name, value)) = self.kept.pop_back()
        {
            self.size -= size(&name, &value);
        }
    }
}

/// Section 4.1.
fn size(name: &[u8], value: &[u8]) -> usize {
    name.len() + value.len() + 32
}

/// A number whose first bits stand in the last `bits` of a byte (section 5.1). None that is needed has more than four bytes.
fn integer(rest: &mut &[u8], bits: u8) -> Option<usize> {
    let (first, mut after) = rest.split_first()?;
    let most = (1 << bits) - 1;
    let mut value = usize::from(*first) & most;
    if value == most {
        for place in 0..4 {
            let (byte, next) = after.split_first()?;
            after = next;
            value += usize::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                *rest = after;
                return Some(value);
            }
        }
        return None;
    }
    *rest = after;
    Some(value)
}

/// A string (section 5.2).
fn text(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let is_huffman = rest.first()? & 0x80 != 0;
    let length = integer(rest, 7)?;
    let (bytes, after) = rest.split_at_checked(length)?;
    *rest = after;
    if !is_huffman {
        return Some(bytes.to_vec());
    }
    let mut text = Vec::with_capacity(length * 2);
    decode(bytes, &mut text, DecoderSpeed::FiveBits).ok()?;
    Some(text)
}

/// What every connection begins with (appendix A).
#[rustfmt::skip]
const STATIC: [(&str, &str); 61] = [
    (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"),
    (":scheme", "http"), (":scheme", "https"), (":status", "200"), (":status", "204"), (":status", "206"),
    (":status", "304"), (":status", "400"), (":status", "404"), (":status", "500"), ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
    ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""),
    ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""), ("content-length", ""),
    ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""), ("date", ""), ("etag", ""),
    ("expect", ""), ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""), ("if-modified-since", ""),
    ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""),
    ("location", ""), ("max-forwards", ""), ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""),
    ("referer", ""), ("refresh", ""), ("retry-after", ""), ("server", ""), ("set-cookie", ""),
    ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""), ("via", ""),
    ("www-authenticate", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(byte).collect()
    }

    fn read(reader: &mut Reader, block: &str) -> Option<Vec<String>> {
        let mut all = Vec::new();
        reader.read(&hex(block), |name, value| {
            all.push(format!(
                "{}: {}",
                String::from_utf8_lossy(name),
                String::from_utf8_lossy(value)
            ));
            true
        })?;
        Some(all)
    }

    /// The standard's own: appendices C.3 and C.4, three requests on a connection, without and with Huffman's code.
    #[test]
    fn the_standards_examples() {
        for requests in [
            [
                "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
                "8286 84be 5808 6e6f 2d63 6163 6865",
                "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
            ],
            [
                "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
                "8286 84be 5886 a8eb 1064 9cbf",
                "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
            ],
        ] {
            let mut reader = Reader::default();
            let told = requests.map(|request| read(&mut reader, request).unwrap());
            let host = ":authority: www.example.com";
            assert_eq!(told[0], [":method: GET", ":scheme: http", ":path: /", host]);
            assert_eq!(
                told[1],
                [
                    ":method: GET",
                    ":scheme: http",
                    ":path: /",
                    host,
                    "cache-control: no-cache"
                ]
            );
            let last = [
                ":method: GET",
                ":scheme: https",
                ":path: /index.html",
                host,
                "custom-key: custom-value",
            ];
            assert_eq!(told[2], last);
            assert_eq!((reader.kept.len(), reader.size), (3, 164));
        }
    }

    #[test]
    fn the_table_keeps_to_its_size_and_what_refers_beyond_isnt_read() {
        let mut reader = Reader::default();
        // Room for one (10 + 1 + 32 bytes): the second takes the first one's place.
        assert_eq!(
            read(&mut reader, "3f0e 4101 61 4101 62 be").unwrap(),
            [":authority: a", ":authority: b", ":authority: b"]
        );
        for block in [
            // The first one; nothing; one that is far away; a table that is too large; texts and a number that break off.
            "bf",
            "80",
            "ff 80 01",
            "3f e2 1f",
            "41 05 61",
            "41",
            "41 7f ff ff ff ff 01",
            "40 81 ff ff",
        ] {
            assert_eq!(read(&mut reader, block), None, "{block}");
        }
        assert_eq!(read(&mut reader, "20 82").unwrap(), [":method: GET"]);
        assert_eq!((reader.kept.len(), reader.size), (0, 0));
    }
}
