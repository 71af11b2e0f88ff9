#!/usr/bin/env python3
"""Regenerates what in data/ comes from the gathered sources, so that the derivation can be checked.

    python3 data/build.py [SOURCES]        # SOURCES: the folder of gathered data, default ../shared/data

Promises: the same sources give the same bytes; a source that no longer has the expected shape stops the build with a
message that names it. Refuses to guess: what a source does not say stays empty. The demo's documents are built by
build_demo.py. README.md names what is written by hand, besides tables in these two scripts (English names, dates with their
legal basis).
"""
import csv
import json
import shutil
import sys
import unicodedata
from pathlib import Path

sys.dont_write_bytecode = True
import build_demo  # noqa: E402

HERE = Path(__file__).resolve().parent
SOURCES = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent.parent / "shared" / "data"

STRUCTURE = "Nghị quyết 176/2025/QH15"  # structure of the Government, in force from 2025-03-01
STRUCTURE_FROM = "2025-03-01"
PROVINCES_RESOLUTION = "Nghị quyết 202/2025/QH15"  # 34 provinces; their governments work from 2025-07-01
PROVINCES_FROM = "2025-07-01"
GAZETTE_MENU = "congbao.chinhphu.vn, 7/2026"

# English names as the Government's own English pages write them.
MINISTRIES_EN = {
    "Bộ Công an": "Ministry of Public Security",
    "Bộ Công Thương": "Ministry of Industry and Trade",
    "Bộ Dân tộc và Tôn giáo": "Ministry of Ethnic and Religious Affairs",
    "Bộ Giáo dục và Đào tạo": "Ministry of Education and Training",
    "Bộ Khoa học và Công nghệ": "Ministry of Science and Technology",
    "Bộ Ngoại giao": "Ministry of Foreign Affairs",
    "Bộ Nông nghiệp và Môi trường": "Ministry of Agriculture and Environment",
    "Bộ Nội vụ": "Ministry of Home Affairs",
    "Bộ Quốc phòng": "Ministry of National Defence",
    "Bộ Tài chính": "Ministry of Finance",
    "Bộ Tư pháp": "Ministry of Justice",
    "Bộ Văn hóa, Thể thao và Du lịch": "Ministry of Culture, Sports and Tourism",
    "Bộ Xây dựng": "Ministry of Construction",
    "Bộ Y tế": "Ministry of Health",
    "Ngân hàng Nhà nước Việt Nam": "State Bank of Viet Nam",
    "Thanh tra Chính phủ": "Government Inspectorate",
    "Văn phòng Chính phủ": "Office of the Government",
}
# Created in 2025; the others existed before these data begin, so their first day is left empty.
NEW_IN_2025 = {"Bộ Dân tộc và Tôn giáo", "Bộ Nông nghiệp và Môi trường"}
# The list of ministries has no domain for it; several public link lists have this one, none is official.
DOMAINS_ADDED = {"Thanh tra Chính phủ": "thanhtra.gov.vn"}
# Bodies that ended on 2025-03-01, with the code of Decision 20/2020 where the source gives it, and their successor.
ENDED = [
    ("Bộ Giao thông vận tải", "Ministry of Transport", "G04", "Bộ Xây dựng"),
    ("Bộ Kế hoạch và Đầu tư", "Ministry of Planning and Investment", "G05", "Bộ Tài chính"),
    ("Bộ Lao động - Thương binh và Xã hội", "Ministry of Labour, Invalids and Social Affairs", "G07", "Bộ Nội vụ"),
    ("Bộ Nông nghiệp và Phát triển nông thôn", "Ministry of Agriculture and Rural Development", "G10",
     "Bộ Nông nghiệp và Môi trường"),
    ("Bộ Tài nguyên và Môi trường", "Ministry of Natural Resources and Environment", "", "Bộ Nông nghiệp và Môi trường"),
    ("Bộ Thông tin và Truyền thông", "Ministry of Information and Communications", "G14", "Bộ Khoa học và Công nghệ"),
    ("Ủy ban Dân tộc", "Committee for Ethnic Minority Affairs", "G21", "Bộ Dân tộc và Tôn giáo"),
]
# Not merged in 2025: their governments are older than these data.
UNMERGED = {"01", "04", "11", "12", "14", "20", "22", "38", "40", "42", "46"}
# The community list gives the former city inside the old province; this one has the form of Decree 224/2026,
# Art. 11(4), and is in use below (svhttdl.hue.gov.vn).
PROVINCE_DOMAIN_CORRECTED = {"46": "hue.gov.vn"}
KIND_VI = {"xa": "Xã", "phuong": "Phường", "dac_khu": "Đặc khu", "tinh": "Tỉnh", "thanh_pho_tw": "Thành phố"}


def nfc(text):
    """NFC with single spaces: every text that ships passes through here."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def without_marks(text):
    """đ → d and tone marks off, the case kept: the English form of a place name."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in bare if not unicodedata.combining(c))


def identifier(text):
    """An agency's id inside these data: its name as a slug."""
    letters = without_marks(nfc(text)).lower()
    return "-".join("".join(c if c.isalnum() else " " for c in letters).split())


def rows(name):
    with open(SOURCES / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(name, header, lines):
    path = HERE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(lines)
    print(f"{name}: {path.stat().st_size:,} bytes")


def check(condition, message):
    if not condition:
        sys.exit(f"build.py: {message}")


def units():
    provinces = rows("units/provinces.csv")
    communes = rows("units/communes.csv")
    check(len(provinces) == 34 and len(communes) == 3321, "expected 34 provinces and 3,321 communes")
    write("units/provinces.csv", ["code", "kind", "name", "name_en"],
          [[p["code"], p["type"], nfc(p["name_vi"]), nfc(p["name_en"])] for p in provinces])
    for c in communes:
        full = nfc(c["full_name_vi"])
        check(full.lower() == f"{KIND_VI[c['type']]} {nfc(c['name_vi'])}".lower(), f"name of commune {c['code']}: {full}")
    write("units/communes.csv", ["code", "province", "kind", "name"],
          [[c["code"], c["province_code"], c["type"], nfc(c["name_vi"])] for c in communes])
    # Two codes for one commune: the newer data set is canonical, the code of the other still circulates.
    write("units/code_aliases.csv", ["alias", "code", "reason"],
          [["06970", "06978", "Ba Chẽ: mã 06970 trong vietnamadminunits, 06978 trong vietnamese-provinces-database"]])
    old_communes({c["code"] for c in communes}, {"06970": "06978"})
    centres({p["code"]: p["name_vi"] for p in provinces}, communes)


def centres(provinces, communes):
    """Where each commune lies. The source has no codes and spells as it likes (Hòa, Hoà; M’Drắk, M'Drắk): names are compared without
    marks, then with them, then with the kind, until one is left."""
    def bare(text):
        return "".join(c for c in without_marks(nfc(text)).lower() if c.isalnum())

    def province_of(row):
        name = nfc(row["tentinh"])
        for kind in ("Thủ đô ", "tỉnh ", "thành phố "):
            name = name.removeprefix(kind)
        return bare(name)

    by_name, taken, lines = {}, set(), []
    for r in rows("units/communes_2025_area_population_centre_MIT.csv"):
        by_name.setdefault((province_of(r), bare(r["tenhc"])), []).append(r)
    for c in communes:
        found = by_name.get((bare(provinces[c["province_code"]]), bare(c["name_vi"])), [])
        for column, wanted in (("tenhc", nfc(c["name_vi"])), ("loai", KIND_VI[c["type"]])):
            found = [r for r in found if nfc(r[column]).lower() == wanted.lower()] or found
        check(len(found) == 1 and found[0]["id"] not in taken, f"centre of commune {c['code']}: {len(found)} found")
        taken.add(found[0]["id"])
        lines.append([c["code"], f"{float(found[0]['kinhdo']):.3f}", f"{float(found[0]['vido']):.3f}"])
    write("units/centres.csv", ["code", "longitude", "latitude"], lines)


def old_communes(current, aliases):
    successors, seen, districts = {}, {}, {}
    for r in rows("units/old_to_new_communes_MIT.csv"):
        code = f"{int(float(r['wardCode'])):05d}" if r["wardCode"] else ""
        district = f"{int(r['districtCode']):03d}"
        key = (district, code)
        districts[district] = (f"{int(r['provinceCode']):02d}", nfc(r["province"]), nfc(r["district"]))
        # An island district without wards is its own old unit.
        seen[key] = nfc(r["ward"]) or nfc(r["district"])
        new = aliases.get(r["newWardCode"], r["newWardCode"])
        check(new in current, f"old_to_new: unknown new code {new}")
        successors.setdefault(key, []).append(new)
    by_code = {code: key for key in seen if (code := key[1])}
    disputed = {}
    for r in rows("units/old_to_new_corrections.csv"):
        key = by_code[r["old_code"]]
        check(seen[key] == nfc(r["old_ward"]), f"correction of {r['old_code']}: name {seen[key]}")
        if r["action"] == "remove":
            successors[key].remove(r["new_code"])
        else:
            check(r["action"] == "disputed", f"correction of {r['old_code']}: action {r['action']}")
            disputed.setdefault(key, set()).add(r["new_code"])
            if r["new_code"] not in successors[key]:
                successors[key].append(r["new_code"])
    check(all(successors.values()), "an old commune without successor")
    write("units/old_districts.csv", ["code", "province_code", "province", "name"],
          [[d, *districts[d]] for d in sorted(districts)])
    lines = []
    for key in sorted(seen):
        marked = [new + ("?" if new in disputed.get(key, ()) else "") for new in sorted(successors[key])]
        lines.append([key[1], key[0], seen[key], " ".join(marked)])
    write("units/old_communes.csv", ["code", "district", "name", "successors"], lines)


def agencies():
    header = ["id", "level", "kind", "name", "name_en", "domain", "domain_verified", "code", "parent", "province",
              "from", "until", "successor", "legal_basis", "source"]
    government = identifier("Chính phủ")
    lines = [
        [government, "central", "government", "Chính phủ", "Government of Viet Nam", "chinhphu.vn", 1, "", "", "", "", "",
         "", STRUCTURE, "Cổng Thông tin điện tử Chính phủ"],
        [identifier("Thủ tướng Chính phủ"), "central", "office", "Thủ tướng Chính phủ", "Prime Minister", "", 0, "",
         government, "", "", "", "", STRUCTURE, GAZETTE_MENU],
    ]
    for m in rows("agencies/ministries_2026.csv"):
        name = nfc(m["name_vi"])
        domain = m["domain"] or DOMAINS_ADDED.get(name, "")
        verified = int(m["domain_evidence"] in ("one-stop list", "diepxuan source fields")
                       or m["domain_evidence"].startswith("cited in official texts"))
        basis = STRUCTURE if name in NEW_IN_2025 else f"{STRUCTURE} (giữ tên)"
        lines.append([identifier(name), "ministry", m["kind"], name, MINISTRIES_EN[name], domain, verified,
                      m["code_decision_20_2020_PRE_REFORM"], government, "",
                      STRUCTURE_FROM if name in NEW_IN_2025 else "", "", "", basis, GAZETTE_MENU])
    for name, english, code, successor in ENDED:
        lines.append([identifier(name), "ministry", "ministry", name, english, "", 0, code, government, "", "",
                      STRUCTURE_FROM, identifier(successor), STRUCTURE, "ministries_2026.csv"])
    lines += province_governments(government)
    write("agencies/agencies.csv", header, lines)


def province_governments(parent):
    lines = []
    domains = {d["province_code"]: d["domain"] for d in rows("agencies/province_domains_unverified.csv")}
    domains.update(PROVINCE_DOMAIN_CORRECTED)
    for p in rows("units/provinces.csv"):
        name, english = nfc(p["name_vi"]), nfc(p["name_en"])
        city = p["type"] == "thanh_pho_tw"
        first = "" if p["code"] in UNMERGED else PROVINCES_FROM
        basis = PROVINCES_RESOLUTION + (" (không sắp xếp)" if p["code"] in UNMERGED else "")

        def line(city, first, until, successor, basis):
            vi = f"Ủy ban nhân dân {'thành phố' if city else 'tỉnh'} {name}"
            en = f"{english} {'City' if city else 'Provincial'} People's Committee"
            return [identifier(vi), "province", "people_committee", vi, en, domains[p["code"]], 0, "", parent,
                    p["code"], first, until, successor, basis, "danh sách cộng đồng, chưa kiểm chứng"]

        if p["code"] == "75":  # Đồng Nai: a city since 2026-04-30
            now = line(True, "2026-04-30", "", "", "Nghị quyết 30/2026/QH16")
            lines += [line(False, first, "2026-04-30", now[0], basis), now]
        else:
            lines.append(line(city, first, "", "", basis))
    return lines


# Who decided each swap of a working day and a Saturday; the number of the one of August 2026 was not found.
SWAPS = {
    ("2024-04-29", "2024-05-04"): "Công văn 2450/VPCP-KGVX ngày 12/4/2024",
    ("2025-05-02", "2025-04-26"): "Công văn 8726/VPCP-KGVX ngày 26/11/2024",
    ("2026-01-02", "2026-01-10"): "Công văn 12729/VPCP-KGVX ngày 25/12/2025",
    ("2026-08-31", "2026-08-22"): "Phương án nghỉ Tết Âm lịch và Quốc khánh năm 2026 (số văn bản: cần kiểm tra)",
}
# The swap of the turn of the year 2026 is missing in the package.
SWAP_ADDED = ("2026-01-02", "2026-01-10")
DECIDED_UNTIL = 2026


def holiday_basis(date, name):
    year = int(date[:4])
    code = "Bộ luật Lao động 45/2019/QH14" if year >= 2021 else "Bộ luật Lao động 10/2012/QH13"
    if "nghỉ bù" in name:
        basis = f"{code}, Điều {'111' if year >= 2021 else '115'} khoản 3"
    elif name == "Ngày Văn hóa Việt Nam":
        basis = "Nghị quyết 28/2026/QH16"
    else:
        basis = f"{code}, Điều {'112' if year >= 2021 else '115'}"
    if "Tết" in name and not name.startswith("Tết Dương lịch"):
        basis += "; phương án nghỉ Tết hằng năm"
    return basis + ("; dự kiến, chưa có phương án của năm" if year > DECIDED_UNTIL else "")


def holidays():
    swapped = {day: basis for pair, basis in SWAPS.items() for day in pair}
    days = [[r["date"], "off", nfc(r["name_vi"]), nfc(r["name_en"])] for r in
            rows("holidays/vn_public_holidays_2020_2030.csv")]
    makeup = json.loads((SOURCES / "holidays/vn_makeup_workdays.json").read_text(encoding="utf-8"))
    worked = [d for d in makeup["make_up_working_saturdays"] if d >= "2020"] + [SWAP_ADDED[1]]
    check(sorted(worked) == sorted(pair[1] for pair in SWAPS), "a make-up Saturday without its decision")
    days += [[d, "work", "Ngày làm bù", "Make-up working day"] for d in worked]
    days += [[SWAP_ADDED[0], "off", "Ngày nghỉ (thay cho ngày 10/01/2026)", "Day off (substituted from 01/10/2026)"]]
    check(len({d[0] for d in days}) == len(days), "a holiday twice")
    write("holidays.csv", ["date", "kind", "name", "name_en", "legal_basis"],
          sorted([*d, swapped.get(d[0]) or holiday_basis(d[0], d[2])] for d in days))


def legacy_encodings():
    """The 134 letters in the encodings that are read; the other columns of the source are not used, two are unchecked."""
    lines = [[r["char_nfc"], r["tcvn3_abc_hex(as latin1 bytes)"], r["vni_windows_hex"], r["cp1258_iconv_hex"], r["viqr"]]
             for r in rows("text/vietnamese_legacy_encodings.csv")]
    check(len(lines) == 134 and all(nfc(line[0]) == line[0] for line in lines), "expected 134 letters in NFC")
    for letter, _, _, windows, _ in lines:
        decoded = bytes.fromhex(windows).decode("cp1258")  # Python's own codec agrees with iconv
        check(unicodedata.normalize("NFC", decoded) == letter, f"Windows-1258 of {letter}")
    write("text/legacy_encodings.csv", ["letter", "tcvn3", "vni", "windows1258", "viqr"], lines)


def licences():
    for source, name in [("units/LICENSE.thanglequoc.txt", "vietnamese-provinces-database.txt"),
                         ("units/LICENSE.tranngocminhhieu.txt", "vietnamadminunits.txt"),
                         ("documents/LICENSE.diepxuan.txt", "diepxuan.txt"),
                         ("holidays/LICENSE.holidays.txt", "python-holidays.txt")]:
        (HERE / "licences").mkdir(exist_ok=True)
        shutil.copyfile(SOURCES / source, HERE / "licences" / name)


if __name__ == "__main__":
    check(SOURCES.is_dir(), f"no folder of sources at {SOURCES}")
    units()
    agencies()
    holidays()
    legacy_encodings()
    licences()
    build_demo.build(SOURCES / "documents", HERE / "demo")
