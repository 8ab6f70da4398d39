use std::error::Error;
use std::fmt::{self, Display};
use std::iter::Peekable;
use std::str::Chars;

#[derive(Debug, PartialEq)]
pub enum CalcError {
    Unexpected(Option<char>),
    LeftOver(char),
    Arithmetic(char),
}

impl Display for CalcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CalcError::Unexpected(None) => write!(f, "unexpected end"),
            CalcError::Unexpected(Some(c)) => write!(f, "unexpected {c:?}"),
            CalcError::LeftOver(c) => write!(f, "left over {c:?}"),
            CalcError::Arithmetic(sign) => write!(f, "{sign} by zero, or too large"),
        }
    }
}

impl Error for CalcError {}

pub enum Node {
    Number(i64),
    Binary(char, Box<[Node; 2]>),
}

impl Node {
    pub fn value(&self) -> Result<i64, CalcError> {
        let (sign, left, right) = match self {
            Node::Number(value) => return Ok(*value),
            Node::Binary(sign, sides) => (*sign, sides[0].value()?, sides[1].value()?),
        };
        match sign {
            '+' => left.checked_add(right),
            '-' => left.checked_sub(right),
            '*' => left.checked_mul(right),
            '/' => left.checked_div_euclid(right),
            _ => left.checked_rem_euclid(right),
        }
        .ok_or(CalcError::Arithmetic(sign))
    }

    fn depth(&self) -> usize {
        match self {
            Node::Number(_) => 1,
            Node::Binary(_, sides) => 1 + sides.iter().map(Node::depth).max().unwrap_or(0),
        }
    }
}

struct Parser<'a>(Peekable<Chars<'a>>);

impl Parser<'_> {
    fn peek(&mut self) -> Option<char> {
        while self.0.next_if(|c| c.is_whitespace()).is_some() {}
        self.0.peek().copied()
    }

    fn level(&mut self, depth: usize) -> Result<Node, CalcError> {
        let Some(signs) = ["+-", "*/%"].get(depth) else { return self.primary() };
        let mut tree = self.level(depth + 1)?;
        while let Some(sign) = self.peek().filter(|&c| signs.contains(c)) {
            self.0.next();
            tree = Node::Binary(sign, Box::new([tree, self.level(depth + 1)?]));
        }
        Ok(tree)
    }

    fn primary(&mut self) -> Result<Node, CalcError> {
        match self.peek() {
            Some('0'..='9') => Ok(Node::Number(self.number())),
            Some('(') => {
                self.0.next();
                let tree = self.level(0)?;
                match self.peek() {
                    Some(')') => self.0.next().map(|_| tree).ok_or(CalcError::Unexpected(None)),
                    other => Err(CalcError::Unexpected(other)),
                }
            }
            other => Err(CalcError::Unexpected(other)),
        }
    }

    fn number(&mut self) -> i64 {
        let mut value = 0;
        while let Some(digit) = self.0.peek().and_then(|c| c.to_digit(10)) {
            value = value * 10 + i64::from(digit);
            self.0.next();
        }
        value
    }
}

pub fn calculate(source: &str) -> Result<String, Box<dyn Error>> {
    let mut parser = Parser(source.chars().peekable());
    let tree = parser.level(0)?;
    if let Some(c) = parser.peek() {
        return Err(CalcError::LeftOver(c).into());
    }
    Ok(format!("{:>+8} at depth {}", tree.value()?, tree.depth()))
}
