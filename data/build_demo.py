"""The demo's documents: recent gazette records of three agencies, and the full texts that really are text layers; and some
procedures of daily life.

`build` is called by build.py. Every repair of a source is here, with its reason; none touches the wording of a
document. Full texts are cut to the document's own text: what the digitiser added (tables of facts, summaries, notes) goes.
"""
import csv
import json
import re
import sys
import unicodedata
from pathlib import Path

GOVERNMENT = {"CHÍNH PHỦ": "Chính phủ", "THỦ TƯỚNG CHÍNH PHỦ": "Thủ tướng Chính phủ"}
FINANCE = {"BỘ TÀI CHÍNH": "Bộ Tài chính"}
NEWEST_GOVERNMENT, NEWEST_FINANCE = 120, 60
LARGEST_TEXT = 60 * 1024

# Read in full or in large part and found to be the document's text, article by article. Left out after reading:
# summaries (20, 54, 88, 91, 95, 185, 191, 242, 291/2026/NĐ-CP, 66/2026/TT-BTC, 1248/QĐ-TTg), raw OCR with errors on
# most lines (190, 234, 235, 276/2026/NĐ-CP), larger than 60 KB, and 203/2026/NĐ-CP, whose subject does not suit a demo.
FULL_TEXTS = [
    "02/2026/NĐ-CP", "06/2026/NĐ-CP", "66/2026/NĐ-CP", "75/2026/NĐ-CP", "105/2026/NĐ-CP", "199/2026/NĐ-CP",
    "209/2026/NĐ-CP", "220/2026/NĐ-CP", "228/2026/NĐ-CP", "32/2026/NQ-CP",
    "03/2026/TT-BTC", "45/2026/TT-BTC", "65/2026/TT-BTC", "99/2026/TT-BTC",
]
# The digitiser shortened the preamble (the gazette gives another title): the articles ship without it.
PREAMBLE_RETOLD = {"209/2026/NĐ-CP"}
# Lines at which the document's own text ends: annexes that are only listed or retold, summaries, notes on sources.
AFTER_THE_TEXT = ("## Phụ lục", "## TÓM TẮT NỘI DUNG", "**Nghị định này được ban hành kèm theo", "*Nguồn:")
EDITORIAL = re.compile(r"tóm tắt|biên tập|biên soạn|tổng hợp từ|chờ bổ sung|\bOCR\b|crawl", re.IGNORECASE)
PREAMBLE = re.compile(r"^(Căn cứ (?!pháp )|Theo đề nghị |Xét đề nghị |Thực hiện |Chính phủ ban hành |Bộ trưởng Bộ Tài chính ban hành )")
ENACTING = re.compile(r" ban hành (?:Nghị định|Nghị quyết|Thông tư) (.+?)\.?$")
# Procedures that most people meet, by words of their names, at most so many of each; then one of every further field.
DAILY = ["khai sinh", "khai tử", "kết hôn", "thường trú", "tạm trú", "hộ chiếu", "giấy phép lái xe", "hộ kinh doanh",
         "thành lập", "chứng thực", "quyền sử dụng đất", "trợ giúp pháp lý", "lương hưu", "trợ cấp", "hải quan"]
OF_EACH, PROCEDURES, LONGEST_CELLS, LONGEST_NAME = 2, 40, 300, 160
FACTS = ["code", "name", "level", "field", "audience", "authority", "kind", "decision", "url", "how"]
NO_STEPS = "Bản trình diễn chỉ kèm dữ kiện. Trình tự từng bước xem tại trang của thủ tục trên Cổng Dịch vụ công quốc gia."
DAY = r"ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})"
HEADING = re.compile(r"^#{1,6} +")


def nfc(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def dump(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"demo/{path.name}: {len(records)} records, {path.stat().st_size:,} bytes")


def stop(message):
    sys.exit(f"build_demo.py: {message}")


def signer(text):
    """From late August to November 2025 the pages show "A - B" for documents of one agency, where A is somebody
    else (often a Prime Minister who left in 2016): B signed. Names in capitals become names."""
    last = nfc(text).split(" - ")[-1]
    return " ".join(w.capitalize() for w in last.split()) if last.isupper() else last


def record(source, names):
    """A gazette record as it ships: the source's fields, NFC, the agency's name in proper case. An effective day
    before the day of issue is a slip of the page (1900-01-01, or a wrong year) and is left empty."""
    effective = source["effective"] or None
    if effective and effective < source["issued"]:
        effective = None
    return {"url": source["url"], "type": nfc(source["type"]), "number": nfc(source["number"]),
            "agency": names[nfc(source["agency"])], "issued": source["issued"], "effective": effective,
            "abstract": nfc(source["abstract"]), "signer": signer(source["signer"]), "gazette": nfc(source["gazette"])}


def newest(gazette, names, count):
    mine = [r for r in gazette if nfc(r["agency"]) in names]
    mine.sort(key=lambda r: (r["issued"], r["url"]), reverse=True)
    return [record(r, names) for r in mine[:count]]


def relations(source, target, chosen, ambiguous):
    """Relations that start at a chosen document. The source knows documents by number only, so a number that several
    documents of the gazette share says nothing sure and is left out."""
    kept = 0
    with open(source, encoding="utf-8", newline="") as file, open(target, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["number", "relation", "related_number", "related_in_demo"])
        for r in csv.DictReader(file):
            number, related = nfc(r["number"]), nfc(r["related_number"])
            if number in chosen and number not in ambiguous:
                kept += 1
                writer.writerow([number, nfc(r["relation_vi"]), related, int(related in chosen)])
    print(f"demo/{target.name}: {kept} relations")


def body(number, text):
    """The document's text as Markdown: preamble, chapters (##), articles (### below a chapter, else ##), places of
    receipt and signature as the digitised copy has them."""
    lines = [nfc(line) for line in text.split("\n")]
    first = next((i for i, l in enumerate(lines) if re.match(r"^#+ \**Điều 1[.:]", l)), None)
    if first is None:
        stop(f"{number}: no Điều 1")
    preamble = {}
    for line in lines[:first]:
        clean = re.sub(r"^[-*#> ]+|\*+$", "", line).strip()
        if PREAMBLE.match(clean):  # some copies list the grounds once more before the text: the later one is the text
            preamble[clean.rstrip(".;,")] = clean
    start = first
    chapter = next((i for i in range(first - 1, max(first - 8, 0), -1) if re.match(r"^#+ Chương I\b", lines[i])), None)
    if chapter is not None:
        start = chapter
    end = next((i for i in range(first, len(lines)) if lines[i].startswith(AFTER_THE_TEXT)), len(lines))
    return list(preamble.values()), restructure(lines[start:end], chapter is not None)


def restructure(lines, chapters):
    out, pending, receipt = [], None, False
    article = "###" if chapters else "##"
    for line in lines:
        line = re.sub(r" \{#[a-z0-9-]+\}$", "", line)
        line = re.sub(r"^\*- (.*)\*$", r"- \1", line)
        line = line.replace(" \\[Số: 40\\]", "")
        if line == "---":
            continue
        if re.match(r"(?i)^[>*# ]*(nơi nhận|danh sách nhận)\b", line):
            receipt, line = True, "**Nơi nhận:**"
        elif receipt:
            line = re.sub(r"^> ?", "", line)
        bare = HEADING.sub("", line)
        if pending is not None:
            if not bare:
                continue
            line, pending = f"{pending}. {bare.strip('*')}", None
        elif HEADING.match(line):
            part = re.match(r"^(Chương|Mục) ([IVXLC]+|\d+)(?:[.:]? *[-–]? *(.*))?$", bare)
            if part:
                mark = "##" if part[1] == "Chương" else "###"
                if not part[3]:
                    pending = f"{mark} {part[1]} {part[2]}"
                    continue
                line = f"{mark} {part[1]} {part[2]}. {part[3]}"
            elif re.match(r"^\**Điều \d+[.:]", bare):
                line = f"{article} {bare.strip('*')}"
            elif re.match(r"^\d+\. ", bare):
                line = bare
            else:
                line = f"**{bare.strip('*')}**"
        # What the copy breaks into lines are paragraphs; Markdown would run them together.
        if out and line and out[-1] and not is_item(line) and not (line[0] == out[-1][0] == "|"):
            out.append(">" if line[0] == out[-1][0] == ">" and line != ">" != out[-1] else "")
        elif out and is_item(line) and out[-1] and not is_item(out[-1]) and line[0] != ">":
            out.append("")
        out.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip() + "\n"


def is_item(line):
    return line.startswith("- ")


def date(match):
    return f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"


def full_text(source, gazette):
    """A text with its facts. The gazette's facts win; without a gazette record they are read from the text itself
    (place and day line, enacting sentence, clause on entry into force), never from the digitiser's front matter."""
    number = nfc(source["number"])
    preamble, text = body(number, source["text"])
    articles = [int(n) for n in re.findall(r"^#{2,3} Điều (\d+)[.:]", text, re.MULTILINE)]
    if articles != list(range(1, len(articles) + 1)) or len(articles) != source["dieu"]:
        stop(f"{number}: articles {articles}")
    if number not in PREAMBLE_RETOLD:
        text = "\n\n".join(preamble) + "\n\n" + text
    if EDITORIAL.search(text):
        stop(f"{number}: the digitiser's words are left: {EDITORIAL.search(text)[0]}")
    if len(text.encode()) > LARGEST_TEXT:
        stop(f"{number}: {len(text.encode())} bytes")
    known = gazette.get(number)
    if known:
        facts = {k: known[k] for k in ("type", "agency", "issued", "effective", "abstract", "signer", "url", "gazette")}
    else:
        facts = facts_of_text(number, source, preamble, text)
    return {"number": number, **facts, "in_gazette": bool(known), "articles": len(articles),
            "text_source": "diepxuan/diepxuan.github.io, 2026-07-23", "text": text}


def facts_of_text(number, source, preamble, text):
    issued = re.search(r"Hà Nội, " + DAY, nfc(source["text"]))
    enacting = next((m for p in preamble if (m := ENACTING.search(p))), None)
    if not issued or not enacting:
        stop(f"{number}: no day line or no enacting sentence")
    title = enacting[1]
    force = re.search(r"có hiệu lực thi hành (?:kể )?từ (?:" + DAY + r"|ngày ký)", text)
    if not force:
        stop(f"{number}: no clause on entry into force")
    until = re.search(r"đến hết " + DAY, force.string[force.end():force.end() + 60])
    signed = re.search(r"\*\*([^*\n:]+)\*\*(?:\nThứ trưởng Bộ Tài chính\n?.*)?\s*(?:\*\*Nơi nhận|\Z)", text[-2600:], re.DOTALL)
    name = signed[1] if signed and not signed[1].isupper() else ""
    symbol = number.rsplit("/", 1)[1]
    return {"type": {"NĐ": "Nghị định", "NQ": "Nghị quyết", "TT": "Thông tư"}[symbol.split("-")[0]],
            "agency": "Chính phủ" if symbol.endswith("-CP") else "Bộ Tài chính", "issued": date(issued),
            "effective": date(force) if force[1] else date(issued), "abstract": title[0].upper() + title[1:],
            "signer": name, "url": None, "gazette": None, **({"expires": date(until)} if until else {})}


def procedures(source, target):
    """Facts only: what their texts say step by step stays at the national service portal."""
    short = [r for r in lines_of(source) if len(r["how"]) <= LONGEST_CELLS and len(r["name"]) <= LONGEST_NAME]
    chosen = {}
    for words in DAILY:
        fitting = [r for r in short if words in nfc(r["name"]).lower() and r["code"] not in chosen]
        chosen.update((r["code"], r) for r in fitting[:OF_EACH])
    for record in short:
        if len(chosen) < PROCEDURES and record["field"] not in {r["field"] for r in chosen.values()}:
            chosen[record["code"]] = record
    facts = [{key: nfc(record[key]) for key in FACTS} for record in chosen.values()]
    dump(target, [{**record, "steps": NO_STEPS} for record in facts])


def build(documents, target):
    gazette = lines_of(documents / "gazette.jsonl")
    records = newest(gazette, GOVERNMENT, NEWEST_GOVERNMENT) + newest(gazette, FINANCE, NEWEST_FINANCE)
    numbers = [r["number"] for r in records]
    if len(set(numbers)) != len(numbers):
        stop("a number twice among the chosen gazette records")
    dump(target / "gazette.jsonl", records)
    everywhere = [nfc(r["number"]) for r in gazette]
    ambiguous = {n for n in numbers if everywhere.count(n) > 1}
    relations(documents / "gazette_relations.csv", target / "relations.csv", set(numbers), ambiguous)
    texts = {nfc(t["number"]): t for t in lines_of(documents / "fulltext_2026.jsonl")}
    by_number = {r["number"]: r for r in records}
    dump(target / "fulltext.jsonl", [full_text(texts[n], by_number) for n in FULL_TEXTS])
    procedures(documents.parent / "procedures" / "procedures.jsonl", target / "procedures.jsonl")
