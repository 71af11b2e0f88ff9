//! Why a key in a token cannot sign now, and what a person does about it.

use crate::problem::Problem;

/// Why a token does not sign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Away {
    /// The vendor's library cannot be loaded or begun.
    #[error("the PKCS#11 module {0}: {1}")]
    Module(String, String),
    /// No such token: it was pulled out, or is named wrongly.
    #[error("the token {0} is not there")]
    Gone(String),
    /// It does not answer.
    #[error("the token {0} does not answer")]
    Silent(String),
    /// Where the PIN should be there is none.
    #[error("the PIN of the token {0} cannot be read: {1}")]
    NoPin(String, String),
    /// The PIN was refused; it is not tried again until it is another.
    #[error("the PIN of the token {0} is wrong; it is not tried again")]
    WrongPin(String),
    /// One more wrong PIN would lock it: only a person may try.
    #[error("the token {0} allows one more PIN before it locks itself; no program tries it")]
    LastPin(String),
    /// It has locked itself.
    #[error("the token {0} is locked")]
    Locked(String),
    /// It holds no such key.
    #[error("the token {0} holds no Ed25519 key {1}")]
    NoKey(String, String),
    /// Several keys have that name.
    #[error("the token {0} holds several keys {1}")]
    Several(String, String),
    /// The key is another than the one that is written down for the log.
    #[error("the key {1} of the token {0} is another than the one in the configuration")]
    OtherKey(String, String),
    /// It failed otherwise.
    #[error("the token {0}: {1}")]
    Failed(String, String),
}

/// A head that was not signed, because the token of its log's key was away. Nothing of the step was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the head of {log} was not signed: {away}")]
pub struct Unsigned {
    /// The log.
    pub log: String,
    /// Why.
    pub away: Away,
}

impl Away {
    /// What to do, in Vietnamese and English.
    pub fn remedy(&self) -> (&'static str, &'static str) {
        match self {
            Away::Module(..) => (
                "Cài thư viện PKCS#11 của nhà sản xuất và kiểm tra module-path trong nhipcau.toml.",
                "Install the vendor's PKCS#11 library and look at module-path in nhipcau.toml.",
            ),
            Away::Gone(_) => (
                "Cắm lại thiết bị, hoặc kiểm tra token= trong nhipcau.toml. Máy chủ tự ký tiếp khi thiết bị trở lại.",
                "Plug it in, or look at token= in nhipcau.toml. The node signs again by itself when it is back.",
            ),
            Away::Silent(_) | Away::Failed(..) => (
                "Kiểm tra thiết bị và đường nối tới nó; máy chủ tự thử lại.",
                "Look at the device and the line to it; the node tries again by itself.",
            ),
            Away::NoPin(..) => (
                "Đặt mã PIN vào nơi pin-source chỉ ra (tệp chỉ người dùng của máy chủ đọc được).",
                "Put the PIN where pin-source says (a file that only the node's user may read).",
            ),
            Away::WrongPin(_) => (
                "Sửa mã PIN ở nơi pin-source chỉ ra; mã cũ không được thử lại để thiết bị không bị khóa.",
                "Mend the PIN where pin-source says; the old one is not tried again, so that the device does not lock itself.",
            ),
            Away::LastPin(_) => (
                "Chỉ còn một lần thử: hãy đăng nhập bằng công cụ của nhà sản xuất với mã PIN đúng, rồi máy chủ tự ký tiếp.",
                "One try is left: sign in with the vendor's tool and the right PIN, then the node signs again by itself.",
            ),
            Away::Locked(_) => (
                "Mở khóa bằng mã của quản trị thiết bị (SO PIN) và công cụ của nhà sản xuất.",
                "Unlock it with the security officer's PIN and the vendor's tool.",
            ),
            Away::NoKey(..) | Away::Several(..) => (
                "Kiểm tra object= hoặc id= trong nhipcau.toml; tạo khóa mới bằng nhipcau keys make.",
                "Look at object= or id= in nhipcau.toml; a new key is made by nhipcau keys make.",
            ),
            Away::OtherKey(..) => (
                "Khôi phục đúng khóa, hoặc sửa object= và key= trong nhipcau.toml cho khớp.",
                "Restore the right key, or make object= and key= in nhipcau.toml fit each other.",
            ),
        }
    }

    /// What somebody reads whose step needs the key.
    pub fn problem(&self, log: &str) -> Problem {
        let (vi, en) = self.remedy();
        Problem::NotNow {
            vi: format!(
                "Khóa ký của {log} nằm trong thiết bị và hiện không ký được, nên chưa có gì được thay đổi; việc đọc và soạn vẫn bình thường. {vi} ({self})"
            ),
            en: format!(
                "The key of {log} lies in a token that cannot sign now, so nothing was changed; reading and writing drafts go on. {en} ({self})"
            ),
        }
    }
}
