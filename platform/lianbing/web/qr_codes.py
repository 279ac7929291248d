"""QR codes as images inside the page: dark on white whatever the theme, sharp in print."""

import segno


def qr_image(text: str) -> str:
    """A data address of an SVG image of a text; takes some 20 ms for a long one."""
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_data_uri(scale=4, border=4, light="white"))
