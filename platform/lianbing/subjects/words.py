"""What people call kinds of subject and importance: msgids, translated where shown."""

from lianbing.kernel.errors import N_
from lianbing.subjects.rules import Importance, SubjectKind

KIND_WORDS = {
    SubjectKind.OCCUPATION: N_("Occupation"),
    SubjectKind.PROFESSION: N_("Profession or post"),
    SubjectKind.THEME: N_("Theme"),
}
IMPORTANCE_WORDS = {
    Importance.X: N_("Core"),
    Importance.Y: N_("General"),
    Importance.Z: N_("Auxiliary"),
}
