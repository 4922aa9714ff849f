//! Calls in the manner of Python: `name(key='value', …)`.

/// Longest text that is read.
const MAX_BYTES: usize = 64 * 1024;

/// A call.
#[derive(Debug)]
pub struct Call {
    pub name: String,
    arguments: Vec<(String, String)>,
}

impl Call {
    /// The value of an argument.
    pub fn argument(&self, name: &str) -> Option<&str> {
        let found = self.arguments.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// All calls of a text, in order; text around them is passed over.
///
/// # Errors
/// What is wrong with a call that was begun.
pub fn all(text: &str) -> Result<Vec<Call>, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("{} bytes of actions are too many", text.len()));
    }
    let mut reader = Reader {
        rest: text.chars().collect(),
        at: 0,
    };
    let mut calls = Vec::new();
    while reader.at < reader.rest.len() {
        // A call stands at the beginning of a line, or after another one.
        reader.skip(|it| !is_word(it));
        let name = reader.word();
        if reader.peek() != Some('(') {
            let next = reader.rest[reader.at..].iter().position(|it| *it == '\n');
            reader.at = next.map_or(reader.rest.len(), |it| reader.at + it);
            continue;
        }
        reader.at += 1;
        let arguments = reader.arguments(&name)?;
        calls.push(Call { name, arguments });
    }
    Ok(calls)
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

struct Reader {
    rest: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self, name: &str) -> Result<char, String> {
        let next = self
            .peek()
            .ok_or_else(|| format!("{name}(… does not end"))?;
        self.at += 1;
        Ok(next)
    }

    fn skip(&mut self, passes: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&passes) {
            self.at += 1;
        }
    }

    fn word(&mut self) -> String {
        let start = self.at;
        self.skip(is_word);
        self.rest[start..self.at].iter().collect()
    }

    fn arguments(&mut self, name: &str) -> Result<Vec<(String, String)>, String> {
        let mut arguments = Vec::new();
        loop {
            self.skip(|it| it.is_whitespace() || it == ',');
            if self.peek() == Some(')') {
                self.at += 1;
                return Ok(arguments);
            }
            let key = self.word();
            self.skip(char::is_whitespace);
            if key.is_empty() || self.next(name)? != '=' {
                return Err(format!("the arguments of {name} are not key='value'"));
            }
            self.skip(char::is_whitespace);
            let value = match self.next(name)? {
                quote @ ('\'' | '"') => self.quoted(quote, name)?,
                first => self.bare(first, name)?,
            };
            arguments.push((key, value));
        }
    }

    /// Up to the quote that is followed by another argument or the end: models forget to escape
    /// those within.
    fn quoted(&mut self, quote: char, name: &str) -> Result<String, String> {
        let mut value = String::new();
        loop {
            match self.next(name)? {
                '\\' => match self.next(name)? {
                    'n' => value.push('\n'),
                    't' => value.push('\t'),
                    it @ ('\'' | '"' | '\\') => value.push(it),
                    other => {
                        value.push('\\');
                        value.push(other);
                    }
                },
                it if it == quote && self.is_end() => return Ok(value),
                it => value.push(it),
            }
        }
    }

    fn is_end(&self) -> bool {
        let mut after = self.rest[self.at..].iter();
        let next = after.by_ref().find(|it| !it.is_whitespace());
        match next {
            Some(')') => true,
            // Another argument, not a comma of the text.
            Some(',') => {
                let next: String = after.take(24).collect();
                let key: String = next
                    .trim_start()
                    .chars()
                    .take_while(|it| is_word(*it))
                    .collect();
                !key.is_empty() && next.trim_start()[key.len()..].trim_start().starts_with('=')
            }
            _ => false,
        }
    }

    /// A value without quotes, with its brackets: `(1,2)`, `[1,2,3,4]`, `down`.
    fn bare(&mut self, first: char, name: &str) -> Result<String, String> {
        let mut value = String::from(first);
        let mut depth = i32::from("([".contains(first));
        loop {
            match self
                .peek()
                .ok_or_else(|| format!("{name}(… does not end"))?
            {
                ',' | ')' if depth <= 0 => return Ok(value.trim().to_owned()),
                it => {
                    depth += i32::from("([".contains(it)) - i32::from(")]".contains(it));
                    value.push(it);
                    self.at += 1;
                }
            }
        }
    }
}
