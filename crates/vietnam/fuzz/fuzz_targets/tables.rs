//! Any text as each of the tables: data or an error, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vietnam::agencies::Agencies;
use vietnam::documents::RelationWords;
use vietnam::number::Abbreviations;
use vietnam::units::{Tables, Units};
use vietnam::working_time::{Calendar, OfficeHours};

fuzz_target!(|text: &str| {
    let _ = Agencies::parse(text);
    let _ = Calendar::parse(text);
    let _ = Calendar::shipped().amended(text);
    let _ = OfficeHours::parse(text);
    let _ = RelationWords::parse(text);
    let _ = Abbreviations::parse(text, "code,also,name,from,until,source\n");
    let _ = Abbreviations::parse("code,kind,name,name_en,from,until,legal_basis\n", text);
    let tables = Tables {
        provinces: "code,kind,name,name_en\n04,tinh,Cao Bằng,Cao Bang\n",
        communes: "code,province,kind,name\n01273,04,phuong,Thục Phán\n",
        code_aliases: "alias,code,reason\n",
        old_districts: "code,province_code,province,name\n040,04,Tỉnh Cao Bằng,Thành phố Cao Bằng\n",
        old_communes: "code,district,name,successors\n",
    };
    let _ = Units::parse(&Tables { provinces: text, ..tables });
    let _ = Units::parse(&Tables { communes: text, ..tables });
    let _ = Units::parse(&Tables { code_aliases: text, ..tables });
    let _ = Units::parse(&Tables { old_districts: text, ..tables });
    let _ = Units::parse(&Tables { old_communes: text, ..tables });
});
