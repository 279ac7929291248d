"""What is backed up comes back whole, in both shapes; what is not whole is refused."""

import io
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import pytest
from backups import backup, restore
from flask import Flask
from redis import Redis
from sqlalchemy import func, select
from tests.conftest import SECRETS, TestServers, need, own_database, own_prefix
from tests.exams_factory import enter, make_exam_world, save

from lianbing.entry import create_app
from lianbing.entry.readiness import upgrade_schema
from lianbing.exams.closing import close_due
from lianbing.exams.models import AnswerEntry, Attempt
from lianbing.exams.use_cases import publish_results
from lianbing.infra.crypto import current_keyring
from lianbing.infra.database import db, transaction
from lianbing.infra.settings import load_settings
from lianbing.kernel.clock import utc_now
from lianbing.papers.queries import forget_papers
from lianbing.people.models.persons import Person

NUMBER = "110105194912310021"


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a program printed, and why it failed; empty when it did not."""

    out: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """One installation by its environment."""

    environment: dict[str, str]

    @property
    def data_dir(self) -> Path:
        return Path(self.environment["LIANBING_DATA_DIR"])

    def run(self, program: ModuleType, *arguments: object) -> Ran:
        """Run a program's ``main`` as the command would, in this process."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("LIANBING_")}
        said, here, mask = io.StringIO(), Path.cwd(), os.umask(0o022)
        problem: object = None
        with (
            patch.dict(os.environ, {**inherited, **self.environment}, clear=True),
            patch.object(sys, "argv", ["program", *map(str, arguments)]),
            patch.object(sys, "stdin", io.StringIO()),
            redirect_stdout(said),
        ):
            try:
                program.main()
            except SystemExit as ended:
                problem = ended.code
            finally:
                os.chdir(here)
                os.umask(mask)
        return Ran(out=said.getvalue(), problem=str(problem or ""))

    @contextmanager
    def opened(self) -> Iterator[Flask]:
        forget_papers()
        app = create_app(load_settings(self.environment))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()
        forget_papers()


@dataclass(frozen=True, kw_only=True)
class Saved:
    """An installation, its backup, and its keys kept apart."""

    shape: str
    source: Place
    folder: Path
    keys: Path


@dataclass(frozen=True, kw_only=True)
class Two:
    """A backup and an empty installation to restore it into."""

    saved: Saved
    folder: Path
    target: Place

    def restore(self, *more: str) -> Ran:
        given = ("--keys", self.saved.keys) if self.saved.shape == "embedded" else ()
        return self.target.run(restore, self.folder, *given, *more)


def embedded_place(folder: Path) -> Place:
    return Place(environment={"LIANBING_DATA_DIR": str(folder / "data")})


def production_place(folder: Path, stack: ExitStack, servers: TestServers, name: str) -> Place:
    unique = f"lianbing_backup_{os.getpid()}_{name}"
    return Place(
        environment={
            "LIANBING_SHAPE": "production",
            "LIANBING_DATA_DIR": str(folder / "data"),
            "LIANBING_DATABASE_URL": stack.enter_context(own_database(servers, unique)),
            "LIANBING_REDIS_URL": servers.redis,
            "LIANBING_REDIS_PREFIX": stack.enter_context(own_prefix(servers, f"{unique}:")),
            **{f"LIANBING_{key.upper()}": value for key, value in SECRETS.items()},
        }
    )


@pytest.fixture(scope="module", params=["embedded", "production"])
def saved(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, servers: TestServers
) -> Iterator[Saved]:
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        if request.param == "embedded":
            place = embedded_place(folder)
        else:
            need(servers)
            place = production_place(folder, stack, servers, "source")
        fill(place)
        ran = place.run(backup, folder / "backups", "--keys", folder / "safe")
        assert ran.problem == ""
        (made,) = (folder / "backups").iterdir()
        (keys,) = (folder / "safe").iterdir()
        yield Saved(shape=request.param, source=place, folder=made, keys=keys)


@pytest.fixture
def two(saved: Saved, tmp_path: Path, servers: TestServers) -> Iterator[Two]:
    """A copy of the backup, free to be spoiled, and an empty installation to restore into."""
    copy = shutil.copytree(saved.folder, tmp_path / "copy")
    with ExitStack() as stack:
        if saved.shape == "embedded":
            target = embedded_place(tmp_path)
        else:
            target = production_place(tmp_path, stack, servers, "target")
        yield Two(saved=saved, folder=copy, target=target)


def fill(place: Place) -> None:
    """A published exam with answers, marks, receipts, a sealed number and an uploaded file."""
    with place.opened() as app:
        upgrade_schema(app)
        now = utc_now()
        start = now - timedelta(hours=3)
        world = make_exam_world(
            db.session(), opens_at=start, closes_at=start + timedelta(hours=2), candidates=3
        )
        for index in range(3):
            seat = enter(world, index, at=start)
            save(seat, [(n, n, "A") for n in range(1, 5)], at=start + timedelta(minutes=1))
        assert close_due() == 3
        keyring = current_keyring()
        with transaction() as session:
            publish_results(session, world.organiser, world.exam_id, now=now, sign=keyring.sign)
            person = session.get_one(Person, world.candidates[0])
            person.id_number_sealed = keyring.encrypt(NUMBER)
    (place.data_dir / "uploads").mkdir(parents=True, exist_ok=True)
    (place.data_dir / "uploads" / "照片.jpg").write_bytes(b"\xff\xd8picture")


def test_everything_comes_back_and_is_checked(two: Two) -> None:
    ran = two.restore()
    assert ran.problem == ""
    assert "checked: every count, " in ran.out
    assert ", 0 signatures" not in ran.out
    assert ", 0 sealed" not in ran.out
    with two.target.opened():
        assert db.session.scalar(select(func.count()).select_from(AnswerEntry)) == 12
        states = db.session.scalars(select(Attempt.state)).all()
        assert states == ["closed"] * 3
        sealed = db.session.scalars(select(Person.id_number_sealed)).all()
        assert NUMBER in [current_keyring().decrypt(one) for one in sealed if one]
    assert (two.target.data_dir / "uploads" / "照片.jpg").read_bytes() == b"\xff\xd8picture"


def test_keys_are_nowhere_in_the_backup(saved: Saved) -> None:
    secrets = [line.split("=", 1)[1] for line in saved.keys.read_text().splitlines()]
    held = b"".join(path.read_bytes() for path in saved.folder.rglob("*") if path.is_file())
    assert len(secrets) >= 3
    assert [secret for secret in secrets if secret.encode() in held] == []
    assert saved.keys.stat().st_mode & 0o077 == 0
    assert saved.folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("keys", ["backups", "backups/keys", "."])
def test_keys_are_not_written_beside_the_data(saved: Saved, tmp_path: Path, keys: str) -> None:
    ran = saved.source.run(backup, tmp_path / "backups", "--keys", tmp_path / keys)
    assert "the keys would lie with the data" in ran.problem
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("fault", ["flipped", "shortened", "missing", "no manifest", "swapped"])
def test_altered_backup_is_refused_and_nothing_is_touched(two: Two, fault: str) -> None:
    (dump,) = two.folder.glob("database.*")
    match fault:
        case "flipped":
            raw = bytearray(dump.read_bytes())
            raw[len(raw) // 2] ^= 1
            dump.write_bytes(raw)
        case "shortened":
            dump.write_bytes(dump.read_bytes()[:-1])
        case "missing":
            (two.folder / "files.tar").unlink()
        case "no manifest":
            (two.folder / "manifest.json").unlink()
        case "swapped":
            shutil.copy(two.folder / "files.tar", dump)
    assert two.restore().problem.startswith("scripts/restore: ")
    assert not two.target.data_dir.exists()


def test_backup_whose_counts_were_altered_is_found_out(two: Two) -> None:
    plan = json.loads((two.folder / "manifest.json").read_text())
    plan["counts"]["answer_entry"] += 1
    (two.folder / "manifest.json").write_text(json.dumps(plan))
    assert "answer_entry" in two.restore().problem


def test_restore_overwrites_nothing_unless_told_and_then_sets_it_aside(two: Two) -> None:
    assert two.restore().problem == ""
    assert "not empty" in two.restore().problem
    ran = two.restore("--replace")
    assert ran.problem == ""
    assert "set aside: the database as it was" in ran.out
    with two.target.opened():
        assert db.session.scalar(select(func.count()).select_from(AnswerEntry)) == 12


def test_other_keys_than_the_backups_are_refused(two: Two) -> None:
    two.target.environment["LIANBING_FIELD_KEY"] = "33" * 32
    assert "LIANBING_FIELD_KEY" in two.restore().problem


def test_embedded_restore_asks_for_the_keys(two: Two) -> None:
    if two.saved.shape != "embedded":
        return
    assert "--keys" in two.target.run(restore, two.folder).problem
    assert not two.target.data_dir.exists()


def test_copies_of_a_later_state_do_not_outlive_a_restore(two: Two) -> None:
    if two.saved.shape != "production":
        return
    prefix = two.target.environment["LIANBING_REDIS_PREFIX"]
    neighbour = prefix.rstrip(":") + "-other"
    with Redis.from_url(two.target.environment["LIANBING_REDIS_URL"]) as client:
        client.set(prefix + "board:1", "of tomorrow")
        client.set(neighbour, "not ours", ex=60)
        assert two.restore().problem == ""
        assert client.get(prefix + "board:1") is None
        assert client.getdel(neighbour) == b"not ours"


@pytest.fixture
def bare(tmp_path: Path) -> Place:
    """An embedded installation with a schema and nothing else."""
    place = embedded_place(tmp_path)
    with place.opened() as app:
        upgrade_schema(app)
    return place


def test_backup_of_a_file_in_use_is_of_one_instant(bare: Place, tmp_path: Path) -> None:
    with closing(sqlite3.connect(bare.data_dir / "lianbing.db", isolation_level=None)) as writer:
        writer.execute("CREATE TABLE half (id INTEGER)")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO half VALUES (1)")
        assert bare.run(backup, tmp_path / "backups", "--no-keys").problem == ""
        writer.execute("COMMIT")
    (folder,) = (tmp_path / "backups").iterdir()
    assert json.loads((folder / "manifest.json").read_text())["counts"]["half"] == 0


def test_only_the_newest_backups_are_kept(bare: Place, tmp_path: Path) -> None:
    (tmp_path / "backups" / "letters").mkdir(parents=True)
    for _ in range(3):
        ran = bare.run(backup, tmp_path / "backups", "--no-keys", "--keep", "2")
        assert ran.problem == ""
    names = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert len(names) == 3
    assert names[0] == "letters"
