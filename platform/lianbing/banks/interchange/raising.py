"""Raised and lowered signs (10⁶, mm², R₁) of files that mark them by their look; pure.

Dropping the look would change what is asked: 10⁻⁶ would read 10-6.
"""

RAISED = dict(zip("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ", strict=True))
LOWERED = dict(zip("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True))


def raised(text: str) -> str:
    """The text as an exponent stands."""
    return _shifted(text, RAISED, "^")


def lowered(text: str) -> str:
    """The text as an index stands."""
    return _shifted(text, LOWERED, "_")


def degrees(text: str) -> str:
    """A raised ``0`` or ``o`` before a C is a degree, as people type it."""
    for sign in ("⁰", "${}^{\\text{o}}$", "${}^{\\text{O}}$"):
        text = text.replace(f"{sign}C", "°C")
    return text


def _shifted(text: str, signs: dict[str, str], mark: str) -> str:
    """Unicode's own signs where it has them all, else a formula with nothing before it."""
    plain = text.strip()
    if not plain:
        return text
    if all(sign in signs for sign in plain):
        return "".join(signs[sign] for sign in plain)
    if len(plain) > 20 or not all(sign.isalnum() for sign in plain):
        return text
    return f"${{}}{mark}{{\\text{{{plain}}}}}$"
