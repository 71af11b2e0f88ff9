//! Host names that are made to be taken for official ones, and those that are not.

use proptest::prelude::*;
use vietnam::hosts::{Hosts, Judged, Likeness};

const REAL: [&str; 6] = [
    "chinhphu.vn",
    "mof.gov.vn",
    "laocai.gov.vn",
    "mucangchai.laocai.gov.vn",
    "hochiminhcity.gov.vn",
    "bacninh.gov.vn",
];

fn hosts() -> Hosts {
    Hosts::new(REAL)
}

#[test]
fn an_imitation_is_named_with_what_it_imitates() {
    use Likeness::{Ending, Hyphen, Letters, Slip, Wrapped};
    for (host, real, how) in [
        ("chinhphu.vn.example", "chinhphu.vn", Wrapped),
        ("dichvucong.chinhphu.vn.evil.com", "chinhphu.vn", Wrapped),
        ("chinhphu-vn.com", "chinhphu.vn", Wrapped),
        ("laocai-gov-vn.top", "laocai.gov.vn", Wrapped),
        ("lao-cai.gov.vn", "laocai.gov.vn", Hyphen),
        ("hochiminh-city.gov.vn", "hochiminhcity.gov.vn", Hyphen),
        ("ch1nhphu.vn", "chinhphu.vn", Letters),
        ("chlnhphu.vn", "chinhphu.vn", Letters),
        ("la0cai.gov.vn", "laocai.gov.vn", Letters),
        ("chínhphủ.vn", "chinhphu.vn", Letters),
        ("\u{441}hinhphu.vn", "chinhphu.vn", Letters),
        // The same with a Cyrillic letter, as browsers send it.
        ("xn--hinhphu-xjg.vn", "chinhphu.vn", Letters),
        ("rnof.gov.vn", "mof.gov.vn", Letters),
        ("mof.com", "mof.gov.vn", Ending),
        ("laocai-gov.vn", "laocai.gov.vn", Wrapped),
        ("laocaigov.com", "laocai.gov.vn", Ending),
        ("chinhphu.gov.vn", "chinhphu.vn", Ending),
        ("chinhpu.vn", "chinhphu.vn", Slip),
        ("chinhphuu.vn", "chinhphu.vn", Slip),
        ("bacnihn.gov.vn", "bacninh.gov.vn", Slip),
    ] {
        assert_eq!(hosts().judge(host), Judged::Like { real: real.into(), how }, "{host}");
    }
}

#[test]
fn what_is_no_imitation_is_not_called_one() {
    for host in [
        "example.org",
        "vnexpress.net",
        "mo.vn",
        "gov.vn",
        "vn",
        "",
        ".",
        "a..b",
        "hanoi.gov.vn",
        "moj.gov.vn",
    ] {
        assert_eq!(hosts().judge(host), Judged::Unknown, "{host}");
    }
    assert_eq!(hosts().judge("xaydungchinhsach.chinhphu.vn"), Judged::Below("chinhphu.vn".into()));
    // What nobody else can have made is below, however odd it looks.
    assert_eq!(hosts().judge("la0cai.laocai.gov.vn"), Judged::Below("laocai.gov.vn".into()));
}

proptest! {
    #[test]
    fn any_text_is_judged(host in ".{0,400}") {
        let _ = hosts().judge(&host);
    }

    #[test]
    fn an_official_host_is_official_however_it_is_written(at in 0..REAL.len(), up in any::<u64>(), dot in any::<bool>()) {
        let letters = REAL[at].chars().enumerate();
        let mut host: String =
            letters.map(|(n, c)| if up >> (n % 64) & 1 == 1 { c.to_ascii_uppercase() } else { c }).collect();
        if dot {
            host.push('.');
        }
        prop_assert_eq!(hosts().judge(&host), Judged::Official(REAL[at].into()));
    }

    #[test]
    fn a_name_with_something_behind_it_is_never_official(at in 0..REAL.len(), tail in "[a-z]{2,12}(\\.[a-z]{2,6})?") {
        let host = format!("{}.{tail}", REAL[at]);
        let judged = hosts().judge(&host);
        let named = matches!(judged, Judged::Like { how: Likeness::Wrapped, .. });
        prop_assert!(named, "{host}: {judged:?}");
    }

    #[test]
    fn below_is_only_what_ends_in_an_official_name(host in "[a-z0-9-]{1,20}(\\.[a-z0-9-]{1,10}){0,3}") {
        if let Judged::Below(real) = hosts().judge(&host) {
            let end = format!(".{real}");
            prop_assert!(host.ends_with(&end), "{host} below {real}");
        }
    }

    #[test]
    fn one_look_alike_letter_is_seen(at in 0..REAL.len(), place in 0_usize..20) {
        let twins = [('a', 'а'), ('c', 'с'), ('e', 'е'), ('o', 'о'), ('p', 'р'), ('i', 'і'), ('h', 'һ'), ('y', 'у')];
        let real = REAL[at];
        let Some((n, c)) = real.char_indices().skip(place % real.len()).find(|(_, c)| twins.iter().any(|(l, _)| l == c)) else {
            return Ok(());
        };
        let twin = twins.iter().find(|(l, _)| *l == c).map_or('?', |(_, t)| *t);
        let host = format!("{}{twin}{}", &real[..n], &real[n + 1..]);
        let judged = hosts().judge(&host);
        // Below another official name it is that one's own affair.
        let fine = matches!(&judged, Judged::Like { .. } | Judged::Below(_));
        prop_assert!(fine, "{host}: {judged:?}");
    }
}
