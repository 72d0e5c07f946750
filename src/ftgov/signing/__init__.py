"""Signing and verifying: keys, attestation, trust pack, bundle; the core install is enough."""
