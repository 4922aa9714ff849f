//! Nearly-JSON: what small models write where JSON was asked for.

use serde_json::{Map, Number, Value};

use super::MAX_DEPTH;
use crate::Fault;

/// Most places in a text where a value may begin that are looked at.
const MAX_STARTS: usize = 256;

/// Why no value could be read.
enum Trouble {
    /// The text ended inside of the value.
    End,
    /// This is no value.
    No(&'static str),
    /// It is nested too deep.
    Deep,
}

/// Reads the one value of a text.
///
/// # Errors
/// [`Fault::NotJson`], also if there are several values; [`Fault::Truncated`];
/// [`Fault::TooLarge`].
pub fn read(text: &str) -> Result<Value, Fault> {
    let body = after_thoughts(text);
    let body = body.trim_start_matches('\u{feff}').trim();
    if body.is_empty() {
        return Err(Fault::not_json("nothing was written", text));
    }
    let fenced = fences(body);
    let body = match fenced.as_slice() {
        [] => body,
        [one] => one.trim(),
        _ => return Err(Fault::not_json("there are several code blocks", text)),
    };
    let mut found = Vec::new();
    let mut trouble = "there is no { or [";
    let mut at = 0;
    for _ in 0..MAX_STARTS {
        let Some(start) = body[at..].find(['{', '[']).map(|it| it + at) else {
            break;
        };
        let mut reader = Reader {
            text: body,
            at: start,
            depth: 0,
            is_json: false,
        };
        match reader.value() {
            Ok(value) => {
                at = reader.at;
                found.push(value);
            }
            // What follows lies inside of a value that never ended, so it stands for nothing.
            Err(Trouble::End) => return Err(Fault::truncated(text)),
            Err(Trouble::Deep) => {
                let reason = format!("it is nested deeper than {MAX_DEPTH}");
                return Err(Fault::TooLarge { reason });
            }
            // What lies inside of a value that is wrong is not the value that was meant.
            Err(Trouble::No(reason)) if reader.is_json => {
                return Err(Fault::not_json(reason, text));
            }
            Err(Trouble::No(reason)) => {
                trouble = reason;
                at = start + 1;
            }
        }
    }
    // Prose has numbers in brackets; an object in it is what was meant.
    if found.len() > 1 {
        found.retain(Value::is_object);
        trouble = "there are several values";
    }
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(value), None) => Ok(value),
        _ => Err(Fault::not_json(trouble, text)),
    }
}

/// What follows the thoughts that some models write before their answer.
pub fn after_thoughts(text: &str) -> &str {
    text.rsplit_once("</think>").map_or(text, |(_, rest)| rest)
}

/// The contents of code fences, a last one without an end included.
fn fences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("```") {
        // A fence inside of a value is part of a string.
        if rest[..start].contains(['{', '[']) {
            break;
        }
        let inner = &rest[start + 3..];
        let inner = inner.split_once('\n').map_or("", |(_, body)| body);
        // The fence that ends the block stands alone on its line.
        let end = inner
            .find("\n```")
            .map(|it| it + 1)
            .or_else(|| inner.rfind("```"));
        let (block, after) = match end {
            Some(end) => (&inner[..end], &inner[(end + 3).min(inner.len())..]),
            None => (inner, ""),
        };
        found.push(block);
        rest = after;
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// Whether what was read so far is more than a bracket as prose has them.
    is_json: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Result<char, Trouble> {
        let next = self.peek().ok_or(Trouble::End)?;
        self.at += next.len_utf8();
        Ok(next)
    }

    /// Skips white space and comments.
    fn space(&mut self) -> Result<(), Trouble> {
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            let rest = &self.text[self.at..];
            if rest.starts_with("//") {
                self.at += rest.find('\n').ok_or(Trouble::End)?;
            } else if rest.starts_with("/*") {
                self.at += rest.find("*/").ok_or(Trouble::End)? + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn value(&mut self) -> Result<Value, Trouble> {
        self.space()?;
        match self.peek().ok_or(Trouble::End)? {
            '{' => self.nested(Self::object),
            '[' => self.nested(Self::array),
            quote @ ('"' | '\'') => Ok(Value::String(self.string(quote)?)),
            _ => self.scalar(),
        }
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<Value, Trouble>) -> Result<Value, Trouble> {
        if self.depth == MAX_DEPTH {
            return Err(Trouble::Deep);
        }
        self.depth += 1;
        self.at += 1;
        let value = inner(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, Trouble> {
        let mut fields = Map::new();
        loop {
            self.space()?;
            let key = match self.peek().ok_or(Trouble::End)? {
                '}' => {
                    self.at += 1;
                    return Ok(Value::Object(fields));
                }
                quote @ ('"' | '\'') => self.string(quote)?,
                _ => self
                    .word(|it| it.is_alphanumeric() || "_-$".contains(it))
                    .to_owned(),
            };
            self.space()?;
            if self.next()? != ':' {
                return Err(Trouble::No("a key has no value"));
            }
            self.is_json = true;
            let value = self.value()?;
            if fields.insert(key, value).is_some() {
                return Err(Trouble::No("a key is given twice"));
            }
            if self.ends('}')? {
                return Ok(Value::Object(fields));
            }
        }
    }

    fn array(&mut self) -> Result<Value, Trouble> {
        let mut items = Vec::new();
        loop {
            self.space()?;
            if self.peek().ok_or(Trouble::End)? == ']' {
                self.at += 1;
                return Ok(Value::Array(items));
            }
            items.push(self.value()?);
            self.is_json = true;
            if self.ends(']')? {
                return Ok(Value::Array(items));
            }
        }
    }

    /// After an item: whether the list is over.
    fn ends(&mut self, close: char) -> Result<bool, Trouble> {
        self.space()?;
        match self.next()? {
            ',' => Ok(false),
            it if it == close => Ok(true),
            _ => Err(Trouble::No("a comma is missing")),
        }
    }

    fn string(&mut self, quote: char) -> Result<String, Trouble> {
        self.next()?;
        let mut text = String::new();
        loop {
            match self.next()? {
                it if it == quote => return Ok(text),
                '\\' => self.escape(&mut text)?,
                it => text.push(it),
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), Trouble> {
        let escaped = match self.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let high = self.unit()?;
                let mut units = vec![high];
                if (0xd800..0xdc00).contains(&high) && self.text[self.at..].starts_with("\\u") {
                    self.at += 2;
                    units.push(self.unit()?);
                }
                text.push_str(&String::from_utf16_lossy(&units));
                return Ok(());
            }
            it @ ('"' | '\'' | '\\' | '/' | '\n') => it,
            _ => return Err(Trouble::No("an escape that JSON does not have")),
        };
        text.push(escaped);
        Ok(())
    }

    fn unit(&mut self) -> Result<u16, Trouble> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.next()?.to_digit(16);
            unit = unit * 16 + digit.ok_or(Trouble::No("an escape that JSON does not have"))?;
        }
        Ok(u16::try_from(unit).unwrap_or(0xfffd))
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> &str {
        let rest = &self.text[self.at..];
        let end = rest.find(|it| !belongs(it)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn scalar(&mut self) -> Result<Value, Trouble> {
        let word = self
            .word(|it| it.is_ascii_alphanumeric() || "+-._".contains(it))
            .to_owned();
        // A word that the text ends with may be the first half of another one.
        if self.at == self.text.len() {
            return Err(Trouble::End);
        }
        let value = match word.as_str() {
            "" => return Err(Trouble::No("a value is missing")),
            "true" | "True" => Value::Bool(true),
            "false" | "False" => Value::Bool(false),
            "null" | "None" | "undefined" => Value::Null,
            number => match number.parse::<Number>() {
                Ok(number) => Value::Number(number),
                Err(_) => return Err(Trouble::No("text without quotes")),
            },
        };
        Ok(value)
    }
}
