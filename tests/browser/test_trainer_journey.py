"""A trainer's drawer of files becomes a reviewed bank and two parallel papers, by the pages.

The files are those of ``tests/trainer_files``: none was written by our own exporter.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.banks_factory import load, make_bank
from tests.browser.conftest import OpenContext
from tests.browser.serving import Served
from tests.browser.test_every_page import sign_in
from tests.people_factory import make_account, make_organisation, make_person
from tests.trainer_files import FILES

from lianbing.infra.database import db
from lianbing.kernel.actor import Role
from lianbing.kernel.clock import utc_now
from lianbing.people.accounts.codes import CONSENT_VERSION
from lianbing.people.accounts.hashing import current_hashing
from lianbing.people.demo import PASSWORD

TRAINER, REVIEWER = "13900000071", "13900000072"
TITLE = "抽屉题库月考"
COUNTS = (6, 2, 4, 2)
"""Single choices, multiple choices, statements and fill-ins of a paper."""


@dataclass(frozen=True)
class Preview:
    """What the dry run says of a file: good ones, errors, where and what of an error, a key."""

    good: int
    bad: int
    key: str
    place: str = ""
    told: str = ""


PREVIEWS = {
    "内部练习题.xlsx": Preview(4, 1, "B 验电器", "Sheet1 第 8 行", "标准答案*: 没有找到"),
    "题目选项表.xlsx": Preview(3, 1, "A 切断电源", "题目选项表 第 11 行", "是否正确项: 没有找到"),
    "题型模板.xlsx": Preview(7, 0, "50; √3 / 1.732"),
    "WPS导出.csv": Preview(4, 1, "接地 / 保护接地", "第 6 行", "答案: 答案中的 E 不在选项里"),
    "english.csv": Preview(2, 0, "A test that it is dead"),
    "电工题库.docx": Preview(8, 0, "A 2.5×10⁻⁶"),
    "WPS文字.docx": Preview(5, 0, "停电 → 验电 → 接接地端 → 接导体端"),
    "理论练习.txt": Preview(7, 1, "A 违章指挥; B 违章作业", "第 33 行", "没有找到这道题的答案"),
    "composed.txt": Preview(6, 0, "红色 → 禁止"),
    "moodle.xml": Preview(7, 1, "5±0.1 Ω", "第 9 题", "gapselect"),
    "moodle.gift": Preview(6, 0, "4.5±0.05"),
    "aiken.txt": Preview(2, 1, "A 向外", "第 17 行", "ANSWER:"),
    "qti21.zip": Preview(2, 0, "B 串联"),
    "qti22.zip": Preview(2, 1, "橡胶 → 绝缘", "items/ITM-h.xml", "hotspotInteraction"),
    "qti30.zip": Preview(3, 0, "A 绝缘手套; C 绝缘靴"),
    "班组题库.zip": Preview(2, 0, "看外观 → 在有电处试 → 在停电处验"),
}
WORDS = (
    "停电检修时",
    "电气设备着火",
    "钳形电流表测量",
    "乙炔瓶",
    "residual current",
    "导线的截面积",
    "登杆前",
    "脚手架上作业",
    "更换灯泡",
    "度电等于",
    "绝缘手套使用前",
    "人字梯",
    "触电急救时",
    "首先熔断",
    "雷雨时",
    "拉合隔离开关",
)
"""Words of a question of each file."""


@dataclass(frozen=True)
class Desk:
    """A union's bank without a question, its trainer and the colleague who reviews."""

    url: str
    bank_id: int


@pytest.fixture(scope="module")
def desk(embedded_served: Served) -> Desk:
    with embedded_served.app.app_context():
        session = db.session()
        union = make_organisation(session, "白杨市总工会").id
        hashed = current_hashing().hash(PASSWORD)
        for name, phone in (("周师傅", TRAINER), ("吴师傅", REVIEWER)):
            person = make_person(session, name, phone=phone, roles=[(Role.TRAINER, union)])
            make_account(
                session,
                person,
                password_hash=hashed,
                password_changed_at=utc_now(),
                consent_version=CONSENT_VERSION,
                consented_at=utc_now(),
            )
        bank_id = load(make_bank([], code="drawer", title="抽屉题库"), union).bank_id
        db.session.remove()
    return Desk(url=embedded_served.url, bank_id=bank_id)


def opened(open_context: OpenContext, served: Served, phone: str, *, width: int = 1280) -> Page:
    page = open_context(width=width).new_page()
    sign_in(page, served, phone)
    return page


def send(page: Page, desk: Desk, name: str, folder: Path) -> None:
    """Upload a file, the first point for what names none."""
    path = folder / name
    path.write_bytes(FILES[name]())
    page.goto(f"{desk.url}/banks/{desk.bank_id}/import")
    page.set_input_files("[name=file]", path)
    page.select_option("[name=point]", "A01")
    page.get_by_role("button", name="读取文件").click()
    expect(page.locator("h1")).to_contain_text(name)


def stat(page: Page, name: str) -> Locator:
    return page.locator(".stat", has=page.get_by_text(name, exact=True)).locator("dd").first


def test_every_file_of_the_drawer_becomes_a_reviewed_bank_and_two_parallel_papers(
    desk: Desk, embedded_served: Served, open_context: OpenContext, tmp_path: Path
) -> None:
    trainer = opened(open_context, embedded_served, TRAINER)
    for name, preview in PREVIEWS.items():
        send(trainer, desk, name, tmp_path)
        expect_preview(trainer, preview)
        take_in(trainer, preview)
    taken = sum(preview.good for preview in PREVIEWS.values())
    send_all_for_review(trainer, desk, taken)
    approve_all(opened(open_context, embedded_served, REVIEWER), desk, taken)
    expect_in_bank(trainer, desk)
    save_blueprint(trainer, desk)
    assemble(trainer)
    expect_proof(trainer)
    print_papers(trainer, tmp_path)


def expect_preview(page: Page, preview: Preview) -> None:
    """Counts, each error at its place in the trainer's words, and the keys as they were read."""
    expect(stat(page, "合格")).to_have_text(str(preview.good))
    expect(stat(page, "有错误")).to_have_text(str(preview.bad))
    expect(stat(page, "重复")).to_have_text("0")
    errors = page.locator("td", has=page.locator(".state-stop"))
    expect(errors).to_have_count(preview.bad)
    if preview.bad:
        row = page.locator("tr", has=page.locator(".state-stop"))
        expect(row).to_contain_text(preview.place)
        expect(row).to_contain_text(preview.told)
    expect(page.locator("main")).to_contain_text(preview.key)


def take_in(page: Page, preview: Preview) -> None:
    label = f"导入合格的 {preview.good} 题" if preview.bad else "全部入库"
    page.get_by_role("button", name=label).click()
    expect(page.get_by_role("link", name="查看草稿")).to_be_visible()
    expect(page.locator(".page .state").first).to_have_text("已入库")
    expect(stat(page, "已入库")).to_have_text(str(preview.good))


def send_all_for_review(page: Page, desk: Desk, count: int) -> None:
    page.goto(f"{desk.url}/banks/{desk.bank_id}/?state=draft")
    page.locator("#bulk > summary").click()
    page.select_option("[name=whole]", "1")
    page.select_option("[name=kind]", "submit")
    page.locator("#bulk button[type=submit]").click()
    expect(page.locator(".undo-line")).to_contain_text(str(count))


def approve_all(page: Page, desk: Desk, count: int) -> None:
    """The colleague reads page by page and approves; nobody decides of what they wrote."""
    page.goto(f"{desk.url}/banks/review/")
    page.get_by_role("link", name="成批审题").click()
    left = count
    while left:
        here = page.locator("[data-question]").count()
        page.get_by_role("button", name="本页其余全部通过").click()
        page.get_by_role("button", name="保存决定").click()
        expect(page.locator(".undo-line")).to_contain_text(f"{here}")
        left -= here
    expect(page.locator(".empty")).to_be_visible()


def expect_in_bank(page: Page, desk: Desk) -> None:
    """Words of every format, with pictures and formulas as candidates see them."""
    for words in WORDS:
        page.goto(f"{desk.url}/banks/{desk.bank_id}/?state=approved&search={words}")
        expect(page.locator("main tbody tr", has_text=words)).to_have_count(1)
    page.goto(f"{desk.url}/banks/{desk.bank_id}/?search=下图所示的符号")
    page.locator("main tbody th a").first.click()
    picture = page.locator(".exam-question img").first
    expect(picture).to_have_attribute("alt", "圆圈内写有字母A的电路符号")
    page.goto(f"{desk.url}/banks/{desk.bank_id}/?search=电压加倍而电阻不变")
    page.locator("main tbody th a").first.click()
    expect(page.locator(".exam-question math mfrac").first).to_be_visible()


def save_blueprint(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.url}/papers/blueprints/new?bank={desk.bank_id}")
    page.fill("[name=title]", TITLE)
    for at, count in enumerate(COUNTS):
        page.fill(f"[name=count-0-{at}]", str(count))
    expect(page.locator("[data-fits]")).to_be_visible()
    page.locator(".actions").get_by_role("button", name="保存").click()
    expect(page.get_by_role("link", name="组卷", exact=True)).to_be_visible()


def assemble(page: Page) -> None:
    page.get_by_role("link", name="组卷", exact=True).click()
    page.fill("[name=papers]", "2")
    page.fill("[name=tolerance]", "0.1")
    page.get_by_role("button", name="组卷").click()
    expect(page.locator(".notice-success")).to_contain_text("全部要求均已满足", timeout=60_000)
    expect(page.locator(".paper-question")).to_have_count(sum(COUNTS))
    expect(page.locator("link[href*='rich.css']")).to_have_count(1)  # pictures, formulas, tables


def expect_proof(page: Page) -> None:
    page.get_by_role("link", name="等值证明单").click()
    expect(page.locator("main")).to_contain_text("要求与实际")
    expect(page.locator(".state-good")).to_be_visible()
    overlap = page.locator("table").last.locator("tbody tr").first.locator("td")
    expect(overlap).to_have_text([str(sum(COUNTS)), "0"])
    with page.expect_download() as got:
        page.get_by_role("link", name="PDF").click()
    assert got.value.path().read_bytes().startswith(b"%PDF")
    page.go_back() if page.url.endswith(".pdf") else None


def print_papers(page: Page, folder: Path) -> None:
    """Frozen, and each paper as PDF and Word, with its key and answer sheet."""
    page.locator(".back-link").click()
    page.locator(".confirm > summary", has_text="定卷").click()
    page.locator(".confirm-panel").get_by_role("button", name="定卷").click()
    expect(page.locator(".row-links a")).to_have_count(2)
    page.locator(".row-links a").first.click()
    page.get_by_role("link", name="PDF、Word 与 A/B 卷").click()
    for at, beginning in enumerate((b"%PDF", b"PK", b"%PDF", b"PK", b"%PDF")):
        with page.expect_download() as got:
            page.locator("main tbody a").nth(at).click()
        assert got.value.path().read_bytes().startswith(beginning)
