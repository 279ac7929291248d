"""The learning comparison: simulated learners, the banks they drill, the plans that pick for them.

The learners' memory (``memory``) is not the scheduler's: what they forget and how practice helps
follows another theory, with parameters written down and committed before anything was tuned.
"""
