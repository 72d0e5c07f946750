"""Recompute: derive a bundle's figures again from its evidence, and compare."""
