"""Cells with a shape: membrane equations on many compartments, coupled along a tree.

`assemble` writes one step of the membrane as assignments on either side of a linear solve, `layout`
orders the compartments of a cell so that both fill the lanes of a processor, `source` prints the
kernel.
"""
