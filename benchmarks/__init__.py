"""Benchmarks: what is measured, against whom, and how (README.md). `python -m benchmarks` runs them."""
