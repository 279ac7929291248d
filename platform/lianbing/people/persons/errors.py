"""Refusals about persons, their identity and their memberships."""

from lianbing.kernel.errors import N_, DomainError, Kind


class BadIdNumber(DomainError):
    code = "bad_id_number"
    message = N_("The ID number is not right: check its 18 characters and the birth date in it.")


class BadPhone(DomainError):
    code = "bad_phone"
    message = N_("The phone number is not right: a mobile number has 11 digits and starts with 1.")


class BadPersonField(DomainError):
    code = "bad_person_field"
    message = N_("A personal field is out of range. Check the birth year and the dates.")


class NameMissing(DomainError):
    code = "name_missing"
    message = N_("The name is missing. Write it as on the ID card.")


class NoIdentity(DomainError):
    code = "no_identity"
    message = N_("Give a phone number or an ID number, so that the person can be told apart.")


class IdNumberTaken(DomainError):
    code = "id_number_taken"
    kind = Kind.CONFLICT
    message = N_("This ID number is already registered. Search for the person, or merge the two.")


class PhoneTaken(DomainError):
    code = "phone_taken"
    kind = Kind.CONFLICT
    message = N_(
        "This phone number is already registered. Sign in with it, or ask your team leader "
        "for a one-time code."
    )


class StaffNumberTaken(DomainError):
    code = "staff_number_taken"
    kind = Kind.CONFLICT
    message = N_("Someone in this unit already has this staff number. Check it.")


class AlreadyMember(DomainError):
    code = "already_member"
    kind = Kind.CONFLICT
    message = N_("This person is already a member here. Nothing was changed.")


class SamePerson(DomainError):
    code = "same_person"
    kind = Kind.CONFLICT
    message = N_("These two are already one person. Nothing was changed.")


class DifferentIdNumbers(DomainError):
    code = "different_id_numbers"
    kind = Kind.CONFLICT
    message = N_("These two have different ID numbers, so they are not one person.")


class NobodyHasNumber(DomainError):
    code = "nobody_has_number"
    kind = Kind.NOT_FOUND
    message = N_("Nobody is registered with this number. Check it, or add the person as new.")


class MergeUndone(DomainError):
    code = "merge_undone"
    kind = Kind.CONFLICT
    message = N_("This merge has already been undone.")
