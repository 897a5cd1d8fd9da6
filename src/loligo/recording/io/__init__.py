"""Readers and writers, one module per format, behind one `read`."""

from loligo.recording.io.registry import FORMATS, Format, read, recognize

__all__ = ["FORMATS", "Format", "read", "recognize"]
