"""The migrations of the store, forward only; each is frozen once a release has shipped it."""
