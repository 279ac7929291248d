"""Refusals at the door."""

from lianbing.kernel.errors import N_, DomainError, Kind


class WrongSignIn(DomainError):
    code = "wrong_sign_in"
    kind = Kind.FORBIDDEN
    message = N_(
        "The name or the password is not right. Check both; if you have forgotten the password, "
        "ask your team leader for a one-time code."
    )


class UnitNeeded(DomainError):
    code = "unit_needed"
    message = N_("Several units use this staff number. Write your unit's name or code too.")


class TooManyTries(DomainError):
    code = "too_many_tries"
    kind = Kind.TOO_MANY
    message = N_(
        "Too many wrong tries. Wait %(minutes)s min and try again, or ask your team leader for a "
        "one-time code."
    )


class HashingBusy(DomainError):
    code = "hashing_busy"
    kind = Kind.UNAVAILABLE
    message = N_("Many people are signing in at this moment. Try again in half a minute.")


class CodeNotValid(DomainError):
    code = "code_not_valid"
    message = N_(
        "This code is not valid: it may be mistyped, used already or too old. Check it, or ask "
        "your team leader for a new one."
    )


class ConsentMissing(DomainError):
    code = "consent_missing"
    message = N_("Please agree to the privacy notice first.")


class PasswordTooWeak(DomainError):
    code = "password_too_weak"
    message = N_(
        "Choose a longer or less common password: at least 8 characters, not your phone number."
    )


class SamePassword(DomainError):
    code = "same_password"
    message = N_("Choose a password that differs from the present one.")


class AccountExists(DomainError):
    code = "account_exists"
    kind = Kind.CONFLICT
    message = N_("This person already has an account.")


class RegistrationClosed(DomainError):
    code = "registration_closed"
    kind = Kind.FORBIDDEN
    message = N_("Registering oneself is switched off here. Ask your union or team leader.")


class NoUnionHere(DomainError):
    code = "no_union_here"
    message = N_("No local union was found for this choice. Choose your city's or county's union.")


class NobodyToPrint(DomainError):
    code = "nobody_to_print"
    message = N_("Everyone here has signed in already, so there is no code to print.")


class SheetGone(DomainError):
    code = "sheet_gone"
    kind = Kind.NOT_FOUND
    message = N_("This code sheet is no longer kept. Issue new codes; the old ones then end.")
