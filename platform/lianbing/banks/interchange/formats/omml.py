"""Word's formulas (OMML) as the TeX that stems hold; what is not known becomes its text; pure."""

from xml.etree.ElementTree import Element

from lianbing.banks.interchange.xml_trees import child, name_of

SIGNS = {
    "×": r"\times ", "÷": r"\div ", "±": r"\pm ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ",
    "≈": r"\approx ", "∞": r"\infty ", "·": r"\cdot ", "Ω": r"\Omega ", "α": r"\alpha ",
    "β": r"\beta ", "γ": r"\gamma ", "δ": r"\delta ", "Δ": r"\Delta ", "θ": r"\theta ",
    "λ": r"\lambda ", "μ": r"\mu ", "π": r"\pi ", "ρ": r"\rho ", "σ": r"\sigma ", "φ": r"\varphi ",
    "ω": r"\omega ", "η": r"\eta ", "°": r"^\circ ", "%": r"\%", "∑": r"\sum ", "∫": r"\int ",
}  # fmt: skip
PROPERTIES = {
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
        case "d":
            inner = ", ".join(tex_of(one) for one in element if name_of(one) == "e")
            return f"({inner})"
        case "nary":
            sub, sup = _piece(element, "sub"), _piece(element, "sup")
            return rf"\sum_{{{sub}}}^{{{sup}}}{_piece(element, 'e')}"
        case _:
            return "".join(tex_of(one) for one in element)


def _piece(element: Element, name: str) -> str:
    found = child(element, name)
    return tex_of(found).strip() if found is not None else ""
