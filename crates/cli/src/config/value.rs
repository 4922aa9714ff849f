//! Values of settings and flags that have a form of their own.

use std::{net::SocketAddr, str::FromStr, time::Duration};

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, de::Error as _};
use url::Url;

/// An address to listen on. `localhost` is 127.0.0.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen(pub SocketAddr);

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numeric = match text.strip_prefix("localhost:") {
            Some(port) => format!("127.0.0.1:{port}"),
            None => text.to_owned(),
        };
        numeric.parse().map(Self).map_err(|_| {
            format!("\"{text}\" is no address with a port, such as 127.0.0.1:50051 or [::]:50051")
        })
    }
}

impl<'de> Deserialize<'de> for Listen {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        String::deserialize(reader)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// A length of time such as `90s`, `5m` or `1h 30m`; more than zero, at most 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub Duration);

impl Span {
    const MAX: Duration = Duration::from_secs(30 * 24 * 3600);
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("\"{text}\" is no length of time, such as 90s, 5m or 1h30m");
        let length: SignedDuration = text.parse().map_err(|_| refuse())?;
        let length = Duration::try_from(length).map_err(|_| refuse())?;
        if length.is_zero() || length > Self::MAX {
            return Err(format!("\"{text}\" is not between 1ms and 30 days"));
        }
        Ok(Self(length))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        String::deserialize(reader)?
            .parse()
            .map_err(D::Error::custom)
    }
}

/// An address for others: http or https, with a host, without a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(pub Url);

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text)
            .ok()
            .filter(|it| matches!(it.scheme(), "http" | "https"));
        let url = url.filter(|it| it.has_host() && it.query().is_none() && it.fragment().is_none());
        url.map(Self).ok_or_else(|| {
            format!("\"{text}\" is no URL to reach a server by, such as https://errand.example.com")
        })
    }
}

impl<'de> Deserialize<'de> for PublicUrl {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        String::deserialize(reader)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Listen, Span};

    #[test]
    fn addresses_need_a_port() {
        assert_eq!(
            "localhost:0".parse::<Listen>().unwrap().0.to_string(),
            "127.0.0.1:0"
        );
        assert_eq!(
            "[::]:50051".parse::<Listen>().unwrap().0.to_string(),
            "[::]:50051"
        );
        for wrong in ["", "127.0.0.1", "example.com:80", ":80", "127.0.0.1:99999"] {
            assert!(wrong.parse::<Listen>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn lengths_of_time_are_words_and_bounded() {
        assert_eq!("5m".parse::<Span>().unwrap().0, Duration::from_secs(300));
        assert_eq!(
            "1h30m".parse::<Span>().unwrap().0,
            Duration::from_secs(5400)
        );
        assert_eq!(
            "250ms".parse::<Span>().unwrap().0,
            Duration::from_millis(250)
        );
        for wrong in ["", "5", "soon", "-5s", "0s", "400d", "9999999999999999999h"] {
            assert!(wrong.parse::<Span>().is_err(), "{wrong}");
        }
    }
}
