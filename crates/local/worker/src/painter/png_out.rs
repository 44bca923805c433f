//! Encodes a picture as PNG and writes into it what it is and whose style it is in.

use image::RgbaImage;
use png::{BitDepth, ColorType, Encoder, EncodingError};

const SOFTWARE: &str = "Style License demo worker";
const COMMENT: &str = "Procedural demo picture painted from the colours of the style's training images. \
                       No model was trained or used.";

/// What is written into a picture's text chunks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PictureText {
    /// The style's artist, if known.
    pub artist: Option<String>,
    /// The style's license (`personal`, `commercial`, `exclusive`), if known.
    pub license: Option<String>,
    /// The style's name, if known.
    pub style_name: Option<String>,
    /// The style's id.
    pub style_id: i64,
    /// The prompt.
    pub prompt: String,
    /// The seed.
    pub seed: u64,
}

/// Encodes the picture, without its transparency, with its text.
pub fn encode(picture: &RgbaImage, text: &PictureText) -> Result<Vec<u8>, EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    for (keyword, value) in chunks(text) {
        // tEXt holds Latin-1 only and is read everywhere; iTXt holds any language.
        if value.is_ascii() {
            encoder.add_text_chunk(keyword.to_owned(), value)?;
        } else {
            encoder.add_itxt_chunk(keyword.to_owned(), value)?;
        }
    }
    let pixels: Vec<u8> = picture
        .pixels()
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(file)
}

fn chunks(text: &PictureText) -> Vec<(&'static str, String)> {
    let style = text
        .style_name
        .as_deref()
        .map_or_else(|| format!("style {}", text.style_id), str::to_owned);
    let mut chunks = vec![("Title", format!("{} in {style}", text.prompt))];
    if let Some(artist) = &text.artist {
        chunks.push(("Author", artist.clone()));
        chunks.push(("Copyright", format!("Style by {artist}")));
    }
    if let Some(license) = &text.license {
        chunks.push(("License", license.clone()));
    }
    chunks.push(("Software", SOFTWARE.to_owned()));
    chunks.push(("Comment", COMMENT.to_owned()));
    chunks.push(("Style", text.style_id.to_string()));
    chunks.push(("Prompt", text.prompt.clone()));
    chunks.push(("Seed", text.seed.to_string()));
    for (_, value) in &mut chunks {
        // A zero byte would end the chunk's text early.
        value.retain(|letter| !letter.is_control());
    }
    chunks
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::Rgba;

    use super::*;

    fn text(artist: &str) -> PictureText {
        PictureText {
            artist: Some(artist.to_owned()),
            license: Some("personal".to_owned()),
            style_name: None,
            style_id: 7,
            prompt: "a\0, b".to_owned(),
            seed: 42,
        }
    }

    #[test]
    fn the_text_can_be_read_back_from_the_file() {
        let picture = RgbaImage::from_pixel(3, 2, Rgba([1, 2, 3, 255]));
        let file = encode(&picture, &text("Demo Artist")).unwrap();
        let mut reader = png::Decoder::new(Cursor::new(&file)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, [1, 2, 3].repeat(6));
        let found = |keyword: &str| {
            let chunks = &reader.info().uncompressed_latin1_text;
            chunks
                .iter()
                .find(|chunk| chunk.keyword == keyword)
                .map(|chunk| chunk.text.clone())
                .unwrap()
        };
        assert_eq!(found("Author"), "Demo Artist");
        assert_eq!(found("License"), "personal");
        assert_eq!(found("Prompt"), "a, b");
        assert_eq!(found("Seed"), "42");
        assert!(found("Comment").contains("No model"));
    }

    #[test]
    fn korean_names_are_kept() {
        let file = encode(&RgbaImage::new(1, 1), &text("데모 작가")).unwrap();
        let reader = png::Decoder::new(Cursor::new(&file)).read_info().unwrap();
        let chunk = reader
            .info()
            .utf8_text
            .iter()
            .find(|chunk| chunk.keyword == "Author")
            .unwrap();
        assert_eq!(chunk.get_text().unwrap(), "데모 작가");
    }
}
