"""Does analysis find the truth: random cells behind random rigs, analyzed as files are."""
