//! Figures drawn and said in every shape; what cannot be drawn named at its cell; the same bytes each time.

use charts::{Around, Cell, Chart, Shape, png, svg, twin};
use proptest::prelude::*;

const HARVEST: &str = "Tỉnh;Lúa đông xuân;Lúa hè thu\nThành phố Hồ Chí Minh và các vùng phụ cận;1.234,5;980\nAn Giang;2.310;1.875,25\nĐồng Tháp;;−12,5\n";

fn around() -> Around {
    Around {
        title: "Sản lượng lúa năm 2026 của một số tỉnh, thành phố".into(),
        unit: "nghìn tấn".into(),
        source: "Cục Thống kê".into(),
    }
}

fn read(shape: Shape, figures: &str) -> Result<Chart, Vec<charts::Fault>> {
    Chart::read(shape, around(), figures)
}

#[test]
fn every_shape_is_drawn_and_rendered_the_same_each_time() {
    let one = "Nguồn thu;Tỷ đồng\nThuế;640,5\nPhí, lệ phí;120\nViện trợ;39,5\n";
    for shape in Shape::ALL {
        let figures = if matches!(shape, Shape::Share | Shape::Figures) { one } else { HARVEST };
        let chart = read(shape, figures).unwrap();
        let drawn = svg(&chart);
        assert_eq!(drawn, svg(&chart));
        assert!(
            drawn.text.contains("<title>Sản lượng lúa")
                && !drawn.text.contains("NaN")
                && !drawn.text.contains("inf"),
            "{shape:?}"
        );
        let picture = png(&drawn).unwrap();
        assert!(picture.starts_with(b"\x89PNG") && picture == png(&drawn).unwrap(), "{shape:?}");
        assert!(
            drawn.pixels.0 == 1280 && (200..2_600).contains(&drawn.pixels.1),
            "{shape:?} {:?}",
            drawn.pixels
        );
        if let Some(folder) = std::env::var_os("CHARTS_SHOTS") {
            std::fs::write(std::path::Path::new(&folder).join(format!("{}.png", shape.word())), picture)
                .unwrap();
        }
    }
}

#[test]
fn figures_are_said_in_words() {
    let said =
        twin(&read(Shape::Bar, "Tỉnh;Sản lượng\nAn Giang;2.310\nĐồng Tháp;1.950,5\nCà Mau;640").unwrap());
    assert_eq!(
        said.text(),
        "Biểu đồ cột “Sản lượng lúa năm 2026 của một số tỉnh, thành phố”: cao nhất là An Giang (2.310 nghìn tấn), thấp nhất là Cà Mau (640 nghìn tấn).\nAn Giang: 2.310\nĐồng Tháp: 1.950,5\nCà Mau: 640"
    );
    let said = twin(&read(Shape::Line, "Năm,Thu,Chi\n2024,\"10,5\",9\n2025,12,9\n2026,8,9").unwrap());
    assert!(
        said.sentence.contains(
            "Thu – giảm từ 10,5 nghìn tấn (2024) đến 8 nghìn tấn (2026), cao nhất 12 nghìn tấn (2025)"
        ),
        "{}",
        said.sentence
    );
    assert!(said.text().ends_with("2026: Thu 8; Chi 9"), "{}", said.text());
    let said = twin(&read(Shape::Share, "Nguồn\tSố\nPhí\t25\nThuế\t75").unwrap());
    assert!(said.sentence.ends_with(": Thuế 75,0 %; Phí 25,0 %."), "{}", said.sentence);
}

#[test]
fn what_is_wrong_is_named_at_its_cell() {
    let told = |shape, figures: &str| {
        read(shape, figures).unwrap_err().into_iter().map(|f| (f.line, f.column)).collect::<Vec<_>>()
    };
    assert_eq!(told(Shape::Bar, "Tỉnh;Số\nA;1.5\n;3\nB;2;9"), [(2, 2), (3, 1), (4, 0)]);
    assert_eq!(told(Shape::Bar, "chỉ tên"), [(0, 0)]);
    assert_eq!(told(Shape::Share, "a;b\nx;-1\ny;2"), [(0, 0)]);
    assert_eq!(told(Shape::Line, "a;b\nx;1"), [(0, 0)]);
    let many: String = (0..40).map(|n| format!("Dòng {n};1\n")).collect();
    assert_eq!(told(Shape::Table, &format!("a;b\n{many}")), [(0, 0)]);
    assert!(
        read(Shape::Table, "Nơi;Việc\nXã A;Đã xong")
            .is_ok_and(|chart| chart.rows[0].cells == [Cell::Words("Đã xong".into())])
    );
    let nameless = Chart::read(Shape::Bar, Around::default(), "a;b\nx;1").unwrap_err();
    assert!(nameless[0].vi.contains("tiêu đề"), "{nameless:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn whatever_is_typed_is_drawn_or_refused(text in "([a-zà-ỹ0-9.,;\\- ]{0,14}\n){0,8}", shape in 0usize..5) {
        if let Ok(chart) = read(Shape::ALL[shape], &text) {
            let drawn = svg(&chart);
            prop_assert!(!drawn.text.contains("NaN") && !drawn.text.contains("inf"), "{}", text);
            prop_assert!(twin(&chart).sentence.chars().count() <= 500);
            prop_assert!(png(&drawn).is_ok());
        }
    }
}
