//! The demo worker's model file: a valid safetensors file that says itself that it is no model.
//!
//! Layout: eight bytes with the header's length (little-endian), a JSON header, then the tensors' values,
//! 32-bit floats, little-endian. Tensors: `palette` (n × 3, OKLab), `weights` (n), `texture` (4: contrast,
//! edge energy, orientation in radians, coherence).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::palette::{Palette, Swatch};
use super::texture::Texture;

/// Most colours a file may hold; the worker writes far fewer.
const MOST_COLOURS: usize = 256;
/// Longest header that is read, in bytes.
const LONGEST_HEADER: usize = 64 * 1024;
/// What marks a file of ours among other safetensors files.
const FORMAT: &str = "style-license-demo-palette";
const NOTE: &str = "Written by the demo worker of Style License: the palette and texture figures of the \
                    training images. This is a demo and no trained model; no image generator can load it.";

/// Why a file cannot be read as a demo model file.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ModelFileError {
    /// The file ends before its header does, or the header is longer than any of ours.
    #[error("the header is cut off or oversized")]
    Header,
    /// The header is not the JSON object it should be.
    #[error("the header cannot be read: {0}")]
    Json(String),
    /// A safetensors file, but not one written by the demo worker.
    #[error("the file was not written by the demo worker")]
    Foreign,
    /// A tensor is missing, of another type or shape, or points outside the file.
    #[error("tensor {0} is missing or malformed")]
    Tensor(&'static str),
    /// A value is not a number, or far outside its range.
    #[error("tensor {0} holds a value out of range")]
    Value(&'static str),
}

#[derive(Serialize, Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// Encodes what was learnt of the style `style_id`.
pub fn write(palette: &Palette, style_id: i64) -> Vec<u8> {
    let colours = palette.swatches.len();
    let texture = palette.texture;
    let tensors: [(&str, Vec<usize>, Vec<f32>); 3] = [
        (
            "palette",
            vec![colours, 3],
            palette.swatches.iter().flat_map(|swatch| swatch.colour).collect(),
        ),
        (
            "weights",
            vec![colours],
            palette.swatches.iter().map(|swatch| swatch.weight).collect(),
        ),
        (
            "texture",
            vec![4],
            vec![
                texture.contrast,
                texture.edge_energy,
                texture.orientation,
                texture.coherence,
            ],
        ),
    ];
    let mut header = serde_json::Map::new();
    header.insert(
        "__metadata__".to_owned(),
        serde_json::json!({ "format": FORMAT, "note": NOTE, "style_id": style_id.to_string() }),
    );
    let mut data = Vec::new();
    for (name, shape, values) in tensors {
        let start = data.len();
        data.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        let entry =
            serde_json::json!({ "dtype": "F32", "shape": shape, "data_offsets": [start, data.len()] });
        header.insert(name.to_owned(), entry);
    }
    let mut header = Value::Object(header).to_string().into_bytes();
    // The format asks for values aligned to eight bytes and allows spaces after the header.
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header);
    file.extend(data);
    file
}

/// Reads a file made by [`write`]. Any other bytes give an error, never a panic.
pub fn read(file: &[u8]) -> Result<Palette, ModelFileError> {
    let (length, rest) = file.split_first_chunk::<8>().ok_or(ModelFileError::Header)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| ModelFileError::Header)?;
    if length > LONGEST_HEADER {
        return Err(ModelFileError::Header);
    }
    let (header, data) = rest.split_at_checked(length).ok_or(ModelFileError::Header)?;
    let header: BTreeMap<String, Value> =
        serde_json::from_slice(header).map_err(|error| ModelFileError::Json(error.to_string()))?;
    let format = header
        .get("__metadata__")
        .and_then(|metadata| metadata.get("format"));
    if format.and_then(Value::as_str) != Some(FORMAT) {
        return Err(ModelFileError::Foreign);
    }
    let (shape, colours) = tensor(&header, data, "palette")?;
    let [count @ 1..=MOST_COLOURS, 3] = shape[..] else {
        return Err(ModelFileError::Tensor("palette"));
    };
    let (shape, weights) = tensor(&header, data, "weights")?;
    if shape != [count] {
        return Err(ModelFileError::Tensor("weights"));
    }
    let (_, texture) = tensor(&header, data, "texture")?;
    let [contrast, edge_energy, orientation, coherence] = texture[..] else {
        return Err(ModelFileError::Tensor("texture"));
    };
    let swatches = colours
        .chunks_exact(3)
        .zip(weights)
        .map(|(colour, weight)| Swatch {
            colour: [colour[0], colour[1], colour[2]],
            weight: weight.max(0.0),
        });
    Ok(Palette {
        swatches: swatches.collect(),
        texture: Texture {
            contrast,
            edge_energy,
            orientation,
            coherence,
        },
    })
}

fn tensor(
    header: &BTreeMap<String, Value>,
    data: &[u8],
    name: &'static str,
) -> Result<(Vec<usize>, Vec<f32>), ModelFileError> {
    let malformed = ModelFileError::Tensor(name);
    let entry = header.get(name).and_then(|entry| Entry::deserialize(entry).ok());
    let Some(Entry {
        dtype,
        shape,
        data_offsets: [start, end],
    }) = entry
    else {
        return Err(malformed);
    };
    let expected = shape
        .iter()
        .try_fold(4_usize, |product, side| product.checked_mul(*side));
    let Some(bytes) = data
        .get(start..end)
        .filter(|bytes| dtype == "F32" && Some(bytes.len()) == expected)
    else {
        return Err(malformed);
    };
    let (values, _) = bytes.as_chunks::<4>();
    let values: Vec<f32> = values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    if values.iter().all(|value| value.abs() <= 4.0) {
        Ok((shape, values))
    } else {
        Err(ModelFileError::Value(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn palette() -> Palette {
        Palette {
            swatches: vec![
                Swatch {
                    colour: [0.5, 0.1, -0.1],
                    weight: 0.75,
                },
                Swatch {
                    colour: [0.9, 0.0, 0.05],
                    weight: 0.25,
                },
            ],
            texture: Texture {
                contrast: 0.2,
                edge_energy: 0.04,
                orientation: -1.1,
                coherence: 0.3,
            },
        }
    }

    #[test]
    fn a_palette_survives_writing_and_reading() {
        assert_eq!(read(&write(&palette(), 7)), Ok(palette()));
    }

    #[test]
    fn the_file_is_safetensors_and_says_that_it_is_no_model() {
        let file = write(&palette(), 7);
        let length = usize::try_from(u64::from_le_bytes(file[..8].try_into().unwrap())).unwrap();
        assert_eq!(length % 8, 0);
        let header: Value = serde_json::from_slice(&file[8..8 + length]).unwrap();
        assert_eq!(header["palette"]["dtype"], "F32");
        assert_eq!(header["palette"]["shape"], serde_json::json!([2, 3]));
        assert!(
            header["__metadata__"]["note"]
                .as_str()
                .unwrap()
                .contains("no trained model")
        );
        let mut ends: Vec<[u64; 2]> = ["palette", "weights", "texture"]
            .map(|name| serde_json::from_value(header[name]["data_offsets"].clone()).unwrap())
            .to_vec();
        ends.sort_unstable();
        assert_eq!(ends[0][0], 0);
        assert!(
            ends.windows(2).all(|pair| pair[0][1] == pair[1][0]),
            "no holes: {ends:?}"
        );
        assert_eq!(ends[2][1], (file.len() - 8 - length) as u64);
    }

    #[test]
    fn cut_or_changed_bytes_never_panic() {
        let file = write(&palette(), 7);
        for length in 0..file.len() {
            assert!(read(&file[..length]).is_err());
        }
        for index in 0..file.len() {
            for bits in [0xFF, 0x01, 0x80] {
                let mut changed = file.clone();
                changed[index] ^= bits;
                let _ = read(&changed);
            }
        }
        assert_eq!(read(&[0xFF; 64]), Err(ModelFileError::Header));
    }

    #[test]
    fn values_that_are_no_numbers_are_refused() {
        let mut broken = palette();
        broken.swatches[0].weight = f32::NAN;
        assert_eq!(read(&write(&broken, 1)), Err(ModelFileError::Value("weights")));
    }

    #[test]
    fn a_foreign_file_is_named_as_such() {
        let header = br#"{"lora.down":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  "#;
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header);
        file.extend([0; 4]);
        assert_eq!(read(&file), Err(ModelFileError::Foreign));
    }
}
