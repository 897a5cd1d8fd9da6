"""`loligo protocol show`: protocols from files of sentences and from recordings."""

import json
import re

import pytest
from typer.testing import CliRunner

from loligo.cli.app import app
from loligo.data import example
from loligo.protocol import Protocol, standard


def run(*arguments):
    return CliRunner().invoke(app, ["protocol", "show", *map(str, arguments)])


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "tails.toml"
    path.write_text(standard.tail_currents().to_toml(), encoding="utf-8")
    return path


def test_the_table(written):
    done = run(written)
    assert done.exit_code == 0
    assert done.stdout.rstrip("\n") == str(standard.tail_currents())


def test_other_forms(written, tmp_path):
    assert Protocol.from_toml(run(written, "--toml").stdout) == standard.tail_currents()
    done = run(written, "--json")
    assert Protocol.from_json(done.stdout) == standard.tail_currents()
    path = tmp_path / "p.json"
    path.write_text(json.dumps(json.loads(done.stdout)), encoding="utf-8")
    assert run(path).stdout == run(written).stdout
    assert run(written, "--json", "--toml").exit_code == 2


def test_a_recording():
    several = run(example())
    assert several.exit_code == 1
    first, second = re.findall("'([^']+)'", several.stderr)
    shown = [run(example(), "--command", name).stdout for name in (first, second)]
    assert ["voltage clamp" in text for text in shown] == [True, False]
    assert ["current clamp" in text for text in shown] == [False, True]


def test_mistakes_are_told_in_one_line(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text('kind = "protocol"\nepochs = ["hodl for 1 s"]\n', encoding="utf-8")
    for file, told in ((path, "did you mean 'hold'"), (tmp_path / "none.abf", "no such file")):
        done = run(file)
        assert done.exit_code == 1
        assert told in done.stderr
        assert done.stdout == ""
