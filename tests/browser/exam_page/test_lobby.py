"""The lobby: it opens by itself, on the server's clock."""

from playwright.sync_api import expect
from tests.browser.exam_page.conftest import Sitting


def test_lobby_wakes_its_button_when_the_exam_opens(sitting: Sitting) -> None:
    sitting.open("/lobby/waiting?opens_in=2")
    button = sitting.page.get_by_role("button", name="进入考试")
    expect(button).to_be_disabled()
    expect(button).to_be_enabled()
    expect(sitting.page.locator("#open-now")).to_have_text("考试已开始，可以进入。")


def test_wrong_device_clock_does_not_open_the_lobby(sitting: Sitting) -> None:
    sitting.page.add_init_script("const real = Date.now; Date.now = () => real() + 24 * 3600e3;")
    sitting.open("/lobby/waiting?opens_in=600")
    expect(sitting.page.locator("#until-open")).to_have_text("09:59")
    expect(sitting.page.get_by_role("button", name="进入考试")).to_be_disabled()


def test_lobby_warns_that_another_device_is_put_out(sitting: Sitting) -> None:
    sitting.open("/lobby/elsewhere")
    expect(sitting.page.get_by_role("note")).to_contain_text("另一台设备")
    expect(sitting.page.get_by_role("button", name="继续考试")).to_be_enabled()
