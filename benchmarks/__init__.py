"""What the library and its runner cost: `python -m benchmarks [--quick]`.

Nothing here passes or fails. Each figure is printed beside its limit, measured in the same run,
and beside what the older library for the same job, paas-charm 1.12.3, was measured to take. Those
figures are from another two-core machine: their ratios and counts travel, their seconds do not.
"""
