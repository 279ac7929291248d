"""A union with a bank, and the people who may and may not see its papers."""

from tests.banks_factory import load, make_bank, make_question, make_questions
from tests.people_factory import make_organisation, make_person

from lianbing.infra.database import db
from lianbing.kernel.actor import Role

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


class World:
    """``each`` questions of every simple type, point and band, and one that is hostile."""

    def __init__(self, *, each: int) -> None:
        session = db.session()
        union = self.union = make_organisation(session, "青山市总工会").id
        unit = make_organisation(session, "重机公司", parent=union).id
        elsewhere = make_organisation(session, "别处").id
        self.trainer = make_person(session, "张三", roles=[(Role.TRAINER, union)]).id
        self.organiser = make_person(session, "赵六", roles=[(Role.ORGANISER, union)]).id
        self.below = make_person(session, "李四", roles=[(Role.TRAINER, unit)]).id
        self.stranger = make_person(session, "钱七", roles=[(Role.TRAINER, elsewhere)]).id
        self.worker = make_person(session, "王五", organisation=unit).id
        questions = [*make_questions(each), make_question("H1", stem=HOSTILE)]
        self.bank_id = load(make_bank(questions), union).bank_id
        session.rollback()
