"""Pictures as they come out of cameras, with notes that are sometimes broken."""

import io
import struct

import pytest
from PIL import Image, ImageOps

from rectification.evidence.pictures import redraw
from rectification.evidence.rules import JPEG


def taken(orientation: int, *, tag: int = 0x010F, kind: int = 2) -> bytes:
    """A photo whose notes say how it was held, and one note more of this kind."""
    notes = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack(
        "<HHI4s", tag, kind, 1, b"\1\2\3\4"
    )
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + notes + struct.pack("<I", 0)
    made = io.BytesIO()
    Image.linear_gradient("L").resize((64, 48)).convert("RGB").save(made, "JPEG", exif=exif)
    return made.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_the_way_it_was_held(orientation):
    content = taken(orientation)
    kept = Image.open(io.BytesIO(redraw(content, JPEG)))
    meant = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert kept.size == meant.size
    for corner in ((2, 2), (kept.width - 3, kept.height - 3)):
        assert abs(kept.getpixel(corner)[0] - meant.getpixel(corner)[0]) < 8


@pytest.mark.parametrize(("tag", "kind"), [(0x011A, 1), (0x011A, 2), (0x011A, 7), (0x010E, 11)])
def test_a_good_picture_with_broken_notes_is_taken(tag, kind):
    kept = Image.open(io.BytesIO(redraw(taken(6, tag=tag, kind=kind), JPEG)))
    assert kept.size == (48, 64)
    assert not kept.getexif()
