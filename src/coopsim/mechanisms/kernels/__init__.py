"""Compiled inner loops of the mechanisms (Numba, one thread, cached on disk).

Each function takes arrays and numbers, no World and no Params, and does the arithmetic of one equation that stands in
the docstring of the mechanism that calls it. Mechanisms import from here inside their functions, so that asking for
help or listing scenarios does not load the compiler. No reduction is reordered and no fast-math is on: results do not
depend on threads or vector width.
"""
