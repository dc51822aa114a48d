"""How good is it on real text? Gold data, metrics with intervals, retrieval, and a guard against leaks."""
