"""The cache folder of kernels: named, unwritable, shared by processes and threads."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from loligo.engine import compiling
from loligo.engine.compiling import cache_folder, load, replace_file, write_source

SOURCE = '"""Nothing."""\n\nANSWER = 42\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache folder of its own for one test."""
    monkeypatch.setenv("LOLIGO_CACHE", str(tmp_path / "deep" / "cache"))
    cache_folder.cache_clear()
    yield tmp_path / "deep" / "cache"
    cache_folder.cache_clear()


def test_the_folder_is_the_named_one_and_is_made(folder):
    assert cache_folder() == folder
    assert folder.is_dir()


def test_the_users_folder_where_none_is_named(folder, tmp_path, monkeypatch):
    import platformdirs

    monkeypatch.delenv("LOLIGO_CACHE")
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda name: str(tmp_path / name))
    cache_folder.cache_clear()
    assert cache_folder() == tmp_path / "loligo" / "kernels"


def test_an_unwritable_folder_gives_way_to_a_temporary_one(folder, monkeypatch):
    folder.parent.mkdir(parents=True)
    folder.write_text("a file where a folder should be")
    found = cache_folder()
    assert found != folder
    assert found.is_dir()
    assert load(SOURCE, "nothing").ANSWER == 42
    found.joinpath("more").touch()


def test_the_same_source_is_one_file_and_one_module(folder):
    first, again = load(SOURCE, "Some cell, named"), load(SOURCE, "Some cell, named")
    assert first is again
    assert [path.suffix for path in folder.iterdir() if path.is_file()] == [".py"]
    (path,) = folder.glob("*.py")
    assert path.read_text() == SOURCE
    assert path.name.startswith("loligo_kernel_some_cell_named_")


@pytest.mark.parametrize("opens", ["Nothing.", "Another, of the same code.", "Two\n\nlines."])
def test_the_same_code_under_another_title_is_the_same_file(folder, opens):
    """Neurons of one kind of membrane have one kernel, whatever their names and regions."""
    other = SOURCE.replace("Nothing.", opens)
    assert load(SOURCE, "Some cell") is load(other, "Another")
    assert [path.name[:24] for path in folder.glob("*.py")] == ["loligo_kernel_some_cell_"]


@pytest.mark.parametrize("source", ['A = 1\nB = """b"""\n', 'A = """a"""\nB = """b"""\n'])
def test_text_elsewhere_is_code(folder, source):
    changed = source.replace('"""b"""', '"""c"""')
    assert (load(source, "one").B, load(changed, "one").B) == ("b", "c")


def test_other_source_is_another_file(folder):
    assert load(SOURCE, "nothing") is not load(SOURCE.replace("42", "43"), "nothing")
    assert load(SOURCE.replace("42", "43"), "nothing").ANSWER == 43
    assert len(list(folder.glob("*.py"))) == 2


def test_what_source_imports_is_part_of_its_name(folder, monkeypatch):
    before = write_source(SOURCE, "nothing")
    monkeypatch.setattr(compiling, "_support", lambda: "another version")
    assert write_source(SOURCE, "nothing") != before


@pytest.mark.parametrize("title", ["", "µ/../§", "a" * 300, "new\nline"])
def test_any_title_makes_a_file_name(folder, title):
    assert load(SOURCE, title).ANSWER == 42
    (path,) = folder.glob("*.py")
    assert path.parent == folder
    assert len(path.name) < 100


def test_source_that_fails_is_not_kept_as_a_module(folder):
    broken = '"""Broken."""\n\nraise RuntimeError("no")\n'
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no"):
            load(broken, "broken")


def test_files_are_never_seen_in_part(tmp_path):
    """A reader beside eight writers finds the old or the new content, whole."""
    path = tmp_path / "file"
    contents = [bytes([65 + i]) * 200_000 for i in range(8)]
    replace_file(path, contents[0])
    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(replace_file, path, content) for content in contents]
        while not all(writer.done() for writer in writers):
            assert path.read_bytes() in contents
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


WORKER = """
from loligo.cell import Cell
from loligo.engine import simulate
from loligo.protocol import Protocol


def run():
    cell = Cell(name="rc", temperature="20 degC", capacitance="100 pF", initial_potential="0 mV",
                channel={"leak": {"conductance": "10 nS", "reversal": "0 mV"}})
    found = simulate(cell, Protocol("p", ["step 50 pA for 10 ms"], holding="0 pA"))
    return float(found.final["v"].item()).hex()
"""


def test_processes_that_compile_at_once_do_not_disturb_each_other(folder):
    """And one that comes later finds the machine code there, and gives the same number."""
    command = [sys.executable, "-W", "error", "-c", f"{WORKER}\nprint(run())"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=300)[0].strip() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    kept = {path: path.stat().st_mtime_ns for path in folder.iterdir() if path.is_file()}
    assert sorted(path.suffix for path in kept) == [".o", ".py"]
    scope = {}
    exec(WORKER, scope)
    assert {*told, scope["run"]()} == {told[0]}
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_threads_that_compile_at_once_do_not_disturb_each_other(folder):
    scope = {}
    exec(WORKER.replace("10 nS", "9 nS").replace('"0 pA")', '"0 pA"), spikes=True'), scope)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: scope["run"](), range(4)))
    assert len(found) == 1
    assert len(list(folder.glob("*.o"))) == 1
