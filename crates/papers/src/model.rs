//! What stands in a paper, without how it is set.

/// A paper of an agency: a report, a brief.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// The language of its text (BCP 47): `vi`.
    pub lang: String,
    /// What the file is called in a reader's window.
    pub name: String,
    /// The state's name and the motto, in this order.
    pub nation: [String; 2],
    /// The agency above the one that speaks; empty if there is none.
    pub above: String,
    /// The agency that speaks.
    pub agency: String,
    /// `Số: 12/BC-VPCP`, or `Số:      /BC-VPCP` while it has none.
    pub number: String,
    /// `Hà Nội, ngày 26 tháng 11 năm 2026`.
    pub place_and_day: String,
    /// What stands over the kind of a paper that nobody has approved: `DỰ THẢO`; empty otherwise.
    pub mark: String,
    /// `BÁO CÁO`.
    pub kind: String,
    /// What it is about.
    pub about: String,
    /// The text.
    pub blocks: Vec<Block>,
    /// Who signs.
    pub signer: Option<Signer>,
    /// `Nơi nhận:` and, line by line, who receives it; nothing if empty.
    pub recipients: Vec<String>,
    /// One line at the foot of each page; nothing if empty.
    pub foot: String,
}

/// Who signs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signer {
    /// `CHÁNH VĂN PHÒNG`.
    pub capacity: String,
    /// What stands where a hand would sign: that it was approved, when and by which record. It claims no signature.
    pub says: String,
    /// `Nguyễn Văn A`.
    pub name: String,
}

/// A part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading: `I. TÌNH HÌNH CHUNG`.
    Heading(String),
    /// A paragraph.
    Text(Vec<Run>),
    /// A paragraph of a list, with a dash.
    Item(Vec<Run>),
    /// A table.
    Table(Table),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns.
    pub head: Vec<String>,
    /// How wide each column is, as parts of the whole; a column without a part has one.
    pub parts: Vec<u16>,
    /// Columns that hold numbers: they stand to the right.
    pub numbers: Vec<bool>,
    /// Rows; cells beyond the columns are left out.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// How wide a column is, as a share of 1.
    pub(crate) fn share(&self, column: usize) -> f32 {
        let part = |at: usize| f32::from(self.parts.get(at).copied().unwrap_or(1).max(1));
        let whole: f32 = (0..self.head.len()).map(part).sum();
        part(column) / whole.max(1.0)
    }

    /// True if a column holds numbers.
    pub(crate) fn is_number(&self, column: usize) -> bool {
        self.numbers.get(column).copied().unwrap_or_default()
    }
}

/// Letters of one style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The letters.
    pub text: String,
    /// How they stand.
    pub style: Style,
    /// Where they lead; an absolute address.
    pub link: Option<String>,
}

impl Run {
    /// Upright letters.
    pub fn plain(text: impl Into<String>) -> Run {
        Run { text: text.into(), ..Run::default() }
    }

    /// Bold letters.
    pub fn bold(text: impl Into<String>) -> Run {
        Run { text: text.into(), style: Style::Bold, link: None }
    }

    /// Letters that lead somewhere.
    pub fn link(text: impl Into<String>, to: impl Into<String>) -> Run {
        Run { text: text.into(), style: Style::Plain, link: Some(to.into()) }
    }
}

/// How letters stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// Upright.
    #[default]
    Plain,
    /// Bold.
    Bold,
    /// Italic.
    Italic,
}
