//! The name that somebody probably meant.

/// The closest of `names`, if one is close enough to be a slip of the keys.
#[must_use]
pub fn nearest<'a>(wrong: &str, names: &[&'a str]) -> Option<&'a str> {
    let wrong = wrong.to_lowercase().replace('-', "_");
    names
        .iter()
        .map(|name| (distance(&wrong, name), *name))
        .min()
        .filter(|(distance, name)| *distance <= (name.len() / 3).max(2))
        .map(|(_, name)| name)
}

/// Insertions, deletions, replacements and swaps of neighbours between two short words.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, own) in left.iter().enumerate() {
        let mut next = vec![at + 1];
        for (to, other) in right.iter().enumerate() {
            let replaced = row[to] + usize::from(own != other);
            let mut best = replaced.min(row[to + 1] + 1).min(next[to] + 1);
            let swapped = at > 0 && to > 0 && own == &right[to - 1] && &left[at - 1] == other;
            if swapped {
                best = best.min(before[to - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_name_and_nonsense_finds_none() {
        let names = ["listen", "data_dir", "browsers", "tls_cert"];
        for (wrong, meant) in [
            ("lisen", Some("listen")),
            ("lsiten", Some("listen")),
            ("data-dir", Some("data_dir")),
            ("Browser", Some("browsers")),
            ("tls_certificate", None),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(wrong, &names), meant, "{wrong}");
        }
    }
}
