"""Pictures are drawn anew before they are kept: what a camera or an attacker hid in them stays outside."""

import io

from PIL import Image, UnidentifiedImageError

from accounts.errors import Refused
from rectification.evidence.rules import JPEG, TOO_MANY_PIXELS, Kind, pixel_refusal

ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def redraw(content: bytes, kind: Kind) -> bytes:
    """The same picture without place, camera and hidden parts, turned the way it was held. Raises Refused."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as picture:
            if refusal := pixel_refusal(*picture.size):
                raise Refused(refusal)
            upright = _turned(picture)
            upright = upright.convert("RGB" if kind is JPEG else "RGBA" if _clear(upright) else "RGB")
    except Image.DecompressionBombError as bomb:
        raise Refused(TOO_MANY_PIXELS) from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError) as broken:
        raise Refused("图片已损坏，打不开，请重新拍照或另存后上传") from broken
    upright.info.clear()
    drawn = io.BytesIO()
    upright.save(drawn, "JPEG" if kind is JPEG else "PNG", **({"quality": 88} if kind is JPEG else {}))
    return drawn.getvalue()


def _clear(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA") or "transparency" in picture.info


def _turned(picture: Image.Image) -> Image.Image:
    """The way the camera was held; as it lies where the camera's own notes are broken, which harm nobody else."""
    try:
        turn = TURNS.get(picture.getexif().get(ORIENTATION))
    except Exception:  # a parser of foreign bytes raises whatever it likes
        turn = None
    return picture if turn is None else picture.transpose(turn)
