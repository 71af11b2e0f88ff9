//! The one thing that an agency may change of the look: its accent, weighed before it is taken.

/// A colour that an agency chose for its portal and that can be read on white and on the page's wash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Accent(u8, u8, u8);

/// Why a colour was not taken.
#[derive(Clone, PartialEq, Debug)]
pub enum AccentError {
    /// It is not written as `#rrggbb`.
    NotAColour(String),
    /// Its contrast on the page's lightest or warmest ground is under 4.5:1 (WCAG 2.2, 1.4.3); the ratio found.
    TooPale(f64),
}

impl std::fmt::Display for AccentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AccentError::NotAColour(given) => write!(f, "`{given}` is not a colour of the form #rrggbb"),
            AccentError::TooPale(ratio) => {
                write!(
                    f,
                    "the colour's contrast is {ratio:.2}:1; choose a darker one, at least 4.5:1 on #f6f3ec"
                )
            }
        }
    }
}

impl std::error::Error for AccentError {}

/// The page's warm ground, against which an accent is weighed: it is darker than white, so the stricter of the two.
const WASH: Accent = Accent(0xf6, 0xf3, 0xec);
/// The ground of the dark scheme, against which the lightened accent is weighed.
const NIGHT: Accent = Accent(0x1a, 0x19, 0x17);

impl std::str::FromStr for Accent {
    type Err = AccentError;

    fn from_str(text: &str) -> Result<Accent, AccentError> {
        let bad = || AccentError::NotAColour(text.to_owned());
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6).ok_or_else(bad)?;
        let mut rgb = [0_u8; 3];
        hex::decode_to_slice(digits, &mut rgb).map_err(|_| bad())?;
        let accent = Accent(rgb[0], rgb[1], rgb[2]);
        let ratio = accent.contrast(WASH);
        if ratio < 4.5 { Err(AccentError::TooPale(ratio)) } else { Ok(accent) }
    }
}

impl std::fmt::Display for Accent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl Accent {
    /// The contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio).
    pub fn contrast(self, other: Accent) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Relative luminance, 0 to 1 (WCAG 2.2, definition of relative luminance).
    fn luminance(self) -> f64 {
        let part = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(self.0) + 0.7152 * part(self.1) + 0.0722 * part(self.2)
    }

    /// The same hue, lightened in steps towards white until it can be read on the dark ground.
    fn for_the_dark(self) -> Accent {
        let lighter = |c: u8| c + (255 - c).div_ceil(16);
        let mut accent = self;
        while accent.contrast(NIGHT) < 4.5 {
            accent = Accent(lighter(accent.0), lighter(accent.1), lighter(accent.2));
        }
        accent
    }
}

/// The style sheet of a portal with a colour of its own. The colour was weighed when it was parsed; what the dark
/// scheme uses is lightened until it holds there too.
pub fn theme_css(accent: Accent) -> String {
    format!(
        ":root{{--accent:{accent}}}@media (prefers-color-scheme:dark){{:root{{--accent:{}}}}}",
        accent.for_the_dark()
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_accent_that_cannot_be_read_is_refused() {
        assert_eq!("#9a1a1d".parse::<Accent>().unwrap().to_string(), "#9a1a1d");
        assert!(matches!("#ffcc00".parse::<Accent>(), Err(AccentError::TooPale(_))));
        assert!(matches!("đỏ".parse::<Accent>(), Err(AccentError::NotAColour(_))));
        assert!(matches!("#9a1a1".parse::<Accent>(), Err(AccentError::NotAColour(_))));
    }

    #[test]
    fn contrast_is_that_of_the_guideline() {
        let (black, white) = (Accent(0, 0, 0), Accent(255, 255, 255));
        assert!((black.contrast(white) - 21.0).abs() < 0.001);
        assert!((white.contrast(white) - 1.0).abs() < 0.001);
    }

    #[test]
    fn the_dark_scheme_gets_a_colour_that_holds_there() {
        for given in ["#000000", "#9a1a1d", "#0b3d91", "#1b673b"] {
            let accent: Accent = given.parse().unwrap();
            assert!(accent.for_the_dark().contrast(NIGHT) >= 4.5, "{given}");
        }
        assert!(theme_css("#0b3d91".parse().unwrap()).starts_with(":root{--accent:#0b3d91}"));
    }
}
