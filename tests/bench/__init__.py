"""Benchmarks: each module ``bench_<name>`` with ``run() -> list[Measurement]``; ``python -m tests.bench [name]``."""
