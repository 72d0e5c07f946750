"""ftgov: the signed, recomputable passport of a fine-tuned model."""

__version__ = "0.1.0"
