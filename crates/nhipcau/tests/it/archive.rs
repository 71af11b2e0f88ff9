//! ZIP archives for tests that hand in Word files; the browser tests take this file in, too.

/// A ZIP archive with its members as they are (PKWARE APPNOTE 6.3).
pub fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let (at, size) = ((out.len() as u32).to_le_bytes(), (bytes.len() as u32).to_le_bytes());
        let name_length = (name.len() as u16).to_le_bytes();
        let common =
            [&[0; 8], crc32fast::hash(bytes).to_le_bytes().as_slice(), &size, &size, &name_length, &[0, 0]]
                .concat();
        // The four bytes of version and flags, then the rest that both headers share.
        out.extend([b"PK\x03\x04\x14\0", &common[..], name.as_bytes(), bytes].concat());
        directory
            .extend([b"PK\x01\x02\x14\0\x14\0".as_slice(), &common, &[0; 10], &at, name.as_bytes()].concat());
    }
    let (count, size) = ((members.len() as u16).to_le_bytes(), (directory.len() as u32).to_le_bytes());
    let at = (out.len() as u32).to_le_bytes();
    out.extend(directory);
    out.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &size, &at, &[0, 0]].concat());
    out
}
