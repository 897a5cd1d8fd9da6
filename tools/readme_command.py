"""The commands of README.md, word for word, so that what is tested is what is promised.

``python tools/readme_command.py test`` prints the code block after ``<!-- ci: test -->``. Runs
before anything is installed, so it uses the standard library only.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"


def command(name: str, text: str) -> str:
    """Return the code block that follows the marker of `name`.

    Raises
    ------
    LookupError
        There is not exactly one such marker with a bash block right after it.
    """
    pattern = rf"^<!-- ci: {re.escape(name)} -->\n+```bash\n(.*?)^```$"
    found = re.findall(pattern, text, flags=re.DOTALL | re.MULTILINE)
    if len(found) != 1:
        raise LookupError(f"README.md has {len(found)} bash blocks marked 'ci: {name}'; 1 needed")
    return str(found[0])


if __name__ == "__main__":
    print(command(sys.argv[1], README.read_text(encoding="utf-8")), end="")
