//! Reads settings one by one and remembers every problem, so that one start tells them all.

use std::fmt;

/// What is wrong with the settings, every problem by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(Vec<(String, String)>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the settings cannot be used:")?;
        for (name, problem) in &self.0 {
            writeln!(f, "  {name} {problem}")?;
        }
        f.write_str(
            "Settings are environment variables, or lines of a file .env; .env.example explains each.",
        )
    }
}

impl std::error::Error for SettingsError {}

/// Reads settings from a source and collects problems. Values are never part of a problem: they may be secrets.
pub struct Reader<'a> {
    source: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<(String, String)>,
}

impl<'a> Reader<'a> {
    /// Reads from `source`.
    pub fn new(source: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            source,
            problems: Vec::new(),
        }
    }

    /// A setting that must be there.
    pub fn required<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        match self.value(name) {
            Some(raw) => self.parsed(name, &raw, parse),
            None => {
                self.problem(name, "is required");
                None
            }
        }
    }

    /// A setting that may be absent or empty. The outer `None` is a problem.
    pub fn optional<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        match self.value(name) {
            Some(raw) => self.parsed(name, &raw, parse).map(Some),
            None => Some(None),
        }
    }

    /// A setting with a default.
    pub fn or<T>(
        &mut self,
        name: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let raw = self.value(name).unwrap_or_else(|| default.to_owned());
        self.parsed(name, &raw, parse)
    }

    /// A list, separated by commas; absent is empty.
    pub fn list<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<Vec<T>> {
        let raw = self.value(name).unwrap_or_default();
        let parts = raw.split(',').map(str::trim).filter(|part| !part.is_empty());
        let read: Result<Vec<T>, String> = parts.map(parse).collect();
        read.map_err(|problem| self.problem(name, &problem)).ok()
    }

    /// Notes a problem.
    pub fn problem(&mut self, name: &str, problem: &str) {
        self.problems.push((name.to_owned(), problem.to_owned()));
    }

    /// Whether none of `names` is set.
    pub fn is_unset(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.value(name).is_none())
    }

    /// The settings, when nothing was wrong.
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

    fn parsed<T>(&mut self, name: &str, raw: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        parse(raw).map_err(|problem| self.problem(name, &problem)).ok()
    }
}
