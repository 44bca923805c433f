//! The model file of the demo worker: a safetensors file with a palette instead of weights. Its metadata says so.
//!
//! Tensors: `palette` (n × 3, OKLab), `weights` (n), `texture` (4: contrast, edge energy, orientation in radians,
//! coherence), all 32-bit floats.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView, serialize};

use super::palette::{Palette, Swatch};
use super::texture::Texture;

/// Upper limit for parsing. The worker writes far fewer colours.
const MAX_COLOURS: usize = 256;
/// Metadata that identifies files of the demo worker.
const FORMAT: &str = "style-license-demo-palette";
const NOTE: &str = "Written by the demo worker of Style License: the palette and texture figures of the \
                    training images. This is a demo and no trained model; no image generator can load it.";

#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("the file is not safetensors: {0}")]
    Format(#[from] SafeTensorError),
    #[error("the file was not written by the demo worker")]
    Foreign,
    /// Wrong type or shape.
    #[error("tensor {0} is malformed")]
    Tensor(&'static str),
    /// NaN or out of range.
    #[error("tensor {0} holds a value out of range")]
    Value(&'static str),
}

impl Palette {
    /// Serializes the palette as the model file of a style.
    pub fn to_model(&self, style_id: i64) -> Result<Vec<u8>, ModelError> {
        let count = self.swatches.len();
        let Texture {
            contrast,
            edge_energy,
            orientation,
            coherence,
        } = self.texture;
        let colours = bytes(self.swatches.iter().flat_map(|swatch| swatch.colour));
        let weights = bytes(self.swatches.iter().map(|swatch| swatch.weight));
        let texture = bytes([contrast, edge_energy, orientation, coherence]);
        let tensors = [
            ("palette", TensorView::new(Dtype::F32, vec![count, 3], &colours)?),
            ("weights", TensorView::new(Dtype::F32, vec![count], &weights)?),
            ("texture", TensorView::new(Dtype::F32, vec![4], &texture)?),
        ];
        let style_id = style_id.to_string();
        let metadata = [("format", FORMAT), ("note", NOTE), ("style_id", &style_id)];
        let metadata: HashMap<String, String> = metadata
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        Ok(serialize(tensors, Some(metadata))?)
    }

    /// Parses a file of [`to_model`](Self::to_model). Never panics.
    pub fn from_model(file: &[u8]) -> Result<Self, ModelError> {
        let (_, header) = SafeTensors::read_metadata(file)?;
        let format = header
            .metadata()
            .as_ref()
            .and_then(|metadata| metadata.get("format"));
        if format.is_none_or(|format| format != FORMAT) {
            return Err(ModelError::Foreign);
        }
        let file = SafeTensors::deserialize(file)?;
        let (shape, colours) = tensor(&file, "palette")?;
        let [count @ 1..=MAX_COLOURS, 3] = shape[..] else {
            return Err(ModelError::Tensor("palette"));
        };
        let (shape, weights) = tensor(&file, "weights")?;
        if shape != [count] {
            return Err(ModelError::Tensor("weights"));
        }
        let (_, texture) = tensor(&file, "texture")?;
        let [contrast, edge_energy, orientation, coherence] = texture[..] else {
            return Err(ModelError::Tensor("texture"));
        };
        let (colours, _) = colours.as_chunks::<3>();
        let swatches = colours.iter().zip(weights).map(|(&colour, weight)| Swatch {
            colour,
            weight: weight.max(0.0),
        });
        Ok(Self {
            swatches: swatches.collect(),
            texture: Texture {
                contrast,
                edge_energy,
                orientation,
                coherence,
            },
        })
    }
}

fn bytes(values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    values.into_iter().flat_map(f32::to_le_bytes).collect()
}

fn tensor(file: &SafeTensors<'_>, name: &'static str) -> Result<(Vec<usize>, Vec<f32>), ModelError> {
    let tensor = file.tensor(name)?;
    if tensor.dtype() != Dtype::F32 {
        return Err(ModelError::Tensor(name));
    }
    let (values, _) = tensor.data().as_chunks::<4>();
    let values: Vec<f32> = values.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    if values.iter().all(|value| value.abs() <= 4.0) {
        Ok((tensor.shape().to_vec(), values))
    } else {
        Err(ModelError::Value(name))
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
    fn a_palette_round_trips() {
        let file = palette().to_model(7).unwrap();
        assert_eq!(Palette::from_model(&file).unwrap(), palette());
    }

    #[test]
    fn the_file_is_safetensors_with_a_note() {
        let file = palette().to_model(7).unwrap();
        let length = usize::try_from(u64::from_le_bytes(file[..8].try_into().unwrap())).unwrap();
        assert_eq!(length % 8, 0);
        let header: serde_json::Value = serde_json::from_slice(&file[8..8 + length]).unwrap();
        assert_eq!(header["palette"]["dtype"], "F32");
        assert_eq!(header["palette"]["shape"], serde_json::json!([2, 3]));
        assert!(
            header["__metadata__"]["note"]
                .as_str()
                .unwrap()
                .contains("no trained model")
        );
    }

    #[test]
    fn truncated_and_corrupt_files_never_panic() {
        let file = palette().to_model(7).unwrap();
        for length in 0..file.len() {
            assert!(Palette::from_model(&file[..length]).is_err());
        }
        for index in 0..file.len() {
            for bits in [0xFF, 0x01, 0x80] {
                let mut changed = file.clone();
                changed[index] ^= bits;
                let _ = Palette::from_model(&changed);
            }
        }
        assert!(Palette::from_model(&[0xFF; 64]).is_err());
    }

    #[test]
    fn nan_is_rejected() {
        let mut broken = palette();
        broken.swatches[0].weight = f32::NAN;
        let file = broken.to_model(1).unwrap();
        assert!(matches!(
            Palette::from_model(&file),
            Err(ModelError::Value("weights"))
        ));
    }

    #[test]
    fn other_safetensors_files_are_rejected() {
        let header = br#"{"lora.down":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  "#;
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header);
        file.extend([0; 4]);
        assert!(matches!(Palette::from_model(&file), Err(ModelError::Foreign)));
    }
}
