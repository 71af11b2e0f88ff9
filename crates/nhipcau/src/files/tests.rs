//! What an attacker would hand in, and what a telephone does.

use std::io::Write as _;

use flate2::write::{DeflateEncoder, ZlibEncoder};
use image::ImageFormat;

use super::*;

/// A picture of four quarters: red, green, blue, white.
fn quarters(width: u32, height: u32) -> image::RgbImage {
    image::RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => image::Rgb([220, 20, 20]),
        (false, true) => image::Rgb([20, 200, 20]),
        (true, false) => image::Rgb([20, 20, 220]),
        (false, false) => image::Rgb([255, 255, 255]),
    })
}

fn encoded(picture: &image::RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(&quarters(width, height), ImageFormat::Jpeg)
}

/// EXIF with an orientation, the maker's name, a place in Hà Nội, and a thumbnail that shows what was cut away.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x03".to_vec();
    tiff.extend(b"\x01\x0f\0\x02\0\0\0\x10\0\0\0\x50"); // maker, at 80
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x60"); // GPS, at 96
    tiff.extend([0; 4]);
    tiff.resize(80, 0);
    tiff.extend(b"SECRETPHONEMAKE\0");
    tiff.extend(b"\0\x01\0\x02\0\x05\0\0\0\x03\0\0\0\x80\0\0\0\0");
    tiff.resize(128, 0);
    for number in [21_u32, 1, 1, 1, 4102, 100] {
        tiff.extend(number.to_be_bytes());
    }
    tiff.extend(b"GPSPLACEHANOI21.0285,105.8542");
    let mut segment = b"Exif\0\0".to_vec();
    segment.extend(tiff);
    segment
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], length.as_slice(), data].concat()
}

/// A photo as a telephone writes it: EXIF with GPS, XMP, IPTC, a comment, and a tail behind the end.
fn photo(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let plain = jpeg(width, height);
    let mut out = plain[..2].to_vec();
    out.extend(segment(0xe1, &exif(orientation)));
    out.extend(segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>XMPOWNERNAME</x:xmpmeta>"));
    out.extend(segment(0xed, b"Photoshop 3.0\0IPTCBYLINE"));
    out.extend(segment(0xfe, b"COMMENTOFCAMERA"));
    out.extend(&plain[2..]);
    out.extend(b"TAILBEHINDTHEEND<script>alert(1)</script>");
    out
}

const TRACES: [&[u8]; 9] = [
    b"Exif",
    b"SECRETPHONEMAKE",
    b"GPSPLACE",
    b"xmpmeta",
    b"XMPOWNERNAME",
    b"IPTCBYLINE",
    b"COMMENTOFCAMERA",
    b"TAILBEHIND",
    b"Photoshop",
];

fn upload(name: &str, bytes: &[u8]) -> Upload {
    Upload { name: name.into(), bytes: bytes.to_vec(), alt: Some("Cầu mới".into()), ..Upload::default() }
}

/// What is said of a file that is not taken.
fn refusal(name: &str, bytes: &[u8]) -> Refusal {
    match take(upload(name, bytes)) {
        Ok(files) => panic!("{name} was taken as {:?}", files[0].0.media),
        Err(refusals) => {
            assert!(refusals.iter().all(|r| !r.vi.is_empty() && !r.en.is_empty()));
            refusals[0].clone()
        }
    }
}

fn kinds(name: &str, bytes: &[u8]) -> String {
    take(upload(name, bytes)).unwrap_or_else(|r| panic!("{name}: {r:?}"))[0].0.media.clone()
}

/// A ZIP archive of deflated members.
pub(crate) fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let mut deflated = DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        deflated.write_all(bytes).unwrap();
        let packed = deflated.finish().unwrap();
        let at = u32::try_from(out.len()).unwrap();
        let sizes: Vec<u8> =
            [packed.len(), bytes.len()].map(|n| u32::try_from(n).unwrap().to_le_bytes()).concat();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let common = [&[0, 0, 0, 0, 0, 0, 0, 0], sizes.as_slice(), &length, &[0, 0]].concat();
        out.extend([b"PK\x03\x04\x14\0\0\0\x08\0".as_slice(), &common, name.as_bytes(), &packed].concat());
        directory.extend(
            [
                b"PK\x01\x02\x14\0\x14\0\0\0\x08\0".as_slice(),
                &common,
                &[0; 10],
                &at.to_le_bytes(),
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let count = u16::try_from(members.len()).unwrap().to_le_bytes();
    let (size, at) = (u32::try_from(directory.len()).unwrap(), u32::try_from(out.len()).unwrap());
    out.extend(directory);
    out.extend(
        [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &size.to_le_bytes(), &at.to_le_bytes(), &[0, 0]]
            .concat(),
    );
    out
}

fn docx(paragraphs: &str) -> Vec<u8> {
    let xml = format!("<w:document><w:body>{paragraphs}</w:body></w:document>");
    archive(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", xml.as_bytes())])
}

#[test]
fn a_photo_goes_out_as_pixels_alone() {
    for (name, bytes) in [
        ("cầu.jpg", photo(700, 300, 1)),
        ("cầu.png", encoded(&quarters(700, 300), ImageFormat::Png)),
        ("cầu.webp", encoded(&quarters(700, 300), ImageFormat::WebP)),
    ] {
        let files = take(upload(name, &bytes)).unwrap();
        let told: Vec<_> =
            files.iter().map(|(file, _)| (file.name.as_str(), file.media.as_str(), file.pixels)).collect();
        assert_eq!(
            told,
            [
                ("cầu.jpg", "image/jpeg", Some((700, 300))),
                ("cầu-640.jpg", "image/jpeg", Some((640, 274))),
                ("cầu-320.jpg", "image/jpeg", Some((320, 137))),
                ("cầu-640.avif", "image/avif", Some((640, 274))),
                ("cầu-320.avif", "image/avif", Some((320, 137))),
            ]
        );
        assert_eq!(files[0].0.alt.as_deref(), Some("Cầu mới"));
        assert!(files[1..].iter().all(|(file, _)| file.of == Some(files[0].0.sha256) && file.alt.is_none()));
        for (file, bytes) in &files {
            assert_eq!(file.sha256, ContentHash::of(bytes));
            for trace in TRACES {
                assert!(!bytes.windows(trace.len()).any(|w| w == trace), "{:?} in {}", trace, file.name);
            }
        }
        let shown = image::load_from_memory(&files[0].1).unwrap().into_rgb8();
        let [red, green] = [40, 660].map(|x| shown.get_pixel(x, 40).0);
        assert!(red[0] > 150 && red[1] < 90 && green[1] > 150 && green[0] < 90, "{name}: {red:?} {green:?}");
        assert_eq!(kind_of(&files[3].1), Kind::Avif);
    }
}

#[test]
fn a_picture_stands_upright_and_is_never_enlarged() {
    // Turned a quarter to the right: what was left and below comes to the top left.
    let files = take(upload("a.jpg", &photo(64, 32, 6))).unwrap();
    assert_eq!(files[0].0.pixels, Some((32, 64)));
    assert_eq!(files.len(), 2, "one width, two formats");
    let shown = image::load_from_memory(&files[0].1).unwrap().into_rgb8();
    assert!(shown.get_pixel(4, 8).0[2] > 150, "blue is at the top left: {:?}", shown.get_pixel(4, 8));
    let wide = take(upload("a.jpg", &photo(2000, 20, 1))).unwrap();
    assert_eq!(wide[0].0.pixels, Some((1280, 12)));
    let tall = take(upload("a.jpg", &photo(1, 40, 1))).unwrap();
    assert_eq!(tall[0].0.pixels, Some((1, 40)));
    let clear = image::RgbaImage::from_pixel(8, 8, image::Rgba([0, 0, 0, 0]));
    let mut png = std::io::Cursor::new(Vec::new());
    clear.write_to(&mut png, ImageFormat::Png).unwrap();
    let files = take(upload("a.png", &png.into_inner())).unwrap();
    let shown = image::load_from_memory(&files[0].1).unwrap().into_rgb8();
    assert!(shown.get_pixel(4, 4).0.iter().all(|c| *c > 250), "what is transparent is white");
}

#[test]
fn a_picture_without_words_is_a_fault() {
    let without = |alt: Option<&str>, decorative| {
        take(Upload { alt: alt.map(str::to_owned), decorative, ..upload("a.jpg", &photo(8, 8, 1)) })
    };
    assert_eq!(without(None, false).unwrap_err()[0].part, "alt");
    assert_eq!(without(Some("  "), false).unwrap_err()[0].part, "alt");
    assert_eq!(without(Some("Cầu"), true).unwrap_err()[0].part, "alt");
    assert_eq!(without(Some(&"x".repeat(501)), false).unwrap_err()[0].part, "alt");
    assert_eq!(without(None, true).unwrap()[0].0.alt.as_deref(), Some(""));
}

#[test]
fn bombs_and_ruins_are_refused_before_they_hurt() {
    // A PNG that claims 50,000 × 50,000 pixels in 60 bytes.
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [50_000_u32.to_be_bytes().as_slice(), &50_000_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let chunk = [b"IHDR".as_slice(), &header].concat();
    png.extend(13_u32.to_be_bytes());
    png.extend(&chunk);
    png.extend(crc32fast::hash(&chunk).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT");
    assert!(refusal("a.png", &png).vi.contains("điểm ảnh"));
    let whole = jpeg(64, 64);
    for length in [3, 20, whole.len() / 4] {
        assert!(refusal("a.jpg", &whole[..length]).vi.contains("hỏng"), "{length} bytes of a JPEG");
    }
    let scans = [whole.as_slice(), &[0xff, 0xda].repeat(200)].concat();
    assert!(refusal("a.jpg", &scans).vi.contains("hỏng"));
    assert!(refusal("a.webp", b"RIFF\x10\0\0\0WEBPVP8 \0\0").vi.contains("hỏng"));
}

#[test]
fn the_bytes_say_what_a_file_is() {
    assert_eq!(kinds("a.pdf", b"%PDF-1.7\n"), "application/pdf");
    assert_eq!(kinds("Số liệu.csv", "năm,số\n2026,1\n".as_bytes()), "text/csv");
    assert_eq!(kinds("a.txt", b"C\xe9ng ho\xb5 x\xb7 h\xe9i"), "text/plain");
    assert_eq!(kinds("a.json", b"{\"a\":1}"), "application/json");
    assert_eq!(
        kinds("a.docx", &docx("")),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    );
    let odt = archive(&[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<x/>")]);
    assert_eq!(kinds("a.odt", &odt), "application/vnd.oasis.opendocument.text");
    let utf16 = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let ole = |name: &str| [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 504], &utf16(name)].concat();
    assert_eq!(kinds("a.doc", &ole("WordDocument")), "application/msword");
    assert_eq!(kinds("a.xls", &ole("Workbook")), "application/vnd.ms-excel");
    assert_eq!(kind_of(b"\0\0\0\x14ftypisom\0\0\0\0mp41\0\0\0\x08free"), Kind::Mp4);
    assert_eq!(kinds("46-cđ-ttg.signed.pdf", b"%PDF-1.4"), "application/pdf");
    assert_eq!(kinds("Báo cáo tháng 12.3", b"%PDF-1.4"), "application/pdf");
    assert_eq!(kinds("BẢN ĐỒ.PDF", b"%PDF-1.4"), "application/pdf");
    assert_eq!(kinds("co\u{0302}ng van.pdf", b"%PDF-1.4"), "application/pdf");
}

#[test]
fn what_is_not_what_it_is_called_is_refused_with_both_named() {
    for (name, bytes, called, is) in [
        ("a.pdf", b"<!DOCTYPE html><script>x</script>".as_slice(), "HTML", "HTML"),
        ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "SVG", "SVG"),
        ("a.jpg", b"<?xml version='1.0'?><!-- x --><svg onload='x()'/>", "SVG", "SVG"),
        ("a.txt", b"\xef\xbb\xbf <html><body>", "HTML", "HTML"),
        ("a.csv", b"<!-- never ends <script>", "HTML", "HTML"),
        ("a.pdf", b"\x7fELF\x02\x01\x01\0", "chương trình", "program"),
        ("a.jpg", b"MZ\x90\0", "chương trình", "program"),
        ("a.txt", b"#!/bin/sh\nrm -rf /", "chương trình", "program"),
        ("a.txt", b"<?php system($_GET[0]);", "chương trình", "program"),
        ("a.gif", b"GIF89a\x01\0", "GIF", "GIF"),
        ("a.avif", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "AVIF", "AVIF"),
        ("a.zip", b"PK\x05\x06", "nén", "Unpack"),
        ("a.docx", b"PK\x03\x04 broken", "Không nhận ra", "not known"),
        ("a.pdf", b"", "Không nhận ra", "not known"),
        ("a.txt", b"a\0b", "Không nhận ra", "not known"),
        ("a.jpg", b"%PDF-1.7", "JPEG", "PDF"),
        ("a.exe", b"%PDF-1.7", ".exe", "PDF"),
        ("a.pdf.html", b"%PDF-1.7", "HTML", "PDF"),
        ("a.docx", b"%PDF-1.7", ".docx", "PDF"),
    ] {
        let said = refusal(name, bytes);
        assert!(said.vi.contains(called) && said.en.contains(is), "{name}: {said:?}");
    }
    let macros =
        archive(&[("[Content_Types].xml", b""), ("word/document.xml", b""), ("word/vbaProject.bin", b"x")]);
    assert!(refusal("a.docx", &macros).vi.contains("macro"));
    assert!(refusal("a.docx", &archive(&[("META-INF/MANIFEST.MF", b"x")])).en.contains("program"));
    assert!(refusal("a.docx", &archive(&[("a.txt", b"x")])).en.contains("Unpack"));
    let wrong = take(Upload { media: "image/png".into(), ..upload("a.pdf", b"%PDF-1.7") }).unwrap_err();
    assert_eq!(wrong[0].part, "type");
    assert!(wrong[0].vi.contains("image/png") && wrong[0].vi.contains("application/pdf"));
    for name in ["", "..", "a/b.pdf", "a\\b.pdf", "gia\u{202e}fdp.exe.pdf", "a\nb.pdf", &"x".repeat(256)] {
        let said = take(upload(name, b"%PDF-1.7")).unwrap_err();
        assert_eq!(said[0].part, "name", "{name:?}");
    }
}

#[test]
fn a_video_that_tells_its_place_is_refused() {
    let film = |moov: &[u8]| {
        let size = u32::try_from(moov.len() + 8).unwrap().to_be_bytes();
        [b"\0\0\0\x10ftypmp42\0\0\0\0".as_slice(), b"\0\0\0\x0cmdat\xa9xyz", &size, b"moov", moov].concat()
    };
    let tells = |bytes: &[u8]| video::tells_where(bytes);
    assert_eq!(tells(&film(b"plain")), None, "the film itself may hold any bytes");
    assert!(tells(&film(b"\0\0\0\x20udta\xa9xyz+21.0285+105.8542/")).unwrap().vi.contains("nơi quay"));
    assert_eq!(tells(b"\0\0\0\x10ftypmp42\0\0\0\0\0\0\0\0moov"), None);
    assert_eq!(tells(b"\0\0\0\x10ftypmp42\0\0\0\0\0\0\0\x02moov"), None);
}

#[test]
fn archives_are_read_within_bounds() {
    let bomb = archive(&[("word/document.xml", &vec![b'a'; 40 << 20])]);
    assert!(bomb.len() < 100_000);
    let open = Archive::open(&bomb).unwrap();
    assert_eq!(open.read("word/document.xml", 1 << 20), Err(zip::ZipError::TooLarge));
    assert_eq!(open.read("x", 1), Err(zip::ZipError::Missing));
    assert_eq!(text_of(Kind::Docx, &bomb), "");
    assert!(matches!(Archive::open(&archive(&[("a", b"1"), ("a", b"2")])), Err(zip::ZipError::Damaged)));
    for cut in [0, 3, 30, bomb.len() - 23] {
        assert!(Archive::open(&bomb[..cut]).is_err());
    }
}

#[test]
fn marks_of_secrecy_are_seen_in_documents() {
    let marked = |kind, bytes: &[u8]| vietnam::secret::in_text(&text_of(kind, bytes)).map(|m| m.degree.vi());
    let run = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    let split = "<w:p><w:r><w:t>T</w:t></w:r><w:r><w:t>&#7888;I M</w:t></w:r><w:r><w:t>ẬT</w:t></w:r></w:p>";
    assert_eq!(marked(Kind::Docx, &docx(split)), Some("Tối mật"));
    let boxed =
        format!("<w:p><w:r><w:t>Số: 1/BC</w:t></w:r><w:txbxContent>{}</w:txbxContent></w:p>", run("MẬT"));
    assert_eq!(marked(Kind::Docx, &docx(&boxed)), Some("Mật"));
    assert_eq!(marked(Kind::Docx, &docx(&run("Căn cứ Luật Bảo vệ bí mật nhà nước"))), None);
    let header = archive(&[
        ("[Content_Types].xml", b""),
        ("word/document.xml", b"<w:p/>"),
        ("word/header1.xml", run("TUYỆT MẬT").as_bytes()),
    ]);
    assert_eq!(marked(Kind::Docx, &header), Some("Tuyệt mật"));
    assert_eq!(marked(Kind::Text, "MẬT\nSố: 1".as_bytes()), Some("Mật"));
    assert_eq!(marked(Kind::Pdf, &pdf("TỐI MẬT")), Some("Tối mật"));
    assert_eq!(marked(Kind::Pdf, &pdf("TỐI MỊT")), None);
}

/// A PDF whose font has codes of its own, as word processors write it.
fn pdf(line: &str) -> Vec<u8> {
    let mut letters: Vec<char> = line.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let code = |c: char| letters.iter().position(|l| *l == c).unwrap() + 1;
    let mut map = "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n9 beginbfchar\n".to_owned();
    for letter in &letters {
        map.push_str(&format!("<{:04X}> <{:04X}>\n", code(*letter), u32::from(*letter)));
    }
    map.push_str("endbfchar");
    let shown: String = line.chars().map(|c| format!("{:04X}", code(c))).collect();
    let page = format!("BT /F1 12 Tf 72 720 Td [<{}> 5 <{}>] TJ ET", &shown[..8], &shown[8..]);
    let mut out = b"%PDF-1.7\n".to_vec();
    for stream in [map, page] {
        let mut packed = ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(stream.as_bytes()).unwrap();
        out.extend(b"1 0 obj\n<</Filter/FlateDecode>>\nstream\n");
        out.extend(packed.finish().unwrap());
        out.extend(b"\nendstream\nendobj\n");
    }
    out
}

#[test]
fn a_clip_comes_with_its_words_and_captions() {
    let Some(clip) = clip::tests::filmed() else { return };
    let said = Some("0:00 Kính thưa bà con.\n0:02 Lũ đang lên.".to_owned());
    let files = take(Upload { text: said.clone(), ..upload("hop bao.mp4", &clip) }).unwrap();
    let told: Vec<_> = files.iter().map(|(file, _)| (file.name.as_str(), file.media.as_str())).collect();
    assert_eq!(
        told,
        [
            ("hop bao.mp4", "video/mp4"),
            ("hop bao-360.mp4", "video/mp4"),
            ("hop bao-240.mp4", "video/mp4"),
            ("hop bao-144.mp4", "video/mp4"),
            ("hop bao.m4a", "audio/mp4"),
            ("hop bao.jpg", "image/jpeg"),
            ("hop bao.vtt", "text/vtt"),
        ]
    );
    assert_eq!((files[0].0.text.clone(), files[0].0.seconds, files[0].0.of), (said, Some(4), None));
    assert!(files[1..].iter().all(|(file, _)| file.of == Some(files[0].0.sha256) && file.text.is_none()));
    let captions = String::from_utf8(files[6].1.clone()).unwrap();
    assert!(captions.contains("00:00:02.000 --> 00:00:04.000\nLũ đang lên."), "{captions}");
    for (text, part) in
        [("x".repeat(8_001), "text"), ("a\u{7}b".into(), "text"), ("gia\u{202e}fdp".into(), "text")]
    {
        let refused = take(Upload { text: Some(text), ..upload("a.mp4", &clip) }).unwrap_err();
        assert_eq!(refused[0].part, part);
    }
}

#[test]
fn a_picture_is_made_to_fit_a_limit() {
    let mut grain = 7_u32;
    let noise = image::RgbImage::from_fn(900, 700, |_, _| {
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(grain >> 8) as u8, (grain >> 16) as u8, (grain >> 24) as u8])
    });
    let mut jpeg = Vec::new();
    jpeg_encoder::Encoder::new(&mut jpeg, 90)
        .encode(noise.as_raw(), 900, 700, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    let (small, pixels) = within(&jpeg, 60_000).unwrap();
    assert!(small.len() <= 60_000 && kind_of(&small) == Kind::Jpeg && pixels.0 < 900, "{pixels:?}");
    assert!(pixels.0.abs_diff(pixels.1 * 9 / 7) < 4, "its shape stays: {pixels:?}");
    assert_eq!(within(&jpeg, 10).unwrap_err().part, "base64");
    assert!(within(b"x", 60_000).is_err());
}
