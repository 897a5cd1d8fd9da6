"""Whether a recording can be trusted: noise, drift, leak."""

from loligo.terms.term import Term

TERMS = (
    Term(
        "noise_rms",
        "sigma",
        "current",
        "pA",
        "Root mean square of the response around its baseline.",
    ),
)
