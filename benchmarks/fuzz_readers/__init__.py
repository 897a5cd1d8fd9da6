"""What happens when loligo reads damaged files: seeded mutations of each format's samples.

``python -m benchmarks.fuzz_readers`` counts the outcomes and exits 1 on any violation of the
promise: a damaged file gives an error of loligo or a recording, never a crash, a hang, a blow-up
of memory or an error of a library underneath, and is itself left as it was.
"""
