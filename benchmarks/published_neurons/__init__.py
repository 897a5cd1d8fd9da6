"""Source simulations of the published neurons of the catalogue, in NEURON.

``python -m benchmarks.published_neurons NAME FOLDER OUTPUT`` builds a neuron from its authors'
files in FOLDER with the steps of their code, measures it, and writes ``OUTPUT/NAME.json``, which
the tests compare with, and ``OUTPUT/NAME.swc``, the shape that their code ends up with. It needs
NEURON and a C++ compiler, and not loligo. The authors' files are not part of this repository:

=========================  =========================================================
NAME                       FOLDER
=========================  =========================================================
mainen_sejnowski1996_l5    ModelDB 2488: ``j4a.hoc``, and the ``.mod`` files
hjorth2020_dspn            Snudda 3.0: ``snudda/data/neurons``
=========================  =========================================================
"""
