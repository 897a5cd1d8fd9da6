"""Whether different routes to the input resistance of one cell agree, and if not, why."""

from loligo.analysis.agreement.compare import compare
from loligo.analysis.agreement.recording import Agreement, input_resistance_agreement
from loligo.analysis.agreement.relation import Relation, relation
from loligo.analysis.agreement.route import Route
from loligo.analysis.agreement.verdict import Outcome, Reason, Verdict

__all__ = [
    "Agreement",
    "Outcome",
    "Reason",
    "Relation",
    "Route",
    "Verdict",
    "compare",
    "input_resistance_agreement",
    "relation",
]
