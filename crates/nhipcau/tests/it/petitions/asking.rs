//! Sending a petition: what is registered, what is explained instead, what is refused and keeps what was typed.

use network::names::ContentHash;
use nhipcau::verify::proof;
use vietnam::petition_code::Code;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_petition_gets_a_code_a_secret_a_deadline_and_a_proof() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let page = world.get("xa-a.laocai", ASK).await;
    assert!(page.says("tel:113") && page.says("tel:114"), "{}", page.text());
    let home = world.get("xa-a.laocai", "/").await;
    assert!(home.says("href=\"/phan-anh/gui\"") && home.says("href=\"/phan-anh/tra-cuu\""));
    let words = "Đèn đường trước trường tiểu học hỏng.\u{200b}\r\n\r\n\r\n\r\nXin sửa\u{202e} sớm.";
    let receipt =
        posts(&world, "xa-a.laocai", ASK, &form(&[("chuyen-gi", words), ("cho", "ngõ 3")]), None).await;
    let keys = keys(&receipt);
    let code: Code = keys.code.parse().unwrap();
    assert_eq!((code.to_string(), code.number()), (keys.code.clone(), 1));
    assert!(receipt.says("/dich-vu/thoi-han?tu=") && receipt.says("20/2008/NĐ-CP"), "{}", receipt.text());
    assert!(receipt.says("<svg") && receipt.header("cache-control").contains("no-store"));

    // The log says that there is one, and nothing of it.
    assert_eq!(record(&world, "xa-a.laocai", &keys).await, ["registered"]);
    let log = entries(&world, "xa-a.laocai").await.join("\n");
    assert!(!log.contains("Đèn") && !log.contains("ngõ 3"), "{log}");

    // The paper proves it without any server.
    let both = [("ma", keys.code.as_str()), ("bi-mat", keys.secret.as_str())];
    let paper = world.sends("xa-a.laocai", "/phan-anh/tra-cuu/giay", "", &both).await;
    assert!(paper.header("content-disposition").contains(&keys.code), "{paper:?}");
    let text = paper.text().replace("&#34;", "\"");
    assert!(!text.contains(&keys.secret), "the secret stands in no file");
    let proven =
        proof::check(&between(&text, "<pre id=\"proof\">", "</pre>").parse().unwrap(), None).unwrap();
    let entry = String::from_utf8(proven.bytes).unwrap();
    let json = between(&text, "<pre id=\"json\">", "</pre>");
    assert!(json.contains("Đèn đường trước trường tiểu học hỏng.\\n\\nXin sửa sớm."), "cleaned: {json}");
    let salt = hex::decode(between(&text, "<pre>", "</pre>").trim()).unwrap();
    let sum = ContentHash::of(&[b"nhipcau petition\n".as_slice(), &salt, json.as_bytes()].concat());
    assert!(entry.contains(&sum.to_string()), "{entry} commits to {sum}");
    let alone = [both[0], both[1], ("dang", "tlog-proof")];
    let alone = world.sends("xa-a.laocai", "/phan-anh/tra-cuu/giay", "", &alone).await;
    proof::check(&alone.text().parse().unwrap(), None).unwrap();
    // Any portal says what it proves.
    let file = Some(("giay.tlog-proof", "text/plain", alone.bytes.as_slice()));
    let checked = posts(&world, "laocai", "/kiem-tra", &[("hoi", "")], file).await;
    assert!(checked.says("đã tiếp nhận phản ánh") && checked.says(&keys.code), "{}", checked.text());
    for path in [ASK, FOLLOW, "/phan-anh", "/phan-anh/thong-ke"] {
        let (all, _) = world.weight("xa-a.laocai", path).await;
        assert!(all <= 14 * 1024, "{path}: {all} bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_is_one_petition_with_the_same_secret() {
    let world = World::with(["chinhphu"]).await;
    let first = asks(&world, "chinhphu", &[]).await;
    assert_eq!(asks(&world, "chinhphu", &[]).await, first, "the answer was lost, the form is sent again");
    let other = asks(&world, "chinhphu", &[("chuyen-gi", "Rác chưa được dọn ở đầu chợ.")]).await;
    assert!(other.code != first.code && other.secret != first.secret, "other words are another petition");
    let number = |keys: &Keys| keys.code.parse::<Code>().unwrap().number();
    assert!(number(&other) > number(&first));
}

#[tokio::test(flavor = "multi_thread")]
async fn complaints_and_denunciations_are_explained_and_nothing_of_them_is_kept() {
    let world = World::with(["chinhphu"]).await;
    for (words, law) in [
        ("Tôi tố cáo ông Trần Văn X nhận tiền để cấp phép xây dựng", "25/2018/QH14"),
        ("ĐƠN KHIẾU NẠI về quyết định thu hồi đất số 12", "02/2011/QH13"),
        ("toi to cao ba Y o phong dia chinh", "25/2018/QH14"),
    ] {
        // Whatever is ticked: the words leave no doubt.
        let told =
            posts(&world, "chinhphu", ASK, &form(&[("chuyen-gi", words), ("van-la", "on")]), None).await;
        assert!(told.status == 200 && told.says(law) && told.says(words), "{}", told.text());
        assert!(told.says("không lưu lại gì") && !told.says("ma-tra-cuu"), "{}", told.text());
    }
    assert!(entries(&world, "chinhphu").await.iter().all(|line| !line.contains("petition.")));
    assert!(
        super::super::erasure::files_with(&world.home("chinhphu"), "Trần Văn X").is_empty(),
        "nothing is stored"
    );
    // A word alone is a doubt: it is asked, and whoever writes decides.
    let words = [("chuyen-gi", "Đã khiếu nại ba lần với tổ dân phố mà rác vẫn còn đầy ngõ.")];
    let asked = posts(&world, "chinhphu", ASK, &form(&words), None).await;
    assert!(asked.says("name=\"van-la\"") && asked.says("rác vẫn còn đầy ngõ"), "{}", asked.text());
    asks(&world, "chinhphu", &[words[0], ("van-la", "on")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn danger_shows_whom_to_call_at_once() {
    let world = World::with(["chinhphu"]).await;
    let words = [("chuyen-gi", "Đang cháy nhà số 5 ngõ 7, có người mắc kẹt trong nhà")];
    let receipt = posts(&world, "chinhphu", ASK, &form(&words), None).await;
    let page = receipt.text();
    assert!(page.find("tel:114").unwrap() < page.find("ma-phan-anh").unwrap(), "first of all: {page}");
    let wrong = posts(&world, "chinhphu", ASK, &form(&[words[0], ("loai", "x")]), None).await;
    assert!(wrong.status == 422 && wrong.says("hãy gọi ngay:"), "{}", wrong.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_named_and_what_was_typed_stays() {
    let world = World::with(["chinhphu"]).await;
    let long = "đ".repeat(4_001);
    for (field, value, says) in [
        ("chuyen-gi", "......", "Hãy viết rõ hơn"),
        ("chuyen-gi", "\u{200b}\u{200b}\u{feff}", "Hãy viết rõ hơn"),
        ("chuyen-gi", long.as_str(), "Dài 4001 ký tự"),
        ("chuyen-gi", "BÁO CÁO\n\nTUYỆT MẬT\n\nvề việc bố trí lực lượng", "dấu độ mật"),
        ("noi", "quận Ba Đình, Hà Nội", "nay thuộc nhiều xã, phường"),
        ("noi", "xã Không Có Thật", "Không tìm thấy"),
        ("loai", "kien-nghi", "20/2008/NĐ-CP"),
        ("dinh-danh", "hidden", "cơ quan giữ tên"),
        ("loai", "<script>", "Hãy chọn một loại"),
    ] {
        let typed = form(&[("cho", "trước số 12 <b>phố</b>"), (field, value)]);
        let wrong = posts(&world, "chinhphu", ASK, &typed, None).await;
        assert!(
            wrong.status == 422 && wrong.says(says),
            "{field} {value}: {} {}",
            wrong.status,
            wrong.text()
        );
        assert!(wrong.says("trước số 12 &#60;b&#62;phố") && !wrong.says("<b>phố"), "{}", wrong.text());
        assert_eq!(super::super::world::hidden(&wrong.text(), "lan").unwrap().len(), 32);
    }
    // An old name that had several heirs: one of them is chosen, and the case has its place.
    let asked = posts(&world, "chinhphu", ASK, &form(&[("noi", "quận Ba Đình, Hà Nội")]), None).await;
    let code = between(&asked.text(), "name=\"noi-chon\" value=\"", "\"");
    let chosen = asks(&world, "chinhphu", &[("noi", "quận Ba Đình, Hà Nội"), ("noi-chon", &code)]).await;
    assert!(follows(&world, "chinhphu", &chosen).await.says("Thành phố Hà Nội"));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_known_by_their_bytes_and_pictures_are_made_anew() {
    let world = World::with(["chinhphu"]).await;
    let page = b"<html><script>alert(1)</script></html>";
    for (name, bytes) in [("don.pdf", page.as_slice()), ("anh.jpg", b"GIF89a"), ("a.exe", b"MZ\x90\x00")] {
        let refused =
            posts(&world, "chinhphu", ASK, &form(&[]), Some((name, "application/pdf", bytes))).await;
        assert!(
            refused.status == 422 && refused.says(name) && refused.says("Đèn đường"),
            "{}",
            refused.text()
        );
        assert!(refused.says("Hãy chọn lại tệp"));
    }
    let mut picture = image_with_place();
    picture.extend_from_slice(b"GPS hidden behind the end");
    let receipt = posts(&world, "chinhphu", ASK, &form(&[]), Some(("anh.jpg", "image/jpeg", &picture))).await;
    let keys = keys(&receipt);
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let seen = world.sees(&clerk, &format!("{}/tep/1/1", desk(&keys))).await;
    assert_eq!(seen.status, 200);
    assert!(
        seen.header("content-disposition").starts_with("attachment") && seen.bytes.starts_with(&[0xff, 0xd8])
    );
    for trace in [b"GPS".as_slice(), b"Exif"] {
        assert!(!seen.bytes.windows(trace.len()).any(|window| window == trace), "{trace:?}");
    }
    let stored = super::super::erasure::files_with(&world.home("chinhphu"), "GPS hidden behind the end");
    assert!(stored.is_empty(), "{stored:?}");
}

/// A small JPEG with a block of Exif.
fn image_with_place() -> Vec<u8> {
    let pixels = image::RgbImage::from_pixel(32, 32, image::Rgb([200, 30, 30]));
    let mut plain = Vec::new();
    image::DynamicImage::ImageRgb8(pixels)
        .write_to(&mut std::io::Cursor::new(&mut plain), image::ImageFormat::Jpeg)
        .unwrap();
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\0GPSLatitude";
    let mut picture = plain[..2].to_vec();
    picture.extend_from_slice(&[0xff, 0xe1]);
    picture.extend_from_slice(&u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    picture.extend_from_slice(exif);
    picture.extend_from_slice(&plain[2..]);
    picture
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_from_one_network_is_stopped_and_says_so() {
    let world = World::with(["chinhphu"]).await;
    let numbers: Vec<String> =
        (0..21).map(|number| format!("Ổ gà số {number} trên đường liên thôn.")).collect();
    let mut last = None;
    for words in &numbers {
        last = Some(posts(&world, "chinhphu", ASK, &form(&[("chuyen-gi", words)]), None).await);
    }
    let last = last.unwrap();
    assert!(last.status == 429 && last.says("Ổ gà số 20"), "{} {}", last.status, last.text());
    let registered =
        entries(&world, "chinhphu").await.iter().filter(|line| line.contains("petition.")).count();
    assert_eq!(registered, 20);
}
