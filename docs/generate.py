"""Pages made from the code at build time, so that they cannot differ from it."""

import tomllib
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from runpy import run_path
from shutil import move
from tempfile import TemporaryDirectory

from benchmarks.recovery import campaign
from benchmarks.recovery import figure as recovery_figure
from benchmarks.recovery import page as recovery_page
from benchmarks.simulators import figure, page, results
from loligo.cell import Membrane, Neuron
from loligo.cell import catalogue as cells
from loligo.cell.morphology import rall_tree
from loligo.engine import simulate
from loligo.plot import draw_morphology
from loligo.plot.style import new_figure, styled
from loligo.protocol import Protocol
from loligo.recording.io.registry import FORMATS
from loligo.rig import instruments as bench
from loligo.rig import model_cells as boxes
from loligo.terms import TERMS
from loligo.units import INTERNAL_UNITS, format_quantity


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def glossary() -> str:
    """Return every term with symbol, units and meaning."""
    rows = []
    for term in TERMS.values():
        also = f" Also: {', '.join(term.aliases)}." if term.aliases else ""
        units = [term.unit or "1", term.display_unit or "1"]
        rows.append([f"`{term.name}`", f"`{term.symbol}`", *units, term.meaning + also])
    return _table(["name", "symbol", "unit inside", "unit shown", "meaning"], rows)


def units() -> str:
    """Return the internal unit of each dimension."""
    rows = [[dimension, unit or "1"] for dimension, unit in INTERNAL_UNITS.items()]
    return _table(["dimension", "unit"], rows)


def formats() -> str:
    """Return the formats `read` recognizes."""
    rows = [[f.name, " ".join(f"`{suffix}`" for suffix in f.suffixes)] for f in FORMATS]
    return _table(["format", "usual endings"], rows)


def _link(source: str) -> str:
    kind, _, name = source.partition(":")
    return f"[{name}](https://doi.org/{name})" if kind == "doi" else source


def catalogue() -> str:
    """Return the descriptions of the catalogue with what they were compared with."""
    table = tomllib.loads((Path(__file__).parent / "catalogue_referees.toml").read_text("utf-8"))
    rows = []
    for name in cells.names():
        found, row = cells.load(name), table[name]
        kind = found.kind.replace("_", " ")
        what = found.name if kind == "cell" else f"{found.name} ({kind})"
        rows.append([f"`{name}`", what, _link(found.source), row["referee"], row["agreement"]])
    return _table(["name", "what", "source", "compared with", "agreement"], rows)


def catalogue_notes() -> str:
    """Return the notes of each description of the catalogue."""
    notes = [(name, cells.load(name).notes.strip()) for name in cells.names()]
    return "\n".join(f"`{name}`\n\n```text\n{text}\n```\n" for name, text in notes)


def _where_from(source: str, checked: bool) -> str:
    return source if checked else f"{source} (not checked)"


def _targets(targets: tuple[str, ...]) -> str:
    return ", ".join(f"`{target}`" for target in targets) or "-"


def instruments() -> str:
    """Return each instrument with its headstages and controls."""
    parts = []
    for name in bench.names():
        found = bench.load(name)
        heads = [
            [
                f"`{key}`",
                head.label,
                format_quantity(head.feedback_resistance, "GOhm"),
                f"{head.current_gain:g} mV/pA",
                format_quantity(found.saturation / head.feedback_resistance, "pA")
                if found.saturation
                else "not found",
                _where_from(head.source, head.checked),
            ]
            for key, head in found.headstage.items()
        ]
        controls = []
        for key, control in found.control.items():
            told = control.told(control.unit) or "not found"
            others = [
                f"{allowed.told(control.unit)} (`{head}`)"
                for head, stage in found.headstage.items()
                if (allowed := stage.control.get(key)) is not None
            ]
            controls.append(
                [
                    f"`{key}`",
                    control.label,
                    "; ".join([told, *others]),
                    _targets(control.voltage_clamp),
                    _targets(control.current_clamp),
                    "; ".join(
                        part
                        for part in (_where_from(control.source, control.checked), control.notes)
                        if part
                    ),
                ]
            )
        parts += [
            f"### {found.name}\n\n`{name}`, {found.maker}. {found.source}.\n",
            f"{found.notes.strip()}\n",
            _table(
                ["headstage", "as labelled", "feedback", "gain", "largest current", "source"], heads
            ),
            _table(
                ["control", "as labelled", "range", "voltage clamp", "current clamp", "source"],
                controls,
            ),
        ]
    return "\n".join(parts)


def model_cells() -> str:
    """Return the parts of each model cell."""
    rows = []
    for name in boxes.names():
        found = boxes.load(name)
        parts = {
            field: getattr(found, field)
            for field in type(found).model_fields
            if field.endswith(("resistance", "capacitance"))
        }
        told = ", ".join(
            f"{field.replace('_', ' ')} "
            + format_quantity(value, "GOhm" if field.endswith("resistance") else "pF")
            for field, value in parts.items()
            if value is not None
        )
        rows.append(
            [f"`{name}`", found.name, told, _where_from(_link(found.source), found.checked)]
        )
    return _table(["name", "what", "parts", "source"], rows)


def benchmarks() -> str:
    """Return the tables of the measured run that the repository ships."""
    return page.page(results.read(page.RESULTS))


def recovery() -> str:
    """Return the tables of the cells of the recovery study that the repository ships."""
    return recovery_page.page(campaign.read(recovery_page.RESULTS))


def draw_recovery(path: Path) -> None:
    """Draw the errors of the same cells."""
    drawn = recovery_figure.draw(campaign.read(recovery_page.RESULTS))
    with styled():
        drawn.savefig(path, metadata={"Date": None})


def draw_benchmarks(path: Path) -> None:
    """Draw error against time of the same run."""
    drawn = figure.work_precision(results.read(page.RESULTS))
    with styled():
        drawn.savefig(path, metadata={"Date": None})


def draw_neuron(path: Path) -> None:
    """Draw a tree by region and by potential."""
    shape = rall_tree(5, "100 um", "4 um")
    shape = shape.with_region("tuft", beyond="dendrite.2.0")
    leak = {"leak": {"conductance": "0.05 mS/cm2", "reversal": "-65 mV"}}
    neuron = Neuron(
        "a tree",
        shape,
        Membrane(capacitance="1 uF/cm2", channel=leak),
        axial_resistivity="150 ohm cm",
        temperature="20 degC",
        initial_potential="-65 mV",
    )
    site = "dendrite.4.0(1)"
    pulse = Protocol("pulse", ["hold for 2 ms"], holding="0.2 nA")
    found = simulate(neuron, pulse, at=site, record=())
    with styled():
        drawn = new_figure(9.0, 3.6)
        left, right = drawn.subplots(1, 2)
        draw_morphology(shape, sites=["dendrite.0.0(0)", site], ax=left)
        potential = found.final["v"][0, 0]
        draw_morphology(neuron, color_by=potential, label="membrane potential [mV]", ax=right)
        drawn.savefig(path, metadata={"Date": None})


def draw_space_clamp(path: Path) -> None:
    """Draw the figure of the example of that name."""
    script = Path(__file__).resolve().parents[1] / "examples" / "space_clamp.py"
    with TemporaryDirectory() as folder:
        with chdir(folder), redirect_stdout(StringIO()):
            run_path(str(script))
        move(Path(folder) / "space_clamp.png", path)


def write_generated(folder: Path) -> None:
    """Write the pages into a folder, touching only those that changed."""
    folder.mkdir(exist_ok=True)
    for make in (
        glossary, units, formats, catalogue, catalogue_notes, instruments, model_cells, benchmarks,
        recovery,
    ):  # fmt: skip
        path = folder / f"{make.__name__}.md"
        text = make()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    draw_benchmarks(folder / "benchmarks.svg")
    draw_recovery(folder / "recovery.svg")
    draw_neuron(folder / "neuron.svg")
    draw_space_clamp(folder / "space_clamp.png")
