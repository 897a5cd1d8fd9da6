"""Reports on files: one page and its tables, from the same results the command line prints."""

from loligo.report.result import FileResult, FileStatus, examine
from loligo.report.write import Written, write_report

__all__ = ["FileResult", "FileStatus", "Written", "examine", "write_report"]
