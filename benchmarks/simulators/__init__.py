"""loligo beside other simulators: the same cells, in one run, with the same clock."""
