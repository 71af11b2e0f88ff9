//! Why an act on a draft is refused, in words.

use crate::drafts::life::Refused;
use crate::problem::Problem;

/// Somebody was quicker.
pub(super) fn moved() -> Problem {
    Problem::refused(
        "Bản nháp vừa được người khác sửa hoặc chuyển bước. Hãy tải lại trang, xem bản mới nhất rồi làm tiếp.",
        "Somebody has just changed this draft or moved it on. Reload the page, look at the newest version and go on.",
    )
}

/// A refusal in words.
pub(in crate::drafts) fn refusal(refused: Refused) -> Problem {
    let (vi, en) = match refused {
        Refused::Stage => (
            "Việc này không làm được ở bước hiện tại; trang có thể đã cũ, hãy tải lại.",
            "This cannot be done at the present step; the page may be old, reload it.",
        ),
        Refused::Role => ("Vai trò của bạn không bao gồm việc này.", "Your roles do not cover this."),
        Refused::Signer => (
            "Văn bản chính thức phải do người ký hoặc lãnh đạo duyệt.",
            "An official document must be approved by a signer or a leader.",
        ),
        Refused::SecondPerson => (
            "Cần một người thứ hai: người đã viết hoặc đề xuất không tự duyệt. Nhờ người duyệt khác, lãnh đạo, hoặc bộ phận trực của cấp trên được giao; hoặc trả lại người viết: khi người đó lưu và trình lại, bạn duyệt được.",
            "A second person is needed: whoever wrote or proposed it does not approve it. Ask another publisher, the leader, or the duty desk of the parent agency; or send it back: once its writer has saved and handed it in anew, you may approve it.",
        ),
        Refused::Unsound => (
            "Còn chỗ phải sửa trước; xem danh sách trên trang bản nháp.",
            "Something must be mended first; see the list on the draft's page.",
        ),
        Refused::TooEarly => (
            "Chưa đến giờ hẹn. Muốn đăng ngay thì bỏ giờ hẹn và trình duyệt lại.",
            "Its hour has not come. To issue it now, take the hour away and have it approved again.",
        ),
    };
    match refused {
        Refused::Role | Refused::Signer => Problem::Forbidden { vi: vi.into(), en: en.into() },
        _ => Problem::refused(vi, en),
    }
}
