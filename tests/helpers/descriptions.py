"""Hypothesis strategies for every description: gates, schemes, channels, pools, cells, neurons."""

from hypothesis import strategies as st

from loligo.cell import (
    AdaptiveExponentialIntegrateAndFire,
    Buffer,
    Cell,
    Channel,
    ExponentialIntegrateAndFire,
    Gate,
    Inside,
    InsideSegment,
    Izhikevich,
    LeakyIntegrateAndFire,
    Membrane,
    Outside,
    Pool,
    QuadraticIntegrateAndFire,
    Scheme,
    Shells,
    Synapse,
    Transition,
    Transporter,
)
from loligo.cell.morphology_file import BranchTable, MorphologyTable, PaintTable
from loligo.cell.neuron_file import ElectrodeTable, MembraneTable, NeuronFile
from loligo.rig import (
    Bessel,
    Butterworth,
    Circuit,
    CurrentClamp,
    Digitizer,
    DiscontinuousCurrentClamp,
    DiscontinuousVoltageClamp,
    Drift,
    DynamicClamp,
    Hum,
    Limits,
    Noise,
    OnePole,
    PassiveCell,
    Pipette,
    Rig,
    TwoElectrodeClamp,
    VoltageClamp,
)
from loligo.rig.instruments import Control, Headstage, Instrument, Range
from loligo.rig.model_cells import ModelCell


def written(unit, low, high):
    """Quantities as people write them."""
    return st.floats(low, high).map(lambda value: f"{value!r} {unit}")


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0", categories=["L", "N", "P"]))
TEMPERATURES = written("degC", 0.0, 40.0)
WARMING = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {"q10": st.floats(1.0, 4.0), "reference_temperature": TEMPERATURES},
    ),
)
MIDPOINTS = written("mV", -90.0, 40.0)
SCALES = st.one_of(written("mV", 4.0, 40.0), written("mV", -40.0, -4.0))


def shapes(kinds, rates):
    """Named shapes as text."""
    return st.builds("{}({}, {}, {})".format, st.sampled_from(kinds), rates, MIDPOINTS, SCALES)


RATES = st.one_of(
    written("/ms", 0.01, 10.0),
    shapes(["exponential", "linoid", "sigmoid"], written("/ms", 0.01, 10.0)),
    st.builds("{!r} * exp(-(v + {!r}) / 18)".format, st.floats(0.01, 4.0), st.floats(0, 80)),
)
STEADY = st.one_of(
    shapes(["sigmoid"], st.sampled_from(["1", "0.5"])), st.just("1 / (1 + exp(-(v + 40) / 5))")
)
TAUS = st.one_of(written("ms", 0.01, 100.0), st.just("1 + 5 * exp(-((v + 40) / 30)**2)"))
INITIAL = st.one_of(st.just({}), st.fixed_dictionaries({"initial": st.floats(0, 1)}))


def _gate(laws, power, warming, initial):
    at_once = set(laws) == {"inf"}
    return {**laws, "power": power, **({} if at_once else {**warming, **initial})}


GATES = st.builds(
    _gate,
    st.one_of(
        st.fixed_dictionaries({"alpha": RATES, "beta": RATES}),
        st.fixed_dictionaries({"inf": STEADY, "tau": TAUS}),
        st.fixed_dictionaries({"inf": STEADY}),
    ),
    st.integers(1, 4),
    WARMING,
    INITIAL,
)

TRANSITIONS = st.builds(
    lambda forward, backward: [
        "C -> O : 0.5 * k",
        f"O <-> I : {forward}, {backward}",
        "O -> C : k",
    ],
    RATES,
    RATES,
)
SCHEMES = st.fixed_dictionaries(
    {
        "states": st.just(["C", "O", "I"]),
        "open": st.floats(0.1, 1.0).map(lambda weight: {"O": weight}),
        "transitions": TRANSITIONS,
        "let": RATES.filter(lambda law: "(" in law).map(lambda law: {"k": law}),
    },
    optional={
        "single_channel_conductance": written("pS", 1.0, 100.0),
        "initial": st.just({"C": 0.75, "I": 0.25}),
    },
).flatmap(lambda scheme: WARMING.map(lambda warming: {**scheme, **warming}))

GATING = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"gate": st.dictionaries(st.sampled_from("abc"), GATES, max_size=3)}),
    st.fixed_dictionaries({"scheme": SCHEMES}),
)


def ohmic(unit):
    """Channels with a conductance in a unit."""
    own = st.fixed_dictionaries(
        {
            "conductance": written(unit, 0.0, 200.0),
            "reversal": st.one_of(written("mV", -100.0, 60.0), st.just("nernst(1, 4, 140)")),
        },
        optional={"name": TEXTS, "source": TEXTS, "notes": TEXTS, "ion": st.just("k")},
    )
    return st.builds(lambda one, two: {**one, **two}, own, GATING)


GHK = st.fixed_dictionaries(
    {
        "permeability": written("cm/s", 0.0, 1e-4),
        "valence": st.sampled_from([-1, 1, 2]),
        "inside": st.sampled_from(["ca", "1e-4 mM"]),
        "outside": st.sampled_from(["ca_out", "2 mM"]),
    }
)
PUMPS = st.just({"current": "2 * ca / (ca + 0.001)"})
CONSTANTS = st.fixed_dictionaries(
    {"ca_out": written("mM", 0.5, 5.0)}, optional={"f": st.floats(-10, 10), "w": MIDPOINTS}
)
LETS = st.fixed_dictionaries(
    {}, optional={"E": st.just("nernst(2, ca_out, 1e-4)"), "slow": shapes(["linoid"], MIDPOINTS)}
)
SHELLS = st.fixed_dictionaries(
    {
        "initial": written("mM", 1e-5, 1e-3),
        "currents": st.just(["first"]),
        "valence": st.just(2),
        "depth": written("um", 0.01, 1.0),
        "decay": written("ms", 1.0, 500.0),
        "rest": written("mM", 0.0, 1e-3),
    },
    optional={"fraction": st.floats(0.01, 1.0)},
)
FREE = st.fixed_dictionaries(
    {"initial": st.one_of(st.floats(0.1, 1), MIDPOINTS), "derivative": st.just("I_first - ca")}
)


def _cell(unit, capacitance, area):
    others = st.one_of(ohmic(unit), *([GHK] if area else []), PUMPS)
    pool = SHELLS if area else FREE.map(lambda pool: {**pool, "initial": "1e-4 mM"})
    return st.fixed_dictionaries(
        {
            "name": TEXTS,
            "temperature": TEMPERATURES,
            "capacitance": capacitance,
            "initial_potential": MIDPOINTS,
            "constants": CONSTANTS,
            "let": LETS,
            "channel": st.fixed_dictionaries({"first": ohmic(unit), "other": others}),
            "pool": st.fixed_dictionaries({"ca": pool}, optional={"x": FREE}),
            **area,
        },
        optional={"source": TEXTS, "notes": TEXTS},
    )


_PER_AREA = _cell("mS/cm2", written("uF/cm2", 0.5, 2.0), {"area": written("um2", 1.0, 1e5)})


def _of_membrane(said):
    """What a cell says of its membrane."""
    return {name: value for name, value in said.items() if name in Membrane.model_fields}


IONS = {name: written("mM", 1.0, 200.0) for name in ("Na", "K", "Cl")}
_SITES = {"total": written("mM", 0.0, 10.0), "dissociation": written("mM", 1e-4, 10.0)}
BUFFER = st.fixed_dictionaries(_SITES)
SLOW_BUFFER = st.fixed_dictionaries(
    {**_SITES, "ion": st.sampled_from([*IONS]), "off_rate": written("1/ms", 1e-4, 10.0)}
)
BUFFERS = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(IONS, BUFFER), "dye": SLOW_BUFFER, "calbindin": SLOW_BUFFER}
)
SPREADING = st.fixed_dictionaries(
    {
        "shape": st.sampled_from(["sphere", "cylinder", "slab"]),
        "count": st.integers(2, 5),
        "diffusion": st.fixed_dictionaries({"Na": written("um2/ms", 0.0, 2.0)}),
    }
)
INSIDES = st.fixed_dictionaries(
    {"depth": written("um", 0.5, 10.0), "ions": st.fixed_dictionaries(IONS)},
    optional={
        "impermeant": written("mM", 1.0, 200.0),
        "buffer": BUFFERS,
        "shells": SPREADING,
        "carrier": st.sampled_from(["", "K", "Cl"]),
    },
)
BATHS = {"ions": st.fixed_dictionaries(IONS), "impermeant": written("mM", 1.0, 200.0)}
OUTSIDES = st.one_of(
    st.fixed_dictionaries(BATHS),
    st.fixed_dictionaries(
        {**BATHS, "depth": written("um", 0.01, 1.0)}, optional={"exchange": written("ms", 1, 1e5)}
    ),
)
TRANSPORTERS = st.one_of(
    st.fixed_dictionaries(
        {
            "moves": st.just({"Na": 3, "K": -2}),
            "strength": written("uA/cm2", 0.0, 5.0),
            "rate": st.just("share * top * Na_in / (Na_in + Na_out)"),
            "constants": st.just({"top": 3}),
            "let": st.just({"share": "K_out / (K_out + 1.5)"}),
        }
    ),
    st.fixed_dictionaries(
        {
            "moves": st.just({"K": 1, "Cl": 1}),
            "strength": written("mS/cm2", 0.0, 0.1),
            "rate": st.just("nernst(-1, Cl_out, Cl_in) - nernst(1, K_out, K_in)"),
        },
        optional={"source": TEXTS, "notes": TEXTS, "name": TEXTS},
    ),
)
_CARRYING = ohmic("mS/cm2").map(
    lambda said: {k: x for k, x in said.items() if k != "reversal"} | {"ion": "Na"}
)
_BALANCED = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "temperature": TEMPERATURES,
        "capacitance": written("uF/cm2", 0.5, 2.0),
        "area": written("um2", 1.0, 1e5),
        "initial_potential": MIDPOINTS,
        "channel": st.fixed_dictionaries({"na": _CARRYING}),
        "transporter": st.fixed_dictionaries({"pump": TRANSPORTERS}),
        "inside": st.tuples(INSIDES, st.booleans()).map(
            lambda of: (
                {"impermeant": "9 mM", **of[0]}
                | ({"water": "0.01 cm/s"} if of[1] and "shells" not in of[0] else {})
            )
        ),
        "outside": OUTSIDES,
    }
)
_SEGMENT_DEPTHS = st.one_of(
    st.just({}), st.just({"depth": "whole"}), written("um", 0.1, 5.0).map(lambda d: {"depth": d})
)
INSIDE_SEGMENTS = st.builds(
    lambda said, depth: {k: x for k, x in said.items() if k != "depth"} | depth,
    INSIDES,
    _SEGMENT_DEPTHS,
)
_SALTED = st.builds(
    lambda said, inside: {
        **_of_membrane(said),
        "constants": {"ca_out": "2 mM"},
        "channel": {"first": said["channel"]["na"]},
        "inside": {"impermeant": "9 mM", **inside},
    },
    _BALANCED,
    INSIDE_SEGMENTS,
)
MEMBRANES = st.one_of(_PER_AREA.map(_of_membrane), _SALTED)
CELLS = st.one_of(
    _PER_AREA,
    _BALANCED,
    _cell("nS", written("pF", 1.0, 300.0), {}),
)

_POINT = {"name": TEXTS, "initial_potential": MIDPOINTS, "reset": written("mV", -90.0, -60.0)}
_LEAK = {"capacitance": written("pF", 1.0, 300.0), "leak_conductance": written("nS", 0.1, 50.0)}
_SHARP = {
    "threshold": written("mV", -55.0, -40.0),
    "slope": written("mV", 0.5, 5.0),
    "peak": written("mV", 0.0, 40.0),
}
_LEAK_REVERSAL = {"leak_reversal": MIDPOINTS}
_REFRACTORY = {"refractory": written("ms", 0.0, 5.0), "source": TEXTS, "notes": TEXTS}


def _point(*parts):
    fields = {name: strategy for part in (_POINT, *parts) for name, strategy in part.items()}
    return st.fixed_dictionaries(fields, optional=_REFRACTORY)


NAMES = st.sampled_from(["soma", "dendrite.1", "a b", "tuft"])
LENGTHS = st.floats(0.1, 1e3)
NO_PARENT = st.none()


@st.composite
def _branch(draw, name=NAMES, parent=NO_PARENT):
    """A branch told in one of its three ways."""
    n = draw(st.integers(2, 5))
    said = {"name": draw(name), "region": draw(NAMES)}
    way = draw(st.sampled_from(["cylinder", "cone", "path"]))
    if way == "cylinder":
        said |= {"length": draw(written("um", 0.1, 1e3)), "diameter": draw(written("nm", 10, 1e4))}
    else:
        several = n if way == "path" else 2
        widths = draw(st.lists(LENGTHS, min_size=several, max_size=several))
        said["diameters"] = f"{', '.join(map(repr, widths))} um"
    if way == "cone":
        said["length"] = draw(written("um", 0.1, 1e3))
    if way == "path":
        steps = draw(st.lists(LENGTHS, min_size=n - 1, max_size=n - 1))
        path = [sum(steps[:i]) for i in range(n)]
        said["path"] = f"{', '.join(map(repr, path))} um"
        if draw(st.booleans()):
            said |= dict.fromkeys("xyz", said["path"])
    if (found := draw(parent)) is not None:
        said |= {"parent": found, "at": draw(st.floats(0, 1))}
    return said


@st.composite
def _branches(draw):
    names = [f"b{i}" for i in range(draw(st.integers(1, 4)))]
    return [
        draw(_branch(st.just(name), st.sampled_from(names[:i]) if i else NO_PARENT))
        for i, name in enumerate(names)
    ]


MORPHOLOGIES = st.one_of(
    st.fixed_dictionaries({"branch": _branches()}, optional={"notes": TEXTS}),
    st.fixed_dictionaries(
        {
            "shape": st.just("cable"),
            "length": written("mm", 0.1, 2.0),
            "diameter": written("um", 1, 5),
        }
    ),
    st.fixed_dictionaries({"file": st.just("cell 1.swc.gz")}),
)
PAINTS = st.fixed_dictionaries(
    {"region": NAMES},
    optional={
        "names": st.one_of(NAMES, st.lists(NAMES)),
        "beyond": NAMES,
        "farther": written("um", 0.0, 500.0),
    },
)
REGION_MEMBRANES = st.builds(
    lambda said, regions: {**said, **({"regions": regions} if regions else {})},
    MEMBRANES,
    st.lists(NAMES, max_size=2),
)
SYNAPSES = st.fixed_dictionaries(
    {
        "site": TEXTS,
        "conductance": written("nS", 0.0, 10.0),
        "rise": written("ms", 0.0, 2.0),
        "decay": written("ms", 2.0, 50.0),
        "reversal": MIDPOINTS,
    },
    optional={"times": st.lists(written("ms", 0.0, 100.0), max_size=4)},
)
ELECTRODES = st.fixed_dictionaries({"site": TEXTS})
NEURON_FILES = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "temperature": TEMPERATURES,
        "initial_potential": MIDPOINTS,
        "axial_resistivity": st.one_of(
            written("ohm cm", 30, 300), st.dictionaries(NAMES, written("ohm m", 0.3, 3))
        ),
        "morphology": MORPHOLOGIES,
        "membrane": st.dictionaries(NAMES, REGION_MEMBRANES, max_size=2),
    },
    optional={
        "source": TEXTS,
        "notes": TEXTS,
        "d_lambda": st.floats(0.01, 1.0),
        "longest": written("um", 1.0, 50.0),
        "counts": st.one_of(st.integers(1, 9), st.dictionaries(NAMES, st.integers(1, 9))),
        "paint": st.lists(PAINTS, max_size=2),
        "diffusion": st.dictionaries(
            st.sampled_from(["Na", "K"]), written("um2/ms", 0.0, 2.0), max_size=2
        ),
        "profile": st.dictionaries(NAMES, st.dictionaries(TEXTS, st.just("2 * distance"))),
        "electrode": st.dictionaries(NAMES, ELECTRODES, max_size=2),
        "synapse": st.dictionaries(NAMES, SYNAPSES, max_size=2),
    },
)

CORNERS = written("kHz", 0.01, 100.0)
RESISTANCES = written("GOhm", 1e-3, 100.0)
POLES = {"poles": st.integers(1, 8)}
HUMS = st.fixed_dictionaries(
    {"amplitude": st.one_of(written("pA", 0.0, 10.0), written("mV", 0.0, 1.0))},
    optional={"frequency": CORNERS, "harmonics": st.lists(st.floats(0.0, 2.0), max_size=4)},
)
NOISES = st.fixed_dictionaries(
    {},
    optional={
        "temperature": TEMPERATURES,
        "feedback_resistance": RESISTANCES,
        "voltage_noise": written("nV/sqrt(Hz)", 0.0, 20.0),
        "current_noise": written("pA/sqrt(kHz)", 0.0, 1.0),
        "input_current": written("pA", -2.0, 2.0),
        "input_capacitance": written("pF", 0.0, 20.0),
        "dielectric_loss": st.floats(0.0, 0.1),
        "membrane": st.booleans(),
        "hum": HUMS,
    },
)

MICROSECONDS = written("us", 0.1, 1000.0)
PICOFARADS = written("pF", 0.0, 100.0)
PIPETTES = st.fixed_dictionaries(
    {"series_resistance": RESISTANCES},
    optional={
        "capacitance": written("pF", 0.1, 20.0),
        "wall_capacitance": written("pF", 0.1, 20.0),
        "seal_resistance": RESISTANCES,
        "seal_reversal": MIDPOINTS,
        "patch_resistance": RESISTANCES,
        "patch_capacitance": written("pF", 0.01, 1.0),
        "electrode_offset": MIDPOINTS,
        "junction_potential": MIDPOINTS,
    },
)
VOLTAGE_CLAMPS = st.fixed_dictionaries(
    {
        "whole_cell_series_resistance_compensation": RESISTANCES,
        "whole_cell_capacitance_compensation": written("pF", 0.1, 300.0),
    },
    optional={
        "clamp_time": MICROSECONDS,
        "current_time": MICROSECONDS,
        "summing_time": MICROSECONDS,
        "stimulus_time": MICROSECONDS,
        "capacitance_fast": PICOFARADS,
        "capacitance_slow": PICOFARADS,
        "capacitance_slow_time": MICROSECONDS,
        "series_resistance_correction": st.floats(0.0, 1.0),
        "series_resistance_prediction": st.floats(0.0, 0.95),
    },
)
CURRENT_CLAMPS = st.fixed_dictionaries(
    {},
    optional={
        "follower_time": MICROSECONDS,
        "command_time": MICROSECONDS,
        "input_capacitance": PICOFARADS,
        "capacitance_neutralization": PICOFARADS,
        "bridge_balance": RESISTANCES,
        "bias_current": written("pA", -100.0, 100.0),
    },
)
VIRTUAL_LEAKS = st.fixed_dictionaries(
    {"conductance": written("nS", 0.1, 100.0), "reversal": MIDPOINTS}
)
DYNAMIC_CLAMPS = st.fixed_dictionaries(
    {},
    optional={
        "bridge_balance": RESISTANCES,
        "update": CORNERS,
        "delay": MICROSECONDS,
        "reversal": MIDPOINTS,
        "channel": st.dictionaries(st.sampled_from(["leak", "shunt"]), VIRTUAL_LEAKS, max_size=2),
        "synapse": st.dictionaries(st.just("ampa"), SYNAPSES, max_size=1),
    },
)
DISCONTINUOUS = {
    "switching_frequency": CORNERS,
    "duty_cycle": st.floats(0.05, 0.95),
    "follower_time": MICROSECONDS,
    "input_capacitance": PICOFARADS,
    "capacitance_neutralization": PICOFARADS,
}
DISCONTINUOUS_CURRENT_CLAMPS = st.fixed_dictionaries({}, optional=DISCONTINUOUS)
DISCONTINUOUS_VOLTAGE_CLAMPS = st.fixed_dictionaries(
    {"gain": written("nS", 1.0, 5000.0)}, optional=DISCONTINUOUS
)
TWO_ELECTRODE_CLAMPS = st.fixed_dictionaries(
    {"gain": st.floats(1.0, 1e5)},
    optional={
        "gain_time": MICROSECONDS,
        "current_electrode": RESISTANCES,
        "current_electrode_capacitance": PICOFARADS,
        "current_electrode_position": st.floats(0.0, 0.99),
        "is_shielded": st.booleans(),
        "bath_resistance": RESISTANCES,
        "coupling_capacitance": PICOFARADS,
        "input_capacitance": PICOFARADS,
        "capacitance_neutralization": PICOFARADS,
    },
)

LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "headstage_current": written("nA", 0.1, 200.0),
        "output": written("V", 1.0, 15.0),
        "electrode_drive": written("V", 1.0, 200.0),
        "command_potential": written("mV", 1.0, 1000.0),
        "command_current": written("nA", 0.1, 200.0),
        "predicted_potential": written("V", 0.1, 2.0),
    },
)
MODEL_CELLS = st.one_of(
    st.fixed_dictionaries(
        {
            "name": TEXTS,
            "resistance": RESISTANCES,
            "stray_capacitance": written("pF", 0.1, 20.0),
        },
        optional={"source": TEXTS, "notes": TEXTS, "checked": st.booleans()},
    ),
    st.fixed_dictionaries(
        {
            "name": TEXTS,
            "series_resistance": RESISTANCES,
            "membrane_resistance": RESISTANCES,
            "membrane_capacitance": written("pF", 1.0, 300.0),
            "branch_resistance": RESISTANCES,
            "branch_capacitance": written("nF", 0.1, 10.0),
            "stray_capacitance": written("pF", 0.1, 20.0),
        }
    ),
)
RANGES = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "least": written("pF", 0.0, 10.0),
            "most": written("pF", 10.0, 100.0),
            "source": TEXTS,
        },
    ),
    st.fixed_dictionaries({"choices": st.lists(PICOFARADS, min_size=1, max_size=4)}),
    st.fixed_dictionaries({"words": st.lists(TEXTS, min_size=1), "checked": st.booleans()}),
)
CONTROLS = st.builds(
    lambda said, allowed: {**said, **allowed},
    st.fixed_dictionaries(
        {"label": TEXTS, "unit": st.just("pF")},
        optional={
            "voltage_clamp": st.just(["amplifier.capacitance_fast"]),
            "current_clamp": st.just(["amplifier.capacitance_neutralization"]),
            "notes": TEXTS,
        },
    ),
    RANGES,
)
HEADSTAGES = st.fixed_dictionaries(
    {"label": TEXTS, "feedback_resistance": RESISTANCES, "current_gain": RESISTANCES},
    optional={
        "voltage_gain": st.floats(0.1, 100.0),
        "control": st.dictionaries(st.just("first"), RANGES),
        "source": TEXTS,
        "checked": st.booleans(),
    },
)
INSTRUMENTS = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "filter": st.fixed_dictionaries({"kind": st.just("bessel"), "corner": CORNERS}),
        "headstage": st.dictionaries(st.sampled_from(["low", "high"]), HEADSTAGES, min_size=1),
        "control": st.fixed_dictionaries({"first": CONTROLS}, optional={"second": CONTROLS}),
    },
    optional={
        "maker": TEXTS,
        "notes": TEXTS,
        "saturation": written("V", 1.0, 15.0),
        "command_potential": written("mV", 1.0, 1000.0),
    },
)

DRIFTS = st.one_of(
    st.fixed_dictionaries(
        {"of": st.just("pipette.series_resistance"), "to": RESISTANCES},
        optional={"sweep": st.integers(0, 50)},
    ),
    st.fixed_dictionaries(
        {
            "of": st.just("pipette.seal_resistance"),
            "course": st.just("exponential"),
            "to": RESISTANCES,
            "time_constant": written("s", 0.1, 1000.0),
        },
    ),
    st.fixed_dictionaries(
        {
            "of": st.just("amplifier.bridge_balance"),
            "course": st.just("told"),
            "values": st.lists(RESISTANCES, min_size=1, max_size=4),
        },
    ),
    st.fixed_dictionaries(
        {
            "of": st.just("amplifier.series_resistance_correction"),
            "course": st.just("linear"),
            "to": st.floats(0.0, 1.0),
            "sweep": st.integers(0, 5),
            "until": st.integers(6, 50),
        },
    ),
)

RIGS = st.fixed_dictionaries(
    {
        "pipette": PIPETTES,
        "amplifier": st.one_of(
            CURRENT_CLAMPS.map(lambda said: {"kind": "current clamp", **said}),
            VOLTAGE_CLAMPS.map(lambda said: {"kind": "voltage clamp", **said}),
            DYNAMIC_CLAMPS.map(lambda said: {"kind": "dynamic clamp", **said}),
            DISCONTINUOUS_CURRENT_CLAMPS.map(
                lambda said: {"kind": "discontinuous current clamp", **said}
            ),
            TWO_ELECTRODE_CLAMPS.map(lambda said: {"kind": "two-electrode clamp", **said}),
            DISCONTINUOUS_VOLTAGE_CLAMPS.map(
                lambda said: {"kind": "discontinuous voltage clamp", **said}
            ),
        ),
    },
    optional={
        "name": TEXTS,
        "filter": st.fixed_dictionaries({"kind": st.just("bessel"), "corner": CORNERS}),
        "noise": NOISES,
        "limits": LIMITS,
        "drift": st.lists(DRIFTS, max_size=3),
    },
)

DESCRIPTIONS = {
    Limits: LIMITS,
    ModelCell: MODEL_CELLS,
    Range: RANGES,
    Control: CONTROLS,
    Headstage: HEADSTAGES,
    Instrument: INSTRUMENTS,
    Drift: DRIFTS,
    Rig: RIGS,
    Synapse: SYNAPSES,
    Pipette: PIPETTES,
    VoltageClamp: VOLTAGE_CLAMPS,
    CurrentClamp: CURRENT_CLAMPS,
    DynamicClamp: DYNAMIC_CLAMPS,
    DiscontinuousCurrentClamp: DISCONTINUOUS_CURRENT_CLAMPS,
    DiscontinuousVoltageClamp: DISCONTINUOUS_VOLTAGE_CLAMPS,
    TwoElectrodeClamp: TWO_ELECTRODE_CLAMPS,
    BranchTable: _branch(),
    MorphologyTable: MORPHOLOGIES,
    PaintTable: PAINTS,
    MembraneTable: REGION_MEMBRANES,
    ElectrodeTable: ELECTRODES,
    NeuronFile: NEURON_FILES,
    Bessel: st.fixed_dictionaries({"corner": CORNERS}, optional=POLES),
    Butterworth: st.fixed_dictionaries({"corner": CORNERS}, optional=POLES),
    OnePole: st.fixed_dictionaries({"corner": CORNERS}),
    Circuit: st.fixed_dictionaries(
        {"series_resistance": RESISTANCES, "membrane_capacitance": written("pF", 0.1, 300.0)},
        optional={
            "membrane_resistance": RESISTANCES,
            "seal_resistance": RESISTANCES,
            "pipette_capacitance": written("pF", 0.0, 20.0),
        },
    ),
    PassiveCell: st.fixed_dictionaries(
        {"resistance": RESISTANCES, "capacitance": written("pF", 0.1, 300.0)},
        optional={"reversal": written("mV", -100.0, 50.0)},
    ),
    Hum: HUMS,
    Noise: NOISES,
    Digitizer: st.fixed_dictionaries(
        {},
        optional={
            "bits": st.integers(8, 24),
            "range": written("V", 0.1, 20.0),
            "sampling": CORNERS,
            "current_gain": written("mV/pA", 0.01, 100.0),
            "voltage_gain": st.floats(0.1, 1000.0),
        },
    ),
    Gate: GATES,
    Scheme: SCHEMES,
    Transition: st.fixed_dictionaries(
        {"source": st.just("C"), "target": st.just("O"), "forward": RATES},
        optional={"backward": RATES},
    ),
    Transporter: TRANSPORTERS,
    Buffer: st.one_of(BUFFER, SLOW_BUFFER),
    Shells: SPREADING,
    Inside: INSIDES,
    InsideSegment: INSIDE_SEGMENTS,
    Outside: OUTSIDES,
    Channel: st.one_of(ohmic("mS/cm2"), ohmic("nS"), GHK, PUMPS),
    Pool: st.one_of(SHELLS, FREE),
    Cell: CELLS,
    Membrane: MEMBRANES,
    LeakyIntegrateAndFire: _point(
        _LEAK, _LEAK_REVERSAL, {"threshold": written("mV", -55.0, -40.0)}
    ),
    ExponentialIntegrateAndFire: _point(_LEAK, _LEAK_REVERSAL, _SHARP),
    AdaptiveExponentialIntegrateAndFire: _point(
        _LEAK,
        _LEAK_REVERSAL,
        _SHARP,
        {
            "adaptation_time_constant": written("ms", 1.0, 500.0),
            "adaptation_conductance": written("nS", -5.0, 5.0),
            "adaptation_jump": written("pA", 0.0, 200.0),
        },
    ),
    QuadraticIntegrateAndFire: _point(_LEAK, _SHARP, {"rheobase": written("pA", -50.0, 300.0)}),
    Izhikevich: _point(
        {
            "recovery_rate": written("/ms", 0.01, 0.2),
            "recovery_sensitivity": written("/ms", 0.1, 0.3),
            "recovery_jump": written("mV/ms", 0.0, 10.0),
        }
    ),
}
"""What each description is made from, by its class."""
