"""``platform/`` is a source root, never a package: the standard library's must stay in reach."""

import subprocess
import sys
from pathlib import Path


def test_platform_folder_holds_no_init(project_root: Path) -> None:
    assert (project_root / "platform" / "lianbing").is_dir()
    assert not (project_root / "platform" / "__init__.py").exists()


def test_import_platform_from_the_root_is_the_standard_librarys(project_root: Path) -> None:
    code = "import platform, sysconfig; print(platform.__file__); print(platform.system())"
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=project_root, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert Path(shown[0]).parent == Path(sys.modules["os"].__file__ or "").parent
    assert shown[1]
