"""One person under one name: how the holders of keys are told apart, everywhere alike.

Sources: Unicode Standard Annex 15 (NFKC); The Unicode Standard, 3.13, default caseless matching.
"""

from __future__ import annotations

import unicodedata


def folded(holder: str) -> str:
    """Return the form of a holder's name under which two spellings are one person.

    Width, ligatures, letter case and the amount of white space do not make two people of one.
    Letters of other scripts that only look alike do: a trust pack's root vouches for its names.

    Args:
        holder: A name as a trust pack has it.
    """
    caseless = unicodedata.normalize("NFKC", holder).casefold()
    return " ".join(unicodedata.normalize("NFKC", caseless).split())
