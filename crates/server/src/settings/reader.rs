//! Reads settings and collects their problems, so that one error lists all of them.

use std::fmt;

/// Problems of the settings: name and message of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(Vec<(String, String)>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "invalid settings:")?;
        for (name, problem) in &self.0 {
            writeln!(f, "  {name} {problem}")?;
        }
        f.write_str(
            "Settings are environment variables or lines of the file .env; .env.example explains them.",
        )
    }
}

impl std::error::Error for SettingsError {}

/// Reads settings from a source and collects problems. Messages contain no values, because these may be secrets.
pub struct Reader<'a> {
    source: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<(String, String)>,
}

impl<'a> Reader<'a> {
    pub fn new(source: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            source,
            problems: Vec::new(),
        }
    }

    pub fn required<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        match self.value(name) {
            Some(raw) => self.parse(name, &raw, parse),
            None => {
                self.problem(name, "is required");
                None
            }
        }
    }

    /// A setting that may be missing or empty. The outer `None` means that it is invalid.
    pub fn optional<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        match self.value(name) {
            Some(raw) => self.parse(name, &raw, parse).map(Some),
            None => Some(None),
        }
    }

    pub fn or<T>(
        &mut self,
        name: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let raw = self.value(name).unwrap_or_else(|| default.to_owned());
        self.parse(name, &raw, parse)
    }

    /// A comma-separated list, by default empty.
    pub fn list<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<Vec<T>> {
        let raw = self.value(name).unwrap_or_default();
        let parts = raw.split(',').map(str::trim).filter(|part| !part.is_empty());
        let parsed: Result<Vec<T>, String> = parts.map(parse).collect();
        parsed.map_err(|problem| self.problem(name, &problem)).ok()
    }

    pub fn problem(&mut self, name: &str, problem: &str) {
        self.problems.push((name.to_owned(), problem.to_owned()));
    }

    /// Whether none of `names` is set.
    pub fn is_unset(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.value(name).is_none())
    }

    /// The settings, if there were no problems.
    pub fn finish<T>(self, settings: Option<T>) -> Result<T, SettingsError> {
        match settings {
            Some(settings) if self.problems.is_empty() => Ok(settings),
            _ => Err(SettingsError(self.problems)),
        }
    }

    fn value(&self, name: &str) -> Option<String> {
        (self.source)(name)
            .map(|raw| raw.trim().to_owned())
            .filter(|raw| !raw.is_empty())
    }

    fn parse<T>(&mut self, name: &str, raw: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        parse(raw).map_err(|problem| self.problem(name, &problem)).ok()
    }
}
