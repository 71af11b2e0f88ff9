//! What an answer of a service means.

use serde::{Deserialize, Serialize};

use crate::kind::Words;

/// What came of a step, as its service says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is done.
    Done {
        /// What is known from now, by the names that the service's plan looks for.
        facts: Vec<(String, String)>,
        /// How far the whole has come by it.
        reached: Reached,
    },
    /// The service works at it, or people there look at it: ask again.
    Pending {
        /// In so many milliseconds.
        after: u64,
    },
    /// It is certainly not done and may be tried again.
    Later {
        /// In so many milliseconds, if the service says so.
        after: Option<u64>,
        /// Why.
        cause: Cause,
    },
    /// Nobody knows whether it is done.
    Doubt {
        /// Why.
        cause: Cause,
    },
    /// It is certainly not done: the token does not work (any more).
    Locked {
        /// Why.
        cause: Cause,
    },
    /// It is certainly not done, and will not be however often it is tried.
    Refused {
        /// Why.
        cause: Cause,
    },
    /// What was to be changed or taken away is not there.
    Gone,
    /// What was looked for is not there.
    NotFound,
}

/// How far a delivery has come by a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// Nothing that people see.
    Nothing,
    /// The service has it.
    Accepted,
    /// It is seen there as it should be.
    Shown,
}

/// Why something did not go as it should, for a person who can mend it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cause {
    /// A stable word for it.
    pub what: What,
    /// The service's own number or word for it, at most 40 characters: `190/463`, `-216`, `quotaExceeded`. Never its message, which may repeat
    /// what was sent.
    pub code: String,
}

/// Stable words for causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The token is wrong, has ended or was taken back.
    Token,
    /// The account may not do this.
    Permission,
    /// The account, page or chat is not there.
    Account,
    /// A quota is used up.
    Quota,
    /// Too many calls.
    Rate,
    /// The service does not work now.
    Service,
    /// The service does not take the form.
    Form,
    /// The service does not take a medium.
    Medium,
    /// People or programs at the service have refused it.
    Moderation,
    /// The account's webhook is not set.
    Webhook,
    /// It was lost on the way.
    Lost,
    /// The process stopped in the middle.
    Stopped,
    /// An answer that cannot be read.
    Unreadable,
    /// Something that the step needs is missing in the account.
    Missing,
    /// It is not there any more.
    Gone,
    /// The service lets nobody do that.
    Impossible,
    /// The service refuses for a reason of its own.
    Other,
}

impl Cause {
    /// A cause with the service's own code.
    #[must_use]
    pub fn new(what: What, code: impl std::fmt::Display) -> Cause {
        Cause { what, code: code.to_string().chars().filter(|c| !c.is_control()).take(40).collect() }
    }

    /// What is wrong and how to mend it, in both languages.
    #[must_use]
    pub fn words(&self) -> Words {
        let (vi, en) = match self.what {
            What::Token => (
                "Mã truy cập không còn dùng được. Quản trị viên cấp lại mã ở trang kênh, rồi gửi lại.",
                "The access token does not work any more. An administrator gives a new one on the page of channels; then send again.",
            ),
            What::Permission => (
                "Tài khoản không có quyền đăng. Cấp quyền đăng cho ứng dụng ở dịch vụ, rồi gửi lại.",
                "The account may not post. Grant the app the right to post at the service, then send again.",
            ),
            What::Account => (
                "Dịch vụ không thấy trang, kênh hoặc nhóm này. Kiểm tra lại mã của tài khoản.",
                "The service does not know this page, channel or group. Check the ids of the account.",
            ),
            What::Quota => (
                "Đã hết hạn mức của dịch vụ. Chờ đến kỳ sau hoặc tăng hạn mức, rồi gửi lại.",
                "The quota at the service is used up. Wait for the next period or raise it, then send again.",
            ),
            What::Rate => (
                "Gọi dịch vụ quá nhiều lần trong thời gian ngắn. Hệ thống tự gửi lại sau.",
                "Too many calls to the service in a short time. It is sent again by itself later.",
            ),
            What::Service => (
                "Dịch vụ đang gặp sự cố. Hệ thống tự thử lại; nếu kéo dài, xem trang trạng thái của dịch vụ.",
                "The service does not work now. It is tried again by itself; if it lasts, see the service's status page.",
            ),
            What::Form => (
                "Dịch vụ không nhận nội dung này. Sửa bản viết cho kênh theo giới hạn, rồi gửi lại.",
                "The service does not take this text. Mend the form for the channel by its limits, then send again.",
            ),
            What::Medium => (
                "Dịch vụ không nhận ảnh hoặc clip này. Thay tệp theo định dạng và kích thước cho phép, rồi gửi lại.",
                "The service does not take this picture or clip. Replace it by one of the allowed format and size, then send again.",
            ),
            What::Moderation => (
                "Dịch vụ đã kiểm duyệt và không cho đăng. Xem lý do ở trang quản lý của dịch vụ.",
                "The service has looked at it and does not publish it. See the reason in the service's own console.",
            ),
            What::Webhook => (
                "Chưa đặt địa chỉ nhận báo (webhook) cho tài khoản. Đặt ở trang kênh, rồi gửi lại.",
                "The account's webhook is not set. Set it on the page of channels, then send again.",
            ),
            What::Lost => (
                "Không nhận được trả lời: không rõ đã đăng hay chưa. Mở kênh để xem, rồi cho biết có hay không có ở đó.",
                "No answer came: nobody knows whether it was posted. Open the channel, look, and say whether it is there.",
            ),
            What::Stopped => (
                "Máy chủ dừng giữa chừng: không rõ đã đăng hay chưa. Mở kênh để xem, rồi cho biết có hay không có ở đó.",
                "The server stopped in the middle: nobody knows whether it was posted. Open the channel, look, and say whether it is there.",
            ),
            What::Unreadable => (
                "Dịch vụ trả lời theo cách không đọc được. Mở kênh để xem; nếu lặp lại, báo cho người phát triển.",
                "The service answered in a way that cannot be read. Open the channel and look; if it happens again, tell the developers.",
            ),
            What::Missing => (
                "Tài khoản còn thiếu thông tin. Bổ sung ở trang kênh, rồi gửi lại.",
                "The account lacks something. Complete it on the page of channels, then send again.",
            ),
            What::Gone => (
                "Bài không còn ở dịch vụ: có người đã gỡ hoặc dịch vụ đã gỡ. Xem trang quản lý của dịch vụ; muốn đăng lại thì gửi lại.",
                "The post is not at the service any more: somebody or the service has removed it. See its console; send again to post it anew.",
            ),
            What::Impossible => (
                "Dịch vụ không cho sửa hoặc gỡ bài này. Viết bài đính chính cho kênh, hoặc gỡ bằng tay ở dịch vụ.",
                "The service lets nobody change or remove this post. Write a correcting post for the channel, or remove it by hand there.",
            ),
            What::Other => (
                "Dịch vụ từ chối. Tra mã lỗi trong tài liệu của dịch vụ, sửa, rồi gửi lại.",
                "The service refuses. Look up its code in its documentation, mend it, then send again.",
            ),
        };
        let code = if self.code.is_empty() { String::new() } else { format!(" [{}]", self.code) };
        Words::new(format!("{vi}{code}"), format!("{en}{code}"))
    }
}
