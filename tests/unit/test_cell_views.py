"""A cell to read: as text, as LaTeX, as a JSON schema to build a form from."""

import pytest
from matplotlib.mathtext import MathTextParser

from loligo.cell import Cell, Izhikevich, catalogue
from loligo.cell.files import KINDS

HH = catalogue.load("hodgkin_huxley1952")
CALCIUM = Cell(
    name="calcium",
    temperature="22 degC",
    area="500 um2",
    capacitance="1 uF/cm2",
    initial_potential="-65 mV",
    constants={"ca_out": "2 mM"},
    let={"E_K": "nernst(1, 5, 140)"},
    channel={
        "ca": {
            "permeability": "1e-5 cm/s",
            "valence": 2,
            "inside": "ca",
            "outside": "ca_out",
            "gate": {"m": {"inf": "sigmoid(1, -20 mV, 6 mV)", "tau": "1 ms"}},
            "gating": "m**2 * 1e-4 / (ca + 1e-4)",
        },
        "kca": {
            "conductance": "1 mS/cm2",
            "reversal": "E_K",
            "scheme": {
                "states": ["C", "O"],
                "open": {"O": 1.0},
                "let": {"k": "1e3 * ca"},
                "transitions": ["C <-> O : k, 0.1 /ms"],
                "single_channel_conductance": "100 pS",
            },
        },
        "pump": {"current": "0.1 * ca / (ca + 1e-3)"},
    },
    pool={
        "ca": {
            "initial": "1e-4 mM",
            "currents": ["ca", "pump"],
            "valence": 2,
            "depth": "0.1 um",
            "decay": "20 ms",
            "rest": "1e-4 mM",
        }
    },
)


def test_text_is_a_table():
    assert str(HH) == repr(HH)
    assert str(HH).splitlines() == [
        "squid giant axon, space clamped (doi:10.1113/jphysiol.1952.sp004764)",
        "100 um2, 1 uF/cm2, 6.3 degC, starts at -65 mV",
        "  channel  strength    driven by   opened by",
        "  na       120 mS/cm2  50 mV       m^3 h",
        "  k        36 mS/cm2   -77 mV      n^4",
        "  leak     0.3 mS/cm2  -54.387 mV",
    ]
    text = str(CALCIUM)
    for part in (
        "1e-05 cm/s",
        "ca | ca_out",
        "m**2 * 1e-4 / (ca + 1e-4)",
        "scheme of 2 states",
        "pool ca: from 0.0001 mM, filled by ca, pump",
        "ca_out = 2 mM",
        "E_K = nernst(1, 5, 140)",
    ):
        assert part in text


def test_latex_is_the_textbook():
    lines = HH.equations_latex().splitlines()
    assert lines[0] == r"\begin{aligned}"
    assert lines[-1] == r"\end{aligned}"
    stripped = [line.removesuffix(r" \\") for line in lines]
    na, m = r"{\mathrm{na}}", r"m_{\mathrm{na}}"
    for wanted in (
        rf"I_{na} &= \bar g_{na} \, {m}^{{3}} \, h_{na} \, \left( v - E_{na} \right)",
        rf"\beta_{{{m}}} &= 4 \, e^{{\frac{{v + 65}}{{-18}}}}",
        rf"\frac{{\mathrm{{d}} {m}}}{{\mathrm{{d}} t}} &= 3^{{\frac{{T - 6.3}}{{10}}}} \, "
        rf"\left( \alpha_{{{m}}} \left( 1 - {m} \right) - \beta_{{{m}}} \, {m} \right)",
        rf"E_{na} &= 50\, \mathrm{{mV}}",
    ):
        assert wanted in stripped
    assert HH._repr_latex_() == f"$$\n{HH.equations_latex()}\n$$"


@pytest.mark.parametrize("cell", [HH, CALCIUM], ids=["hh", "calcium"])
def test_latex_can_be_set(cell):
    parser = MathTextParser("path")
    lines = cell.equations_latex().splitlines()[1:-1]
    assert len(lines) > 15
    for line in lines:
        text = line.removesuffix(r" \\").replace("&", "")
        width = parser.parse(f"${text}$", dpi=72)[0]
        assert width > 0


@pytest.mark.parametrize("cls", KINDS.values(), ids=KINDS)
def test_schema_describes_every_field(cls):
    schema = cls.model_json_schema()
    for owner in [schema, *schema.get("$defs", {}).values()]:
        assert "\n\n" not in owner["description"]
        for name, entry in owner["properties"].items():
            assert entry.get("description") or name == "kind", name
            assert "null" not in str(entry)


def test_schema_tells_units_and_defaults():
    cell = Cell.model_json_schema()
    assert cell["properties"]["area"]["unit"] == "um2"
    assert cell["properties"]["capacitance"]["units"] == ["uF/cm2", "pF"]
    assert set(cell["required"]) == {"name", "temperature", "capacitance", "initial_potential"}
    assert cell["$defs"]["Gate"]["properties"]["alpha"]["unit"] == "1/ms"
    assert cell["$defs"]["Gate"]["properties"]["power"]["minimum"] == 1
    assert cell["$defs"]["Pool"]["properties"]["depth"]["examples"] == ["1 um"]
    neuron = Izhikevich.model_json_schema()["properties"]
    assert neuron["peak"]["default"] == "30 mV"
    assert neuron["recovery_rate"]["examples"] == ["1 /ms"]


def test_what_the_schema_calls_a_default_is_accepted():
    for cls in KINDS.values():
        for name, entry in cls.model_json_schema()["properties"].items():
            if isinstance(entry.get("default"), str) and entry.get("format") == "quantity":
                field = cls.model_fields[name]
                (kind,) = [item for item in field.metadata if hasattr(item, "read")]
                assert kind.read(entry["default"]) == field.default
