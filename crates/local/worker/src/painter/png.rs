//! Encodes a picture as PNG, with its origin in text chunks.

use image::RgbaImage;
use png::{BitDepth, ColorType, Encoder, EncodingError};

use super::{PaintJob, StyleInfo};

const SOFTWARE: &str = "Style License demo worker";
const COMMENT: &str = "Procedural demo picture painted from the colours of the style's training images. \
                       No model was trained or used.";

/// Drops the alpha channel.
pub(super) fn encode(picture: &RgbaImage, job: &PaintJob) -> Result<Vec<u8>, EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    for (keyword, value) in chunks(job) {
        // tEXt has better support but only Latin-1; iTXt is UTF-8.
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

fn chunks(job: &PaintJob) -> Vec<(&'static str, String)> {
    let StyleInfo {
        name,
        artist,
        license,
    } = &job.style;
    let prompt = job.tags.join(", ");
    let style = name.clone().unwrap_or_else(|| format!("style {}", job.style_id));
    let mut chunks = vec![("Title", format!("{prompt} in {style}"))];
    if let Some(artist) = artist {
        chunks.push(("Author", artist.clone()));
        chunks.push(("Copyright", format!("Style by {artist}")));
    }
    chunks.extend(license.clone().map(|license| ("License", license)));
    chunks.push(("Software", SOFTWARE.to_owned()));
    chunks.push(("Comment", COMMENT.to_owned()));
    chunks.push(("Style", job.style_id.to_string()));
    chunks.push(("Prompt", prompt));
    chunks.push(("Seed", job.seed.to_string()));
    for (_, value) in &mut chunks {
        // A NUL byte would truncate the text.
        value.retain(|c| !c.is_control());
    }
    chunks
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::Rgba;

    use super::*;

    fn job(artist: &str) -> PaintJob {
        PaintJob {
            tags: vec!["a\0".to_owned(), "b".to_owned()],
            seed: 42,
            width: 64,
            height: 64,
            signature: None,
            style_id: 7,
            style: StyleInfo {
                name: None,
                artist: Some(artist.to_owned()),
                license: Some("personal".to_owned()),
            },
        }
    }

    #[test]
    fn text_chunks_can_be_read() {
        let picture = RgbaImage::from_pixel(3, 2, Rgba([1, 2, 3, 255]));
        let file = encode(&picture, &job("Demo Artist")).unwrap();
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
    fn korean_names_are_stored_as_utf8() {
        let file = encode(&RgbaImage::new(1, 1), &job("데모 작가")).unwrap();
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
