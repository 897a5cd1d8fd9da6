"""Descriptions of cells in the formats of other programs, in and out."""
