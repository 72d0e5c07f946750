"""Pure numerics: score intervals, paired intervals, multiplicity and sample size; numpy alone."""
