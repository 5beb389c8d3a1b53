"""The commands as a school uses them: init, backup, keys sealed elsewhere, another machine, restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin_app.cli import cli
from models import vault
from tests.conftest import DATA_KEY
from tests.databases import Servers

Command = Callable[..., Result]
PASSPHRASE = "四個不相干的詞 河馬 雨傘 口琴"


@pytest.fixture(autouse=True)
def usual_vault() -> Iterator[None]:
    """The vault belongs to the process: other tests want theirs back."""
    yield
    vault.install(vault.Vault([DATA_KEY]))


@pytest.fixture
def on(servers: Servers, engine_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Command]:
    """A machine by name, with a database and a data directory of its own, and the backup folder both can reach."""
    urls: dict[str, str] = {}

    def machine(name: str) -> Command:
        urls.setdefault(name, servers.empty(engine_name, f"{name}_{next(servers.numbers)}"))

        def run(*arguments: str, **more: str) -> Result:
            values = {
                "PORTFOLIO_DATABASE_URL": urls[name],
                "PORTFOLIO_DATA_DIR": str(tmp_path / name),
                "PORTFOLIO_SECRET_KEY": "a secret key for tests only",
                "PORTFOLIO_BACKUP_DIR": str(tmp_path / "backups"),
                "PORTFOLIO_KEYS_PASSPHRASE": PASSPHRASE,
                **more,
            }
            for key, value in values.items():
                monkeypatch.setenv(key, value)
            return CliRunner().invoke(cli, list(arguments))

        return run

    return machine


def test_a_school_moves_to_another_machine(on: Callable[[str], Command], tmp_path: Path) -> None:
    old, new = on("old"), on("new")
    assert old("init", "--admin", "詹文彬").exit_code == 0
    assert "重新讀過" in (answer := old("backup")).output, answer.output
    keys = tmp_path / "safe" / "keys.json"
    keys.parent.mkdir()
    assert "放在同一個地方" in old("backup-keys", str(tmp_path / "backups" / "keys.json")).output
    assert old("backup-keys", str(keys)).exit_code == 0
    assert DATA_KEY.decode() not in keys.read_text()
    assert "已重讀，無誤" in old("backups", "--verify").output
    assert "已有" in old("restore").output

    assert "須要資料金鑰" in new("restore").output
    wrong = new("restore", "--keys", str(keys), PORTFOLIO_KEYS_PASSPHRASE="別的密語別的密語別的")
    assert "打不開" in wrong.output and wrong.exit_code != 0
    answer = new("restore", "--keys", str(keys))
    assert answer.exit_code == 0, answer.output
    assert "與備份時相同" in answer.output
    assert new("init").exit_code == 0
    assert new("accounts").output == old("accounts").output
    assert "詹文彬" not in answer.output
    assert (tmp_path / "new" / "data.key").read_text() == (tmp_path / "old" / "data.key").read_text()


def test_a_damaged_backup_ends_the_command_with_a_word(on: Callable[[str], Command], tmp_path: Path) -> None:
    old, new = on("old"), on("new")
    assert "PORTFOLIO_BACKUP_DIR" in old("backup", PORTFOLIO_BACKUP_DIR="").output
    assert "沒有可備份" in old("backup", PORTFOLIO_DATA_KEY=DATA_KEY.decode()).output
    old("init", PORTFOLIO_DATA_KEY=DATA_KEY.decode())
    old("backup")
    part = next((tmp_path / "backups" / "points").glob("*/database.*"))
    part.write_bytes(part.read_bytes()[:-100])
    answer = old("backups", "--verify")
    assert (answer.exit_code, "已損壞" in answer.output) == (1, True)
    answer = new("restore", PORTFOLIO_DATA_KEY=DATA_KEY.decode())
    assert (answer.exit_code, "已損壞" in answer.output) == (1, True)
    assert "Traceback" not in answer.output


def test_a_school_leaves_in_open_formats_and_comes_in_elsewhere(on: Callable[[str], Command], tmp_path: Path) -> None:
    old, new = on("old"), on("new")
    old("init", "--admin", "詹文彬")
    out = tmp_path / "out"
    assert old("export-school", str(out)).exit_code == 0
    assert "已經存在" in old("export-school", str(out)).output
    assert "已有" in old("import-school", str(out)).output
    cells = (out / "tables" / "staff.csv").read_bytes()
    (out / "tables" / "staff.csv").write_bytes(cells.replace("詹".encode(), "僞".encode()))
    assert "已損壞" in new("import-school", str(out)).output
    (out / "tables" / "staff.csv").write_bytes(cells)
    answer = new("import-school", str(out))
    assert answer.exit_code == 0, answer.output
    assert new("init").exit_code == 0
    assert new("accounts").output == old("accounts").output
