//! A QR code as a small picture: one path of horizontal runs, a fifth of the size of one square for each module.

use std::fmt::Write;

use fast_qr::QRBuilder;

/// Four modules of light around the code, as ISO/IEC 18004 asks.
const QUIET: usize = 4;

/// The code of an address as SVG, black on white in every scheme, since scanners expect it so.
///
/// `None` when the address is too long for any version (2,331 bytes at the usual correction).
pub fn qr_svg(address: &str) -> Option<String> {
    let code = QRBuilder::new(address).build().ok()?;
    let mut path = String::new();
    for y in 0..code.size {
        let dark: Vec<bool> = code[y].iter().take(code.size).map(|module| module.value()).collect();
        let mut x = 0;
        while x < dark.len() {
            let run = dark[x..].iter().take_while(|module| **module == dark[x]).count();
            if dark[x] {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run;
        }
    }
    let side = code.size + 2 * QUIET;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" ><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_its_quiet_ground() {
        let svg = qr_svg("https://chinhphu.vn/kiem-tra#/proof/019ab3f0").unwrap();
        let side: usize =
            svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let right = side - QUIET - 7;
        for corner in
            ["M4 4h7v1h-7z".to_owned(), format!("M{right} 4h7v1h-7z"), format!("M4 {right}h7v1h-7z")]
        {
            assert!(svg.contains(&corner), "{corner}");
        }
        assert!(!svg.contains("M0 ") && svg.len() < 12_000);
    }

    #[test]
    fn what_does_not_fit_is_not_drawn() {
        assert!(qr_svg(&"a".repeat(4_000)).is_none());
    }
}
