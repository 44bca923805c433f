//! Which answers a test compares whole, so that another one can tell which none does.

use testkit::client::Answer;

/// Routes as the document names them, each with answers: `201`, or `404 STYLE_NOT_FOUND`.
pub type Shown = &'static [(&'static str, &'static [&'static str])];

/// The answers a test has compared.
#[derive(Debug, Clone, Default)]
pub struct Seen(Vec<(String, String)>);

impl Seen {
    /// Notes an answer.
    pub fn note(&mut self, answer: &Answer) {
        let status = answer.status.as_u16();
        let name = match answer.error_code() {
            Some(code) => format!("{status} {code}"),
            None => status.to_string(),
        };
        self.0.push((format!("{} {}", answer.method, answer.path), name));
    }

    /// What is listed and has not been noted.
    pub fn missing(&self, listed: Shown) -> Vec<String> {
        let pairs = listed
            .iter()
            .flat_map(|(route, answers)| answers.iter().map(move |answer| (*route, *answer)));
        let noted = |(route, answer): &(&str, &str)| {
            self.0
                .iter()
                .any(|(asked, got)| got == answer && fits(route, asked))
        };
        pairs
            .filter(|pair| !noted(pair))
            .map(|(route, answer)| format!("{route}: {answer}"))
            .collect()
    }
}

/// Whether `asked` (`GET /api/styles/7`) is `route` (`GET /api/styles/{id}`).
pub fn fits(route: &str, asked: &str) -> bool {
    let (mut own, mut given) = (route.split('/'), asked.split('/'));
    loop {
        match (own.next(), given.next()) {
            (None, None) => return true,
            (Some(own), Some(given)) if own == given || own.starts_with('{') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Seen, Shown, fits};

    #[test]
    fn a_path_is_its_route_with_something_for_each_parameter() {
        for (route, asked, expected) in [
            ("GET /api/styles/{id}", "GET /api/styles/7", true),
            ("GET /api/styles/{id}", "POST /api/styles/7", false),
            ("GET /api/styles/{id}", "GET /api/styles", false),
            (
                "POST /api/styles/{id}/retry-training",
                "POST /api/styles/7/retry-training",
                true,
            ),
            ("GET /api/styles", "GET /api/styles", true),
        ] {
            assert_eq!(fits(route, asked), expected, "{route} {asked}");
        }
    }

    #[test]
    fn what_was_not_compared_is_named() {
        const LISTED: Shown = &[("GET /api/styles/{id}", &["200", "404 STYLE_NOT_FOUND"])];
        let seen = Seen(vec![("GET /api/styles/7".to_owned(), "200".to_owned())]);
        assert_eq!(
            seen.missing(LISTED),
            ["GET /api/styles/{id}: 404 STYLE_NOT_FOUND"]
        );
    }
}
