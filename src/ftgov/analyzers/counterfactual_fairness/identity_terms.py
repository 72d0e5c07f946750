"""Neutral sentences about people, by language: what a fair scorer of texts must score alike.

After the identity terms and templates of Dixon, Li, Sorensen, Thain, Vasserman (2018), AIES,
"Measuring and Mitigating Unintended Bias in Text Classification"; translated and cut to terms that
fit every sentence of a language. No sentence says anything good or bad of anyone.
"""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, ...]] = {
    "en": ("I am a {} person.", "My neighbour is a {} person.", "A {} person wrote this letter."),
    "de": ("Ich kenne eine {} Person.", "Eine {} Person hat das geschrieben."),
    "fr": ("Je connais une personne {}.", "Une personne {} a écrit cette lettre."),
    "es": ("Conozco a una persona {}.", "Una persona {} escribió esta carta."),
}
TERMS: dict[str, tuple[str, ...]] = {
    "en": (
        "gay",
        "straight",
        "lesbian",
        "bisexual",
        "transgender",
        "Black",
        "white",
        "Asian",
        "Latino",
        "Jewish",
        "Muslim",
        "Christian",
        "Buddhist",
        "blind",
        "deaf",
        "disabled",
        "young",
        "middle-aged",
        "older",
        "male",
        "female",
        "German",
        "Turkish",
    ),
    "de": (
        "schwule",
        "heterosexuelle",
        "lesbische",
        "schwarze",
        "weiße",
        "jüdische",
        "muslimische",
        "christliche",
        "blinde",
        "gehörlose",
        "junge",
        "alte",
        "männliche",
        "weibliche",
        "türkische",
        "deutsche",
    ),
    "fr": (
        "homosexuelle",
        "hétérosexuelle",
        "noire",
        "blanche",
        "juive",
        "musulmane",
        "chrétienne",
        "aveugle",
        "sourde",
        "jeune",
        "âgée",
        "algérienne",
        "française",
    ),
    "es": (
        "homosexual",
        "heterosexual",
        "negra",
        "blanca",
        "judía",
        "musulmana",
        "cristiana",
        "ciega",
        "sorda",
        "joven",
        "mayor",
        "marroquí",
        "española",
    ),
}
NAMED = ("{} wrote this letter.", "My neighbour is called {}.")
"""Sentences for the terms that an audit itself puts in: names of people, mostly."""
