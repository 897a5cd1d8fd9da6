"""How wrong a number will be: an experiment recorded and analyzed many times, beside its truth.

`design` is the verb; what it draws (`spread`), where (`places`), what it compares with (`perfect`),
and what it makes of it (`summary`) have a file each.
"""

from loligo.experiment.design.run import design
from loligo.experiment.design.summary import Condition, Design, Row

__all__ = ["Condition", "Design", "Row", "design"]
