"""Frozen descriptions of membranes and cells, and the catalogue of published ones."""
