//! Downloads of images.

use std::{collections::BTreeMap, io::Cursor};

use base64::{Engine, engine::general_purpose::STANDARD};
use image::RgbImage;

/// A PNG.
pub struct Downloaded {
    pub picture: RgbImage,
    /// Text chunks by keyword.
    pub text: BTreeMap<String, String>,
}

impl Downloaded {
    /// Downloads a public PNG without cookies or signature.
    pub async fn from(url: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let answer = http.get(url).send().await.expect("the store answers");
        assert_eq!(answer.status().as_u16(), 200, "{url}");
        assert_eq!(answer.headers()["content-type"], "image/png", "{url}");
        Self::read(&answer.bytes().await.expect("a body"))
    }

    fn read(file: &[u8]) -> Self {
        let mut reader = png::Decoder::new(Cursor::new(file)).read_info().expect("a PNG");
        reader.finish().expect("a complete PNG");
        let info = reader.info();
        let plain = info
            .uncompressed_latin1_text
            .iter()
            .map(|chunk| (chunk.keyword.clone(), chunk.text.clone()));
        let any = info
            .utf8_text
            .iter()
            .map(|chunk| (chunk.keyword.clone(), chunk.get_text().expect("text")));
        let text = plain.chain(any).collect();
        let picture = image::load_from_memory(file).expect("a picture").to_rgb8();
        Self { picture, text }
    }

    pub fn size(&self) -> (u32, u32) {
        self.picture.dimensions()
    }
}

/// A file as a data URL.
pub fn data_url(kind: &str, bytes: &[u8]) -> String {
    format!("data:{kind};base64,{}", STANDARD.encode(bytes))
}
