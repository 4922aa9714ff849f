//! The posts of the front page.

use super::super::chance::Chance;

/// A post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// 1 for the top post.
    pub rank: u32,
    /// In the post's address.
    pub id: u64,
    /// Unique.
    pub title: String,
    /// Where it leads: a host's name.
    pub host: &'static str,
    /// Votes.
    pub points: u64,
    /// A handle.
    pub author: &'static str,
    /// How many comments.
    pub comments: u64,
    /// Its age.
    pub hours: u64,
}

const TITLES: [&str; 24] = [
    "A tiny database that fits in a watch",
    "Why our build got twice as fast by deleting code",
    "Show: a map of every lighthouse in Europe",
    "The quiet return of the static site",
    "How trains keep time",
    "Notes on reading other people's code",
    "A keyboard made of driftwood",
    "What a decade of tide tables taught us",
    "Parsing dates is still hard",
    "Ask: which tools do you use every day?",
    "The bridge that sings in the wind",
    "Measuring latency without fooling yourself",
    "A field guide to error messages",
    "Old maps & new errors: the coast that moved",
    "Five years of running servers from a shed",
    "The case for boring queues",
    "\"It works on my machine\" and other ghost stories",
    "How a bakery schedules its ovens",
    "Small languages, large programs",
    "An atlas of abandoned railways",
    "Compression with pencil and paper",
    "The physics of a good loaf",
    "Lessons from a failed migration",
    "Keeping bees and keeping logs",
];
const HOSTS: [&str; 6] = [
    "tidetables.example",
    "quietcode.example",
    "shedserver.example",
    "oldmaps.example",
    "northgate.example",
    "loaf.example",
];
const AUTHORS: [&str; 8] = [
    "quietriver",
    "saltmarsh",
    "kelp42",
    "lowtide",
    "beacon",
    "driftwood",
    "harbourseal",
    "gannet",
];

pub fn all(chance: &mut Chance) -> Vec<Post> {
    let mut titles = TITLES;
    chance.shuffle(&mut titles);
    let mut points = chance.between(600, 1_400);
    let mut id = chance.between(41_000_000, 42_000_000);
    let post = |(index, title): (usize, &&str)| {
        points -= chance.between(5, 22);
        id += chance.between(3, 400);
        Post {
            rank: index as u32 + 1,
            id,
            title: (*title).to_owned(),
            host: chance.pick(HOSTS),
            points,
            author: chance.pick(AUTHORS),
            comments: chance.below(420),
            hours: chance.between(1, 23),
        }
    };
    titles.iter().enumerate().map(post).collect()
}
