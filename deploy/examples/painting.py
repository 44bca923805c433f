"""Replaces the neural network in the example worker.

Training reduces every image to its mean colour and stores the colours in a small but valid safetensors file.
Inference paints an abstract image in those colours. The same model, seed and prompt always give the same
bytes, so that a test can compare them.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import struct
from typing import Any

from PIL import Image, ImageDraw, ImageFilter
from PIL.PngImagePlugin import PngInfo

Colour = tuple[int, int, int]

SOFTWARE = "Style License example worker (procedural painting, no neural network)"
TENSOR = "palette"
SIGNATURE_WIDTHS = {"small": 0.12, "medium": 0.18, "large": 0.26}


def mean_colour(image: bytes) -> Colour:
    """The mean colour of an encoded JPEG or PNG image."""
    with Image.open(io.BytesIO(image)) as opened:
        opened.draft("RGB", (64, 64))  # lets the JPEG decoder skip details
        pixel = opened.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return int(pixel[0]), int(pixel[1]), int(pixel[2])


def spread(palette: list[Colour]) -> float:
    """Mean distance of the colours from their mean, 0 to 1. Reported as the loss of the training."""
    count = len(palette)
    means = [sum(colour[channel] for colour in palette) / count for channel in range(3)]
    distances = [abs(colour[channel] - means[channel]) for colour in palette for channel in range(3)]
    return round(sum(distances) / len(distances) / 255, 6)


def encode_model(style_id: int, palette: list[Colour]) -> bytes:
    """A safetensors file with one float32 tensor: length of the header, JSON header, data."""
    data = b"".join(struct.pack("<3f", *(channel / 255 for channel in colour)) for colour in palette)
    header = {
        "__metadata__": {"format": "pt", "style_id": str(style_id), "software": SOFTWARE},
        TENSOR: {"dtype": "F32", "shape": [len(palette), 3], "data_offsets": [0, len(data)]},
    }
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    return struct.pack("<Q", len(encoded)) + encoded + data


def decode_model(model: bytes) -> list[Colour]:
    """The palette of a model file. A safetensors file of another worker has none: the colours are then derived
    from a digest of the file."""
    if len(model) < 8:
        raise ValueError("the model is not a safetensors file")
    (length,) = struct.unpack_from("<Q", model)
    if length > len(model) - 8:
        raise ValueError("the model's safetensors header is truncated")
    tensor = json.loads(model[8 : 8 + length]).get(TENSOR)
    if tensor is None:
        digest = hashlib.sha256(model).digest()
        return [(digest[i], digest[i + 1], digest[i + 2]) for i in range(0, 15, 3)]
    start, end = tensor["data_offsets"]
    values = struct.iter_unpack("<3f", model[8 + length + start : 8 + length + end])
    return [(round(red * 255), round(green * 255), round(blue * 255)) for red, green, blue in values]


def paint(palette: list[Colour], prompt: str, seed: int, width: int, height: int) -> Image.Image:
    """An abstract image that depends only on the arguments."""
    digest = hashlib.sha256(f"{seed}\n{prompt}".encode()).digest()
    rng = random.Random(int.from_bytes(digest, "big"))
    background = Image.new("RGB", (4, 4))
    background.putdata([rng.choice(palette) for _ in range(16)])
    picture = background.resize((width, height), Image.Resampling.BICUBIC)
    for _ in range(24):
        layer = Image.new("L", (width, height), 0)
        size = rng.uniform(0.04, 0.35) * min(width, height)
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        draw = ImageDraw.Draw(layer)
        if rng.random() < 0.7:
            draw.ellipse((x - size, y - size, x + size, y + size), fill=rng.randint(40, 140))
        else:
            draw.regular_polygon((x, y, size), rng.randint(3, 6), rng.uniform(0, 90), rng.randint(40, 140))
        picture.paste(_shifted(rng.choice(palette), rng), mask=layer)
    return picture.filter(ImageFilter.SMOOTH)


def sign(picture: Image.Image, signature: bytes, config: dict[str, Any]) -> None:
    """Pastes the artist's signature into the bottom right corner."""
    with Image.open(io.BytesIO(signature)) as opened:
        mark = opened.convert("RGBA")
    fraction = SIGNATURE_WIDTHS.get(str(config.get("size")), SIGNATURE_WIDTHS["medium"])
    mark.thumbnail((max(1, int(picture.width * fraction)), max(1, picture.height // 4)))
    opacity = min(1.0, max(0.0, float(config.get("opacity", 0.7))))
    mask = mark.getchannel("A").point([round(alpha * opacity) for alpha in range(256)])
    margin = max(4, picture.width // 50)
    corner = (picture.width - mark.width - margin, picture.height - mark.height - margin)
    picture.paste(mark.convert("RGB"), corner, mask)


def encode_png(picture: Image.Image, prompt: str, seed: int) -> bytes:
    """The PNG file, with text chunks about its origin."""
    texts = PngInfo()
    texts.add_text("Software", SOFTWARE)
    texts.add_text("Prompt", prompt)
    texts.add_text("Seed", str(seed))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", pnginfo=texts)
    return buffer.getvalue()


def _shifted(colour: Colour, rng: random.Random) -> Colour:
    """The colour, slightly lighter or darker."""
    offset = rng.randint(-30, 30)
    red, green, blue = (min(255, max(0, channel + offset)) for channel in colour)
    return red, green, blue
