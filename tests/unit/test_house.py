"""The rules of the house that no linter knows: sizes, docstrings, commands, versions, traces."""

import ast
import doctest
import pkgutil
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import loligo
from tools import check_sizes
from tools.readme_command import command

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_sizes_are_within_the_limits():
    assert check_sizes.breaches() == []


def test_size_check_sees_breaches(tmp_path):
    folder = tmp_path / "package"
    folder.mkdir()
    body = "\n".join(f"    x{i} = {i}" for i in range(71))
    (folder / "long.py").write_text(f'def long():\n    """Doc."""\n{body}\n' + "\n" * 450)
    found = check_sizes.breaches(folder)
    assert [re.sub(r"\d+", "N", line) for line in found] == [
        "package/long.py: N lines; allowed: N",
        "package/long.py: long() has N lines; allowed: N",
        "median file: N lines; below N",
    ]
    assert "71 lines" in found[1]


def _undocumented(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.relative_to(ROOT).as_posix()
    if ast.get_docstring(tree) is None:
        yield name
    public = [
        node
        for owner in (tree, *(n for n in tree.body if isinstance(n, ast.ClassDef)))
        for node in owner.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not (isinstance(owner, ast.ClassDef) and owner.name.startswith("_"))
    ]
    for node in public:
        if ast.get_docstring(node) is None:
            yield f"{name}: {node.name}"


@pytest.mark.parametrize("folder", ["src", "tools", "benchmarks"])
def test_everything_public_is_documented(folder):
    paths = sorted((ROOT / folder).rglob("*.py"))
    assert paths
    assert [line for path in paths for line in _undocumented(path)] == []


def test_examples_in_docstrings_are_true():
    names = [info.name for info in pkgutil.walk_packages(loligo.__path__, "loligo.")]
    assert "loligo.units" in names
    results = [doctest.testmod(import_module(n)) for n in names if not n.endswith("__main__")]
    assert sum(result.attempted for result in results) > 0
    assert sum(result.failed for result in results) == 0


def test_readme_has_the_two_commands():
    run, test = command("run", README), command("test", README)
    assert run.strip().endswith("loligo demo -o loligo-demo")
    assert "pytest" in test
    for block in (run, test):
        assert len(block.splitlines()) == 1
        assert block.startswith("python3 -m venv .venv && .venv/bin/pip install")


@pytest.mark.parametrize("text", ["", "<!-- ci: run -->\n\ntext\n\n```bash\nls\n```\n"])
def test_missing_or_moved_marker_is_refused(text):
    with pytest.raises(LookupError, match="ci: run"):
        command("run", text)


def test_readme_links_lead_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(links) >= 4
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_version_is_written_once_and_told_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/loligo/__init__.py"
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{loligo.__version__}]" in changelog
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {loligo.__version__}\n" in citation


@pytest.mark.skipif(sys.platform == "win32", reason="a bash script")
def test_ci_script_runs_the_readme_and_needs_bash_only():
    script = ROOT / ".ci/run"
    text = script.read_text(encoding="utf-8")
    assert script.stat().st_mode & 0o111
    assert "readme_command test" in text
    assert "readme_command run" in text
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_decisions_are_numbered_and_indexed():
    folder = ROOT / "docs/decisions"
    notes = sorted(path.name for path in folder.glob("0*.md"))
    assert [name[:4] for name in notes] == [f"{i:04d}" for i in range(1, len(notes) + 1)]
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [name for name in notes if name not in index] == []
    for name in notes:
        text = (folder / name).read_text(encoding="utf-8")
        headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
        assert headings == ["Context", "Options", "Decision", "Consequences"], name
        assert re.search(r"^Status: ", text, re.MULTILINE), name


def _tracked():
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    names = [name for name in listing.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_tracked_files_name_no_machine_and_no_registry():
    # Built from pieces, so that this file does not hold what it looks for.
    traces = ["/" + "home/", "/" + "Users/", "/" + "root/", "/" + "work/", "C:" + "\\"]
    traces += ["index" + "-url", "find" + "-links", "/" + "tmp/w"]
    found = []
    for path in _tracked():
        data = path.read_bytes()
        if b"\0" in data:
            found += [f"{path.name}: {t}" for t in traces[:4] if t.encode() in data]
            continue
        text = data.decode("utf-8")
        found += [f"{path.relative_to(ROOT)}: {trace}" for trace in traces if trace in text]
    assert found == []


def test_tracked_files_are_small():
    large = [p.name for p in _tracked() if p.stat().st_size > check_sizes.BLOB_LIMIT]
    assert large == []


def test_import_loads_nothing_heavy():
    heavy = ["numba", "matplotlib", "pynwb", "h5py", "neo", "scipy", "xarray", "pandas", "numpy"]
    code = f"import sys, loligo; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
