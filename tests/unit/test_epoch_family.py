import numpy as np

from loligo.recording.epoch_family import corresponding
from loligo.recording.epochs import detect_epochs
from loligo.recording.sweep import Epoch


def family(levels: list[float], second: float | None = None) -> list[tuple[Epoch, ...]]:
    return corresponding(
        [
            detect_epochs(
                np.repeat([-70.0, level, -70.0, -60.0 if second is None else second, -70.0], 100),
                10.0,
            )
            for level in levels
        ]
    )


def test_the_step_that_equals_the_holding_level_keeps_its_label_and_edges() -> None:
    found = family([-80.0, -70.0, -50.0])
    for epochs in found:
        assert [epoch.label for epoch in epochs] == ["pre", "A", "B", "C", "post"]
        assert [epoch.start for epoch in epochs] == [0.0, 10.0, 20.0, 30.0, 40.0]
    assert [epochs[1].level for epochs in found] == [-80.0, -70.0, -50.0]
    assert found[1][1].kind.value == "hold"


def test_a_wholly_constant_sweep_of_a_family_is_split_too() -> None:
    constant = detect_epochs(np.full(500, -70.0), 10.0)
    step = detect_epochs(np.repeat([-70.0, -80.0, -70.0], [100, 200, 200]), 10.0)
    first, second = corresponding([constant, step])
    assert [(e.label, e.start, e.stop, e.level) for e in first] == [
        ("pre", 0.0, 10.0, -70.0),
        ("A", 10.0, 30.0, -70.0),
        ("post", 30.0, 50.0, -70.0),
    ]
    assert second == step
    assert corresponding([(), step]) == [(), step]


def test_sweeps_of_different_edges_stay_as_they_are() -> None:
    first = detect_epochs(np.repeat([-70.0, -80.0, -70.0], [100, 200, 200]), 10.0)
    second = detect_epochs(np.repeat([-70.0, -80.0, -70.0], [150, 200, 150]), 10.0)
    assert corresponding([first, second]) == [first, second]
    assert corresponding([]) == []
