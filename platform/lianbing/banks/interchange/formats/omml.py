"""Word's formulas (OMML) as the TeX that stems hold; what is not known becomes its text; pure."""

from xml.etree.ElementTree import Element

from lianbing.banks.interchange.xml_trees import attribute, child, name_of

SIGNS = {
    "×": r"\times ",
    "÷": r"\div ",
    "±": r"\pm ",
    "≤": r"\le ",
    "≥": r"\ge ",
    "≠": r"\ne ",
    "≈": r"\approx ",
    "∞": r"\infty ",
    "·": r"\cdot ",
    "Ω": r"\Omega ",
    "α": r"\alpha ",
    "β": r"\beta ",
    "γ": r"\gamma ",
    "δ": r"\delta ",
    "Δ": r"\Delta ",
    "θ": r"\theta ",
    "λ": r"\lambda ",
    "μ": r"\mu ",
    "π": r"\pi ",
    "ρ": r"\rho ",
    "σ": r"\sigma ",
    "φ": r"\varphi ",
    "ω": r"\omega ",
    "η": r"\eta ",
    "°": r"^\circ ",
    "%": r"\%",
    "∑": r"\sum ",
    "∫": r"\int ",
    "∏": r"\prod ",
}
BRACES = {"{": r"\{", "}": r"\}"}
ACCENTS = {"\u0302": r"\hat", "\u0305": r"\bar", "\u0304": r"\bar", "\u20d7": r"\vec"}
PROPERTIES = {
    "accPr",
    "barPr",
    "rPr",
    "fPr",
    "sSupPr",
    "sSubPr",
    "radPr",
    "dPr",
    "naryPr",
    "ctrlPr",
    "sSubSupPr",
    "oMathParaPr",
}


def tex_of(element: Element) -> str:
    """The TeX of a formula or a piece of one."""
    name = name_of(element)
    if name in PROPERTIES:
        return ""
    if name == "t":
        return "".join(SIGNS.get(sign, sign) for sign in element.text or "")
    match name:
        case "f":
            return rf"\frac{{{_piece(element, 'num')}}}{{{_piece(element, 'den')}}}"
        case "sSup":
            return f"{_piece(element, 'e')}^{{{_piece(element, 'sup')}}}"
        case "sSub":
            return f"{_piece(element, 'e')}_{{{_piece(element, 'sub')}}}"
        case "sSubSup":
            sub, sup = _piece(element, "sub"), _piece(element, "sup")
            return f"{_piece(element, 'e')}_{{{sub}}}^{{{sup}}}"
        case "rad":
            degree = _piece(element, "deg")
            return rf"\sqrt{f'[{degree}]' if degree else ''}{{{_piece(element, 'e')}}}"
        case "d" | "nary" | "acc" | "bar":
            return _signed(element, name)
        case _:
            return "".join(tex_of(one) for one in element)


def _signed(element: Element, name: str) -> str:
    """Brackets, sums and integrals, accents: their sign stands in the properties."""
    inner = _piece(element, "e")
    match name:
        case "d":
            inner = ", ".join(tex_of(one) for one in element if name_of(one) == "e")
            opening, closing = _said(element, "begChr", "("), _said(element, "endChr", ")")
            return f"{BRACES.get(opening, opening)}{inner}{BRACES.get(closing, closing)}"
        case "nary":
            sub, sup = _piece(element, "sub"), _piece(element, "sup")
            low, high = (f"_{{{sub}}}" if sub else ""), (f"^{{{sup}}}" if sup else "")
            sign = SIGNS.get(_said(element, "chr", "∫"), r"\int ").strip()
            return rf"{sign}{low}{high} {inner}"
        case "acc":
            accent = ACCENTS.get(_said(element, "chr", "\u0302"), r"\hat")
            return rf"{accent}{{{inner}}}"
        case _:
            return rf"\overline{{{inner}}}"


def _said(element: Element, name: str, usual: str) -> str:
    """What an element's properties say, or what Word takes when they are silent."""
    properties = next((one for one in element if name_of(one).endswith("Pr")), None)
    found = child(properties, name) if properties is not None else None
    return attribute(found, "val") if found is not None else usual


def _piece(element: Element, name: str) -> str:
    found = child(element, name)
    return tex_of(found).strip() if found is not None else ""
