"""Files as trainers and their tools write them: by hand, none by our exporter.

Excel and Word lie here as the members of their packages, so that a reader sees what the program
wrote; ``FILES`` gives each as its bytes under the name it would be sent by.
"""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

HERE = Path(__file__).parent
PICTURES = {"word_typed": "word/media/image1.png", "qti21": "i21001/assets/ammeter.png"}
"""Where a package holds the one picture that they share."""


def _package(folder: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path in sorted((HERE / folder).rglob("*")):
            if path.is_file():
                package.writestr(path.relative_to(HERE / folder).as_posix(), path.read_bytes())
        if folder in PICTURES:
            package.writestr(PICTURES[folder], (HERE / "ammeter.png").read_bytes())
    return out.getvalue()


def _text(name: str, encoding: str = "utf-8") -> bytes:
    return (HERE / name).read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding)


FILES: dict[str, Callable[[], bytes]] = {
    "内部练习题.xlsx": lambda: _package("excel_odd"),
    "题目选项表.xlsx": lambda: _package("excel_rows"),
    "题型模板.xlsx": lambda: _package("excel_types"),
    "WPS导出.csv": lambda: _text("wps.csv", "gb18030"),
    "english.csv": lambda: _text("semicolon.csv", "utf-8-sig"),
    "电工题库.docx": lambda: _package("word_typed"),
    "WPS文字.docx": lambda: _package("word_wps"),
    "理论练习.txt": lambda: _text("typed.txt", "gb18030"),
    "composed.txt": lambda: _text("composed.txt"),
    "moodle.xml": lambda: _text("moodle.xml"),
    "moodle.gift": lambda: _text("moodle.gift"),
    "aiken.txt": lambda: _text("aiken.txt"),
    "qti21.zip": lambda: _package("qti21"),
    "qti22.zip": lambda: _package("qti22"),
    "qti30.zip": lambda: _package("qti30"),
    "班组题库.zip": lambda: _package("own"),
}
