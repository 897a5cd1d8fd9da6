"""From a described cell to numbers: equations, generated source, compiled kernels, results."""
