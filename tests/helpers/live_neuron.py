"""NEURON, where it is installed: which Python has it, and commands that run in it."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def python_with_neuron():
    """Return a Python that has NEURON; skip where there is none, or no compiler."""
    python = os.environ.get("LOLIGO_NEURON_PYTHON")
    if python is None and importlib.util.find_spec("neuron") is None:
        pytest.skip("no NEURON here; set LOLIGO_NEURON_PYTHON to a Python that has it")
    if shutil.which("g++") is None and shutil.which("clang++") is None:
        pytest.skip("no C++ compiler, which nrnivmodl needs")
    return python or sys.executable


def called(*command, folder):
    """Run a command in a folder, and return what it prints; it must end well."""
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
