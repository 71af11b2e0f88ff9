//! The ten steps of the demonstration: read, verify, cut, correct, mend – and ask, handle, answer, rate, read the brief; printed
//! with real addresses and with commands that can be pasted as they stand.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use network::content::Item;

use super::Demo;
use crate::app::App;
use crate::documents::draft::DraftRelation;
use crate::items::State;
use crate::items::draft::{Draft, DraftSource};
use crate::items::store::{self, Filter, Standing};

/// Texts of the Government that suit the tour, best first: the first that stands is read and corrected, the next
/// is withdrawn. At a later start some of them may be withdrawn already.
const SUITED: [&str; 5] =
    ["209/2026/NĐ-CP", "75/2026/NĐ-CP", "220/2026/NĐ-CP", "228/2026/NĐ-CP", "199/2026/NĐ-CP"];

/// The edition that step 4 issues, ready in the demonstration's folder.
const CORRECTION: &str = "dinh-chinh.md";

/// What may be asked in step 6: a matter of the ministry, asked at a commune.
const QUESTION: &str = "Tôi kinh doanh hộ cá thể, nay không còn thuế khoán. Đề nghị Bộ Tài chính hướng dẫn cách kê khai, nộp thuế.";

/// What the tour is about.
pub(super) struct Tour {
    read: String,
    label: String,
    withdraw: String,
    ports: [u16; 3],
}

impl Tour {
    /// Finds two texts of the Government that stand, and writes the correction of the first into `dir`.
    ///
    /// # Errors
    /// When the demonstration's own content cannot be read, or `dir` cannot be written.
    pub async fn plan(demo: &Demo, dir: &Path) -> anyhow::Result<Tour> {
        let government = demo.node("chinhphu").context("the Government's node")?;
        let suited = suited(government).await?;
        let read = suited
            .first()
            .context("no text of the Government stands any more; begin anew with a new --dir")?;
        let text = correction(government, read).await?;
        crate::logs::keys::write_secret(&dir.join(CORRECTION), &text)?;
        let port = |(_, app, _): &(String, App, _)| app.config.listen.first().map_or(0, |l| l.port());
        let mut ports = demo.nodes.iter().map(port);
        Ok(Tour {
            read: read.reference().to_string(),
            label: label(read),
            withdraw: suited.get(1).unwrap_or(read).reference().to_string(),
            ports: std::array::from_fn(|_| ports.next().unwrap_or_default()),
        })
    }

    /// Where to look and what to do, for a demonstration in `dir` that was ready after `took`; `call` is how this
    /// program was called.
    pub fn text(&self, dir: &Path, call: &str, took: Duration) -> String {
        let Tour { read, label, withdraw, ports: [government, ministry, province] } = self;
        let commune = format!("http://mucangchai.laocai.localhost:{province}");
        let folder = dir.display();
        let seconds = took.as_millis().div_ceil(100) as f64 / 10.0;
        let (vi, en) = (format!("{seconds:.1}").replace('.', ","), seconds);
        format!(
            "
  Bản trình diễn đã sẵn sàng sau {vi} giây. Ctrl-C để dừng; dữ liệu nằm ở {folder}
  Ready after {en:.1} s. Ctrl-C stops it; its data stay in {folder}

  Cổng Thông tin điện tử Chính phủ   http://chinhphu.localhost:{government}/
  Bộ Tài chính                       http://mof.localhost:{ministry}/
  Tỉnh Lào Cai                       http://laocai.localhost:{province}/
  Xã Mù Cang Chải                    {commune}/   (cùng 98 xã, phường khác)

  Năm bước đầu · the first five steps. Gõ lệnh ở cửa sổ dòng lệnh khác, cùng thư mục này · type in a second terminal, in this folder

  1 Đọc · read      Một văn bản của Chính phủ ({label}) trên cổng của một xã · a text of the Government on a commune's portal:
                    {commune}/muc/{read}

  2 Kiểm tra        Bấm “Kiểm tra ngay trên máy này” ở trang đó, hoặc · press the check on that page, or:
    · verify        {call} verify {commune}/muc/{read}

  3 Rút cáp · cut   {call} demo cut laocai --dir {folder}

  4 Đính chính      {call} correct {read} {folder}/{CORRECTION} --node http://127.0.0.1:{government} --dir {folder}/chinhphu
    · correct       Gỡ thêm một văn bản · and withdraw another text:
                    {call} withdraw {withdraw} --reason \"Diễn tập gỡ khỏi cổng\" --node http://127.0.0.1:{government} --dir {folder}/chinhphu
                    Cổng của bộ đã đổi, cổng của xã thì chưa · the ministry has changed, the communes have not:
                    http://mof.localhost:{ministry}/muc/{read}/noi-hien-thi

  5 Cắm lại · mend  {call} demo mend laocai --dir {folder}
                    Tải lại trang ở bước 1: bản đính chính đã đến · reload the page of step 1: the correction has come.

  Hỏi và trả lời · ask and answer. Làm trên trình duyệt; tên và mật khẩu ở dưới · in the browser; names and password below

  6 Hỏi · ask       {commune}/phan-anh/gui
                    Ví dụ · for example: {QUESTION}

  7 Xử lý · handle  thu, ở xã · at the commune: nhận xử lý, đọc gợi ý, chuyển đến Bộ Tài chính · take it, read the suggestion, pass it on
                    {commune}/ban-lam-viec/phan-anh

  8 Trả lời         thu, ở Bộ · at the ministry: nhận, soạn, trình duyệt; rồi minh duyệt · take, write, hand in; then minh approves
    · answer        http://mof.localhost:{ministry}/ban-lam-viec/phan-anh

  9 Đánh giá · rate Người hỏi đọc câu trả lời ngay ở xã và đánh giá · who asked reads the answer at the commune and rates it
                    {commune}/phan-anh/tra-cuu

 10 Báo cáo · brief ha, ở Chính phủ · at the Government; “Kỳ sau” là tuần này · the next period is this week
                    http://chinhphu.localhost:{government}/ban-lam-viec/phan-anh/bao-cao
"
        )
    }
}

/// Texts of the Government that suit and stand, best first.
async fn suited(government: &App) -> anyhow::Result<Vec<Standing>> {
    let portal = government.portals.load().main().context("the Government's portal")?;
    let mut conn = government.db.read().await?;
    let all = Filter { own: Some(true), most: 1_000, ..Filter::default() };
    let mut found = store::list(&mut conn, &portal.domain, portal.log, &all).await?;
    let rank = |item: &Standing| SUITED.iter().position(|n| item.card.number.as_deref() == Some(n));
    found.retain(|item| item.state == State::Standing && rank(item).is_some());
    found.sort_by_key(rank);
    Ok(found)
}

fn label(item: &Standing) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    format!("{} {}", part(&item.card.form), part(&item.card.number)).trim().to_owned()
}

/// The item as it stands, as a file for `nhipcau correct`, with a visible and honest change: a rehearsal.
async fn correction(government: &App, item: &Standing) -> anyhow::Result<String> {
    let hash = item.content.context("a text that stands has content")?;
    let mut conn = government.db.read().await?;
    let bytes = government.folder.read(&mut conn, &hash).await?.context("the text's content")?;
    let now = Item::parse(&bytes).map_err(|_| anyhow::anyhow!("content {hash} is not an item"))?;
    let head = Draft {
        kind: now.kind.to_string(),
        title: now.title,
        summary: "Bản đính chính để diễn tập: câu này được thêm vào trong lúc một máy chủ mất kết nối."
            .into(),
        number: now.number,
        form: now.form,
        agency: now.agency,
        signer: now.signer,
        issued: now.issued,
        effective: now.effective,
        expires: now.expires,
        details: now.details.map(|details| details.0).unwrap_or_default(),
        layer: now.body.layer.word().into(),
        source: now.source.map(|s| DraftSource { name: s.name, url: s.url, taken: None }),
        change_note: Some("Diễn tập đính chính: thêm một câu tóm tắt; nguyên văn không thay đổi.".into()),
        retroactive: now.effective.zip(now.issued).is_some_and(|(from, issued)| from < issued),
        relations: now.relations.into_iter().map(DraftRelation::from).collect(),
        urgent: true,
        ..Draft::default()
    };
    Ok(format!(
        "+++\n# Sửa gì tùy ý rồi chạy lệnh ở bước 4 · change what you like, then run the command of step 4\n{}+++\n\n{}\n",
        toml::to_string(&head)?,
        now.body.text
    ))
}
