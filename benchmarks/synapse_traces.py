"""NEURON's answer to three activations of an Exp2Syn on a ball and stick, for the tests.

Run ``python -m benchmarks.synapse_traces`` in an environment with NEURON; the numbers are those of
``tests/analytic/test_synapses.py``.
"""

from __future__ import annotations

TIMES = (5.5, 6.0, 7.0, 8.0, 9.5, 10.5, 11.0, 12.0, 15.0, 20.0, 30.0)


def main() -> None:
    """Print potentials at the synapse and in the soma [mV], and the current [pA]."""
    from neuron import h

    soma, dendrite = h.Section(name="soma"), h.Section(name="dendrite")
    soma.L = soma.diam = 20.0
    dendrite.L, dendrite.diam, dendrite.nseg = 600.0, 2.0, 31
    dendrite.connect(soma(1))
    for section in (soma, dendrite):
        section.Ra, section.cm = 100.0, 1.0
        section.insert("pas")
        for segment in section:
            segment.pas.g, segment.pas.e = 5e-5, -65.0
    synapse = h.Exp2Syn(dendrite(0.5))
    synapse.tau1, synapse.tau2, synapse.e = 0.5, 3.0, 0.0
    connections = []
    for start in (5.0, 9.0, 10.0):
        source = h.NetStim()
        source.number, source.start, source.noise = 1, start, 0.0
        connection = h.NetCon(source, synapse)
        connection.delay, connection.weight[0] = 0.0, 0.005
        connections.append((source, connection))
    solver = h.CVode()
    solver.active(1)
    solver.atol(1e-10)
    solver.rtol(1e-10)
    times = h.Vector(TIMES)
    there, here, current = (
        h.Vector().record(what, times)
        for what in (dendrite(0.5)._ref_v, soma(0.5)._ref_v, synapse._ref_i)
    )
    h.finitialize(-65.0)
    solver.solve(40.0)
    print("dendrite [mV]", [round(x, 7) for x in there])
    print("soma [mV]", [round(x, 7) for x in here])
    print("current [pA]", [round(1e3 * x, 5) for x in current])


if __name__ == "__main__":
    main()
