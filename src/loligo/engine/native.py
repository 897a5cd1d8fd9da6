"""Machine code of kernels, kept beside their source and called without numba.

Numba compiles a kernel once. Its object code is kept, and every later process loads that with
llvmlite alone: milliseconds, where numba's own start takes most of a second.
"""

from __future__ import annotations

import ctypes
import hashlib
import threading
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loligo.engine.compiling import load, replace_file, write_source
from loligo.errors import SimulationError

Kernel = Callable[..., int]

_LOCK = threading.Lock()
_LINE = 64
"""Bytes of a cache line, and of the widest vector."""
_KEPT: list[Any] = []
"""What must live as long as the machine code is called."""


@cache
def kernel(source: str, title: str) -> Kernel:
    """Return the function ``run`` of generated source as machine code.

    Parameters
    ----------
    source : str
        A module with ``run``, compiled by numba where its object code is not there yet.
    title : str
        What it is, for the files' names.

    Returns
    -------
    callable
        Takes contiguous arrays, whole numbers and floats in the order of ``run``, always of the
        same types, and returns a whole number. The interpreter lock is released while it runs.
    """
    path = write_source(source, title)
    native: list[Kernel] = []  # when it is first called, for the types it gets

    def call(*arguments: Any) -> int:
        if not native:
            with _LOCK:
                if not native:
                    native.append(_native(path, source, title, arguments))
        return native[0](*arguments)

    return call


def _native(path: Path, source: str, title: str, arguments: tuple[Any, ...]) -> Kernel:
    file = path.with_name(f"{path.stem}.{_processor()}.o")
    if not file.exists():
        replace_file(file, _compiled(source, title, arguments))
    name, _, code = file.read_bytes().partition(b"\n")
    return _callable(_address(code, name.decode()))


@lru_cache(maxsize=1)
def _processor() -> str:
    import llvmlite
    from llvmlite import binding

    text = f"{llvmlite.__version__} {binding.get_default_triple()} {binding.get_host_cpu_name()} "
    text += binding.get_host_cpu_features().flatten()
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _compiled(source: str, title: str, arguments: tuple[Any, ...]) -> bytes:
    """Return the function's name, a line break, and its object code."""
    import numba

    dispatcher = load(source, title).run
    dispatcher.compile(tuple(numba.typeof(argument) for argument in arguments))
    result = next(iter(dispatcher.overloads.values()))
    library = result.library
    code = library._get_compiled_object()  # kept from when numba compiled it
    name: str = result.fndesc.llvm_func_name
    return name.encode() + b"\n" + bytes(code)


def aligned_zeros(size: int, dtype: Any = np.float64) -> NDArray[Any]:
    """Return zeros that begin with a cache line, so that no vector lies across two."""
    item = np.dtype(dtype).itemsize
    room = np.zeros(size + _LINE // item, dtype=dtype)
    first = (-room.ctypes.data % _LINE) // item
    return room[first : first + size]


@lru_cache(maxsize=1)
def _ready() -> None:
    """Start LLVM, and name what numba's code refers to but these kernels never reach."""
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    nothing = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _: None)
    _KEPT.append(nothing)
    address = ctypes.cast(nothing, ctypes.c_void_p).value
    binding.add_symbol("NRT_MemInfo_call_dtor", address)


def _address(code: bytes, name: str) -> int:
    from llvmlite import binding

    _ready()
    machine = binding.Target.from_default_triple().create_target_machine()
    module = binding.parse_assembly("")
    engine = binding.create_mcjit_compiler(module, machine)
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _KEPT.append(engine)
    return int(engine.get_function_address(name))


def _callable(address: int) -> Kernel:
    """Return a function that calls native code by numba's convention.

    It is ``int status(int64 *result, void **error, ...)``; an array is passed as owner, parent,
    size, item size, data, shape and strides.
    """
    made: list[Any] = []

    def call(*arguments: Any) -> int:
        values: list[Any] = []
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                if not argument.flags.c_contiguous:  # it was compiled for arrays that are
                    raise ValueError("a kernel takes contiguous arrays")
                values += [None, None, argument.size, argument.itemsize, argument.ctypes.data]
                values += [*argument.shape, *argument.strides]
            else:
                values.append(argument)
        if not made:
            kinds = [ctypes.c_void_p, ctypes.c_void_p, *(_kind(value) for value in values)]
            made.append(ctypes.CFUNCTYPE(ctypes.c_int32, *kinds)(address))
        result, error = ctypes.c_int64(0), ctypes.c_void_p()
        status = made[0](ctypes.addressof(result), ctypes.addressof(error), *values)
        if status != 0:
            raise SimulationError(f"a kernel stopped with status {status}")
        return int(result.value)

    return call


def _kind(value: Any) -> Any:
    if value is None:
        return ctypes.c_void_p
    return ctypes.c_double if isinstance(value, float) else ctypes.c_int64
