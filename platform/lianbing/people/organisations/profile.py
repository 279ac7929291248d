"""What a unit's dated facts may say: ownership, size, industry. Codes are stored, words shown."""

from dataclasses import dataclass
from enum import StrEnum

from lianbing.kernel.errors import N_


class Ownership(StrEnum):
    """所有制 of a unit; 机关事业单位 are split as the unions' statistics do."""

    STATE_OWNED = "state_owned"
    COLLECTIVE = "collective"
    NON_PUBLIC = "non_public"
    FOREIGN_FUNDED = "foreign_funded"
    GOVERNMENT_BODY = "government_body"
    PUBLIC_INSTITUTION = "public_institution"
    SOCIAL_ORGANISATION = "social_organisation"
    OTHER = "other"


class SizeClass(StrEnum):
    """企业规模, after the statistics bureau's four classes."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


INDUSTRIES: dict[str, str] = {
    "A": N_("Agriculture, forestry, husbandry and fishery"),
    "B": N_("Mining"),
    "C": N_("Manufacturing"),
    "D": N_("Electricity, heat, gas and water supply"),
    "E": N_("Construction"),
    "F": N_("Wholesale and retail"),
    "G": N_("Transport, storage and post"),
    "H": N_("Accommodation and catering"),
    "I": N_("Information, software and IT services"),
    "J": N_("Finance"),
    "K": N_("Real estate"),
    "L": N_("Leasing and business services"),
    "M": N_("Scientific research and technical services"),
    "N": N_("Water, environment and public facilities"),
    "O": N_("Resident and repair services"),
    "P": N_("Education"),
    "Q": N_("Health and social work"),
    "R": N_("Culture, sport and entertainment"),
    "S": N_("Public administration and social organisations"),
    "T": N_("International organisations"),
}
"""Sections of GB/T 4754-2017, the national industrial classification."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitFacts:
    """What is true of a unit from a day on; None or empty where it is not known."""

    industry: str = ""
    ownership: Ownership | None = None
    size_class: SizeClass | None = None
    union_founded: bool | None = None
    park: str = ""
    head_count: int | None = None
