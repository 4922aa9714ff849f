//! Addresses in a goal.

use errand_domain::address;

use super::token::Token;

/// The first address among the tokens: with a scheme, or a bare domain.
pub fn address(tokens: &[Token]) -> Option<String> {
    tokens
        .iter()
        .find_map(|token| address::of_word(token.text.trim()))
}
