"""Compiled inner loops of indicators (Numba, one thread, cached on disk).

As `coopsim.mechanisms.kernels`: arrays and numbers in, no World, imported inside functions, no fast-math. Sums over a
matrix run along rows and add up in columns, which compiles to vector code without changing the order of any sum.
"""
