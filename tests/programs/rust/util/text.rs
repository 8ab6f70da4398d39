/// Whether a character belongs to the cluster before it: marks, joiner, skin tones.
fn extends(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{93e}'..='\u{94d}' | '\u{e31}'..='\u{e3a}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}')
}

pub fn clusters(text: &str) -> usize {
    let mut count = 0;
    let mut last = '\0';
    let mut flag_open = false;
    for c in text.chars() {
        let flag_half = ('\u{1f1e6}'..='\u{1f1ff}').contains(&c);
        let joined = extends(c) || last == '\u{200d}' || (flag_half && flag_open);
        count += usize::from(!joined);
        flag_open = flag_half && !(flag_open && joined);
        last = c;
    }
    count
}

pub struct Shape<'a>(pub &'a str);

impl std::fmt::Display for Shape<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.0;
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let upper = text.split_whitespace().next_back().map(str::to_uppercase).unwrap_or_default();
        write!(
            f,
            "{}B {}cp {}u {}g {letters}l {upper}",
            text.len(),
            text.chars().count(),
            text.encode_utf16().count(),
            clusters(text)
        )
    }
}
