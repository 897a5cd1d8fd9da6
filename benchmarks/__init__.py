"""Measurements that are too long, or too particular, for the test suite."""
