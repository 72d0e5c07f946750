"""Proofs that a log only grew: Merkle trees, tree heads, signed notes. Pure: no keys, no files."""
