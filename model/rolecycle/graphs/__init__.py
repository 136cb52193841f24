"""Algorithms over integer graphs: strongly connected components, fair cycles, weighted paths, bisimulation.

It imports nothing of rolecycle and names no machine, state or property; only ``kernels`` knows Numba.
Begin with ``graph``, the graph as three arrays.
"""
