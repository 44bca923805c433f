//! An upload form for tests, and an artist.

use std::sync::OnceLock;

use reqwest::multipart::{Form, Part};
use testkit::{
    client::{Answer, Client},
    images,
};

use crate::support::Platform;

#[derive(Clone)]
pub struct StyleForm {
    pub texts: Vec<(&'static str, String)>,
    pub files: Vec<(Vec<u8>, String)>,
}

impl StyleForm {
    /// A valid form with ten images.
    pub fn valid() -> Self {
        let texts = [
            ("name", "Blue Harbour"),
            ("description", "Boats."),
            ("generation_cost_tokens", "20"),
        ];
        Self {
            texts: texts.map(|(name, text)| (name, text.to_owned())).into(),
            files: (0..10)
                .map(|index| (picture(index), format!("picture-{index}.png")))
                .collect(),
        }
    }

    /// Replaces or adds a text field.
    pub fn with(mut self, name: &'static str, text: &str) -> Self {
        self.texts.retain(|(known, _)| *known != name);
        self.texts.push((name, text.to_owned()));
        self
    }

    /// Removes a field.
    pub fn without(mut self, name: &str) -> Self {
        self.texts.retain(|(known, _)| *known != name);
        self
    }

    /// Replaces the images.
    pub fn pictures(mut self, count: usize) -> Self {
        let bytes = picture(0);
        self.files = (0..count)
            .map(|index| (bytes.clone(), format!("picture-{index}.png")))
            .collect();
        self
    }

    /// Replaces the file at an index.
    pub fn file(mut self, index: usize, bytes: Vec<u8>, name: &str) -> Self {
        self.files[index] = (bytes, name.to_owned());
        self
    }

    pub fn form(&self) -> Form {
        let mut form = Form::new();
        for (name, text) in &self.texts {
            form = form.text(*name, text.clone());
        }
        for (bytes, name) in &self.files {
            let part = Part::bytes(bytes.clone()).file_name(name.clone());
            form = form.part("images", part.mime_str("image/png").expect("a media type"));
        }
        form
    }

    pub async fn send(&self, artist: &Client) -> Answer {
        artist.post_form("/api/styles", self.form()).await
    }
}

/// An image of the default form. The images are created once.
fn picture(index: u8) -> Vec<u8> {
    static PICTURES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let pictures = PICTURES.get_or_init(|| (0..10).map(|seed| images::png(512, 512, seed)).collect());
    pictures[usize::from(index)].clone()
}

/// An artist without a style.
pub async fn artist(platform: &Platform) -> Client {
    let artist = platform.user("artist@example.com").await;
    artist.become_artist("Test Artist").await;
    artist
}
