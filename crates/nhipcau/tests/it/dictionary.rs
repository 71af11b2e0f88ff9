//! Pages as the difference from a dictionary (RFC 9842): read back to the very page, smaller, only for who holds the dictionary, and
//! never what is drawn for one visitor.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nhipcau::web::dictionary;
use sha2::{Digest, Sha256};

use super::world::{Answer, World, notice};

const PORTAL: &str = "xa-a.laocai";

async fn asks(world: &World, path: &str, takes: &str, more: &[(&'static str, &str)]) -> Answer {
    let mut request = world.request("GET", PORTAL, path).header("accept-encoding", takes);
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    world.ask(request).await
}

/// A portal with an item; the item's path, the dictionary as the page names it, and the header that says it is held.
async fn a_portal() -> (World, String, Vec<u8>, String) {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = notice("Lịch tiêm chủng", &"Tiêm tại trạm y tế của xã, mang theo sổ. ".repeat(20));
    let item = world.issues(PORTAL, item).await;
    world.settle().await;
    let path = format!("/muc/{}", item.reference);
    let page = asks(&world, &path, "identity", &[]).await.text();
    let link =
        page.split("rel=\"compression-dictionary\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let given = asks(&world, link, "identity", &[]).await;
    assert_eq!(given.header("use-as-dictionary"), "match=\"/*\", match-dest=(\"document\" \"\")");
    assert!(given.header("cache-control").contains("immutable"));
    let held = format!(":{}:", STANDARD.encode(Sha256::digest(&given.bytes)));
    (world, path, given.bytes, held)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_comes_as_the_difference_to_who_holds_the_dictionary() {
    let (world, item, dictionary, held) = a_portal().await;
    let holds: &[(&'static str, &str)] = &[("available-dictionary", &held)];
    let mut weights = Vec::new();
    for path in [item.as_str(), "/", "/thong-tin", "/dich-vu", "/mang", "/en/thong-tin"] {
        // A page that is drawn anew meanwhile is another one.
        let (whole, gzip, packed) = loop {
            let whole = asks(&world, path, "identity", &[]).await;
            let gzip = asks(&world, path, "gzip", &[]).await;
            let packed = asks(&world, path, "gzip, br, zstd, dcb, dcz", holds).await;
            if asks(&world, path, "identity", &[]).await.bytes == whole.bytes {
                break (whole, gzip, packed);
            }
        };
        assert_eq!((packed.status, packed.header("content-encoding")), (200, "dcz"), "{path}");
        for answer in [&packed, &gzip, &whole] {
            assert!(answer.header("vary").contains("available-dictionary"), "{path}");
        }
        // RFC 9842, 5: a skippable frame of Zstandard with the dictionary's SHA-256, then the stream.
        assert_eq!(packed.bytes[..8], [0x5e, 0x2a, 0x4d, 0x18, 0x20, 0, 0, 0], "{path}");
        assert_eq!(packed.bytes[8..40], Sha256::digest(&dictionary)[..], "{path}");
        let mut reader = zstd::bulk::Decompressor::with_dictionary(&dictionary).unwrap();
        assert_eq!(reader.decompress(&packed.bytes[40..], 1 << 22).unwrap(), whole.bytes, "{path}");
        assert_eq!(gzip.bytes, whole.bytes, "{path}");
        weights.push((path.to_owned(), nhipcau::web::gzip::gzip(&whole.bytes).len(), packed.bytes.len()));
    }
    println!("path, bytes in gzip, by the dictionary ({} once): {weights:?}", dictionary.len());
    for (path, gzip, packed) in &weights {
        assert!(packed * 10 < gzip * 7, "{path}: {packed} bytes instead of {gzip}");
    }
    // Another dictionary, or a reader that takes no difference: as before. The client of these tests unpacks gzip by itself.
    let whole = asks(&world, &item, "identity", &[]).await;
    let other: &[(&'static str, &str)] = &[("available-dictionary", ":AAAA:")];
    for (takes, holds) in
        [("gzip, dcz", other), ("gzip", holds), ("gzip, dcz;q=0", holds), ("gzip, dcz", &[])]
    {
        let answer = asks(&world, &item, takes, holds).await;
        assert!(answer.header("content-encoding") != "dcz" && answer.bytes == whole.bytes, "{takes}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_form_of_a_page_has_its_validator_and_who_lacks_the_dictionary_is_sent_the_page() {
    let (world, path, _, held) = a_portal().await;
    let holds = ("available-dictionary", held.as_str());
    let gzip = asks(&world, &path, "gzip", &[]).await.header("etag").to_owned();
    let packed = asks(&world, &path, "gzip, dcz", &[holds]).await.header("etag").to_owned();
    assert_ne!(gzip, packed);
    for held in [&gzip, &packed] {
        let again = asks(&world, &path, "gzip, dcz", &[holds, ("if-none-match", held)]).await;
        assert_eq!((again.status, again.header("etag")), (304, held.as_str()));
    }
    assert_eq!(asks(&world, &path, "gzip", &[("if-none-match", &gzip)]).await.status, 304);
    // A cache between that holds the difference must not hand it to who cannot read it.
    let without = asks(&world, &path, "gzip", &[("if-none-match", &packed)]).await;
    assert_eq!((without.status, without.header("etag")), (200, gzip.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_for_one_visitor_never_comes_by_the_dictionary() {
    let (world, _, _, held) = a_portal().await;
    let holds = ("available-dictionary", held.as_str());
    for path in
        ["/tim-kiem?q=tiem", "/dang-nhap", "/phan-anh/tra-cuu", "/api/v1/items", "/feed.atom", "/khong-co"]
    {
        let answer = asks(&world, path, "gzip, dcz", &[holds]).await;
        assert_ne!(answer.header("content-encoding"), dictionary::ENCODING, "{path}");
    }
    let staff = world.staff(PORTAL, "lan", &["editor"]).await;
    let console = asks(&world, "/ban-lam-viec", "gzip, dcz", &[holds, ("cookie", &staff.cookie)]).await;
    assert!(console.status == 200 && console.header("content-encoding") != dictionary::ENCODING);
}
