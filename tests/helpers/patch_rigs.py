"""The rig of a whole-cell patch in either clamp, as tests of recordings share it."""

from loligo.rig import Bessel, Digitizer, Noise, Pipette, Rig, VoltageClamp

NOISE = Noise(
    feedback_resistance="500 MOhm", voltage_noise="3 nV/sqrt(Hz)", input_capacitance="3 pF"
)
PIPETTE = Pipette(series_resistance="12 MOhm", capacitance="5 pF", seal_resistance="8 GOhm")
VOLTAGE = Rig(
    name="a patch rig",
    pipette=PIPETTE,
    amplifier=VoltageClamp(capacitance_fast="5 pF", summing_time="2 us"),
    filter=Bessel(corner="5 kHz"),
    noise=NOISE,
    digitizer=Digitizer(sampling="20 kHz"),
)
CURRENT = VOLTAGE.with_(
    amplifier={
        "kind": "current clamp",
        "bridge_balance": "9 MOhm",
        "capacitance_neutralization": "5 pF",
    }
)
