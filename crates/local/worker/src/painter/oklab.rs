//! OKLab colour space. It is perceptually uniform, so interpolated colours look natural.

use std::sync::LazyLock;

/// A colour in OKLab: lightness from 0 to 1, and the two opponent axes (green-red, blue-yellow).
pub type Lab = [f32; 3];

/// sRGB byte to linear light.
static LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| {
    let mut table = [0.0; 256];
    for (entry, byte) in table.iter_mut().zip(0_u8..=255) {
        let value = f32::from(byte) / 255.0;
        *entry = if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        };
    }
    table
});

/// Converts an 8-bit sRGB pixel.
pub fn from_srgb(pixel: [u8; 3]) -> Lab {
    let [red, green, blue] = pixel.map(|byte| LINEAR[usize::from(byte)]);
    let long = (0.412_221_46 * red + 0.536_332_55 * green + 0.051_445_995 * blue).cbrt();
    let medium = (0.211_903_5 * red + 0.680_699_5 * green + 0.107_396_96 * blue).cbrt();
    let short = (0.088_302_46 * red + 0.281_718_85 * green + 0.629_978_7 * blue).cbrt();
    [
        0.210_454_26 * long + 0.793_617_8 * medium - 0.004_072_047 * short,
        1.977_998_5 * long - 2.428_592_2 * medium + 0.450_593_7 * short,
        0.025_904_037 * long + 0.782_771_77 * medium - 0.808_675_77 * short,
    ]
}

/// Converts to gamma-encoded sRGB, each component between 0 and 1. Clips to the gamut.
pub fn to_srgb(lab: Lab) -> [f32; 3] {
    let [lightness, a, b] = lab;
    let long = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let medium = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let short = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    [
        4.076_741_7 * long - 3.307_711_6 * medium + 0.230_969_94 * short,
        -1.268_438 * long + 2.609_757_4 * medium - 0.341_319_38 * short,
        -0.004_196_086_3 * long - 0.703_418_6 * medium + 1.707_614_7 * short,
    ]
    .map(gamma)
}

fn gamma(linear: f32) -> f32 {
    let value = linear.clamp(0.0, 1.0);
    if value <= 0.003_130_8 {
        value * 12.92
    } else {
        1.055 * value.powf(1.0 / 2.4) - 0.055
    }
}

/// Linear interpolation.
pub fn mix(from: Lab, to: Lab, t: f32) -> Lab {
    [0, 1, 2].map(|axis| from[axis] + (to[axis] - from[axis]) * t)
}

pub fn distance_squared(one: Lab, other: Lab) -> f32 {
    (0..3).map(|axis| (one[axis] - other[axis]).powi(2)).sum()
}

/// The distance of a colour from grey.
pub fn chroma(lab: Lab) -> f32 {
    lab[1].hypot(lab[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_round_trip() {
        for pixel in [
            [0, 0, 0],
            [255, 255, 255],
            [200, 30, 90],
            [12, 140, 250],
            [128, 128, 127],
        ] {
            let back = to_srgb(from_srgb(pixel));
            for (before, after) in pixel.iter().zip(back) {
                assert!(
                    (f32::from(*before) / 255.0 - after).abs() < 0.004,
                    "{pixel:?} became {back:?}"
                );
            }
        }
    }

    #[test]
    fn grey_has_no_chroma() {
        assert!(chroma(from_srgb([90, 90, 90])) < 0.001);
        assert!(chroma(from_srgb([200, 30, 30])) > 0.1);
    }
}
