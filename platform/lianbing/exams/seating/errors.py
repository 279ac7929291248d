"""What can go wrong around rooms and seats, said so that the person at the door can act."""

from lianbing.kernel.errors import N_, DomainError, Kind, NotFound


class SeatNotFound(NotFound):
    code = "seat_not_found"
    message = N_("There is no such seat in this exam. Go back to the room and choose again.")


class RoomNotFound(NotFound):
    code = "room_not_found"
    message = N_("This room or batch is not part of the exam. Go back and choose again.")


class BadSeating(DomainError):
    code = "bad_seating"
    kind = Kind.INVALID
    message = N_("The rooms cannot be planned like this: %(why)s.")


class RoomNameTaken(DomainError):
    code = "room_name_taken"
    kind = Kind.CONFLICT
    message = N_("The exam has a room of this name already.")


class BatchTaken(DomainError):
    code = "batch_taken"
    kind = Kind.CONFLICT
    message = N_("The exam has a batch that begins at this time already.")


class NotEnoughSeats(DomainError):
    code = "not_enough_seats"
    kind = Kind.CONFLICT
    message = N_(
        "%(wanted)s candidates need a seat, the rooms have %(seats)s in all batches. "
        "Add a room or a batch."
    )


class NotEnoughSeatsApart(DomainError):
    code = "not_enough_seats_apart"
    kind = Kind.CONFLICT
    message = N_(
        "%(wanted)s candidates with accommodations need a seat, the rooms set apart for them "
        "have %(seats)s. Add such a room."
    )


class PlanPublished(DomainError):
    code = "seating_published"
    kind = Kind.CONFLICT
    message = N_("The seating plan is published. Move single candidates, or withdraw it first.")


class PlanNotPublished(DomainError):
    code = "seating_not_published"
    kind = Kind.CONFLICT
    message = N_("The seating plan is not published yet.")


class DealUnderWay(DomainError):
    code = "deal_under_way"
    kind = Kind.CONFLICT
    message = N_("The seats are being dealt. Wait until it is done, then change the plan.")


class NothingDealt(DomainError):
    code = "seats_not_dealt"
    kind = Kind.CONFLICT
    message = N_("Deal the seats first; then look at them and publish.")


class PlanTooLate(DomainError):
    code = "seating_too_late"
    kind = Kind.CONFLICT
    message = N_("The exam has opened; its rooms and batches can no longer be changed.")


class SeatTaken(DomainError):
    code = "seat_taken"
    kind = Kind.CONFLICT
    message = N_("Somebody sits there already. Choose a free seat, or swap the two.")


class AlreadyBegun(DomainError):
    code = "already_begun"
    kind = Kind.CONFLICT
    message = N_("This candidate has begun the exam; the seat stays as it is.")


class NoSeat(DomainError):
    code = "no_seat"
    kind = Kind.CONFLICT
    message = N_("You have no seat in this exam yet. Ask the invigilator or the organiser for one.")


class BatchNotOpen(DomainError):
    code = "batch_not_open"
    kind = Kind.CONFLICT
    message = N_("Your batch has not begun yet. Its time is on your admission ticket.")


class BatchOver(DomainError):
    code = "batch_over"
    kind = Kind.CONFLICT
    message = N_("The time of your batch is over; the exam can no longer be entered.")


class NotCheckedIn(DomainError):
    code = "not_checked_in"
    kind = Kind.CONFLICT
    message = N_("Check in with the invigilator first: show your admission ticket at the door.")


class AlreadyCheckedIn(DomainError):
    code = "already_checked_in"
    kind = Kind.CONFLICT
    message = N_("This candidate is checked in already. Compare the photo and the ID.")


class NotCheckedInYet(DomainError):
    code = "not_checked_in_yet"
    kind = Kind.CONFLICT
    message = N_("This candidate is not checked in; there is nothing to undo.")


class WrongRoom(DomainError):
    code = "wrong_room"
    kind = Kind.CONFLICT
    message = N_("Wrong room: this candidate sits in %(room)s (%(place)s), seat %(seat)s.")


class TooEarlyToCheckIn(DomainError):
    code = "too_early_to_check_in"
    kind = Kind.CONFLICT
    message = N_(
        "Wrong batch: this candidate's batch begins at %(time)s. Check-in opens an hour before."
    )


class TooLateToCheckIn(DomainError):
    code = "too_late_to_check_in"
    kind = Kind.CONFLICT
    message = N_("Wrong batch: this candidate's batch was over at %(time)s.")


class WrongBatch(DomainError):
    code = "wrong_batch"
    kind = Kind.CONFLICT
    message = N_("Wrong batch: this candidate's batch begins at %(time)s.")


class UnknownTicket(DomainError):
    code = "unknown_ticket"
    kind = Kind.NOT_FOUND
    message = N_("No seat goes with this ticket. Search by name or staff number instead.")


class BatchStillOpen(DomainError):
    code = "batch_still_open"
    kind = Kind.CONFLICT
    message = N_("The batch is not over yet; somebody may still come.")


class AlreadyConfirmed(DomainError):
    code = "absence_confirmed"
    kind = Kind.CONFLICT
    message = N_("The absences of this room and batch are confirmed already.")


class NotConfirmed(DomainError):
    code = "absence_not_confirmed"
    kind = Kind.CONFLICT
    message = N_("The absences of this room and batch are not confirmed; nothing to undo.")


class NoSuchInvigilator(DomainError):
    code = "no_such_invigilator"
    kind = Kind.NOT_FOUND
    message = N_("Nobody of that name or staff number belongs to this exam's organisation.")


class SeveralSuchPersons(DomainError):
    code = "several_such_persons"
    kind = Kind.CONFLICT
    message = N_("Several people match. Type the staff number instead of the name.")


class AlreadyAssigned(DomainError):
    code = "already_assigned"
    kind = Kind.CONFLICT
    message = N_("This person invigilates the room already.")


class BadIncident(DomainError):
    code = "bad_incident"
    kind = Kind.INVALID
    message = N_("The entry cannot be written: %(why)s.")


class AlreadySigned(DomainError):
    code = "sheet_signed"
    kind = Kind.CONFLICT
    message = N_("You have signed this sheet, or two invigilators have. Add a correction instead.")


class BadPhoto(DomainError):
    code = "bad_photo"
    kind = Kind.INVALID
    message = N_("The photo cannot be used: %(why)s.")


class PhotoNotFound(NotFound):
    code = "photo_not_found"
    message = N_("There is no photo of this person yet.")


class SamePaperReleased(DomainError):
    code = "same_paper_released"
    kind = Kind.CONFLICT
    message = N_("Results or answers of this paper are out. Choose another paper.")


class NobodyToMakeUp(DomainError):
    code = "nobody_to_make_up"
    kind = Kind.CONFLICT
    message = N_("Choose at least one absent or voided candidate who has no make-up exam yet.")
