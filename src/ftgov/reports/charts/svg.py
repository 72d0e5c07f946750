"""An SVG writer of a few shapes: deterministic, without ids, scripts, links or style sheets.

Every drawing has a `<title>` (the PDF's alternative text) and a `<desc>`; every text goes through
`safe_text` and is escaped. Colours keep a contrast of 4.5 or more where they carry text.
"""

from __future__ import annotations

from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from ftgov.reports.text import safe_text

INK, MUTED, HAIR, PALE = "#1b2430", "#55606e", "#d3d9df", "#eef1f4"
TUNED, BASE, LIMIT = "#1f5a8c", "#6b7684", "#a8431a"

WIDTH = 620.0
"""Width of every drawing in its own units; it fills 170 mm of paper, so 10.5 units are 8 points."""

SIZE = 10.5

FAMILY = "ftgov Inter,ftgov Inter Extended,ftgov Inter Greek,ftgov Inter Cyrillic,sans-serif"
Anchor = Literal["start", "middle", "end"]

# Advance widths of Inter Regular, U+0020 to U+007E, in thousandths of an em (from its hmtx table).
_ADVANCE = (
    "281 288 466 633 642 982 644 300 365 365 501 662 288 460 288 360 631 407 610 618 646 593 "
    "620 566 619 620 288 302 662 662 662 511 966 690 654 730 722 601 590 746 743 269 571 672 "
    "565 903 753 765 639 765 644 642 646 744 690 985 682 679 629 365 360 365 471 456 323 562 "
    "612 571 612 583 370 613 591 242 242 549 242 876 591 600 612 612 376 528 327 591 562 818 "
    "546 562 552 426 333 426 662"
)
_WIDTHS = dict(zip(map(chr, range(32, 127)), map(int, _ADVANCE.split()), strict=True))


def text_width(text: str, size: float = SIZE) -> float:
    """Return the width of text in the report's sans serif; other scripts count as one em wide."""
    return sum(_WIDTHS.get(c, 620 if ord(c) < 0x250 else 1000) for c in text) * size / 1000


def fitted(text: str, width: float, size: float = SIZE) -> str:
    """Return text shortened in its middle, with an ellipsis, until it fits a width."""
    text = safe_text(text, 200)
    if text_width(text, size) <= width:
        return text
    keep = len(text) - 1
    while keep > 2:
        head, tail = text[: (keep + 1) // 2], text[len(text) - keep // 2 :]
        if text_width(short := f"{head}\N{HORIZONTAL ELLIPSIS}{tail}", size) <= width:
            return short
        keep -= 1
    return "\N{HORIZONTAL ELLIPSIS}"


def number(value: float) -> str:
    """Return a coordinate with at most two decimals, the same on every machine."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


class Canvas:
    """A drawing under way; shapes are painted in the order they are added."""

    def __init__(self, height: float, title: str, description: str) -> None:
        self.height = height
        self.title = title
        self.description = description
        self._shapes: list[str] = []

    def _add(self, tag: str, attributes: dict[str, float | str], content: str = "") -> None:
        written = "".join(
            f" {name}={quoteattr(value if isinstance(value, str) else number(value))}"
            for name, value in attributes.items()
        )
        self._shapes.append(
            f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"
        )

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        colour: str = HAIR,
        width: float = 0.75,
        dash: str = "",
    ) -> None:
        """Draw a straight line."""
        shape: dict[str, float | str] = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
        shape |= {"stroke": colour, "stroke-width": width}
        self._add("line", shape | ({"stroke-dasharray": dash} if dash else {}))

    def path(self, commands: str, colour: str, width: float = 1.5, dash: str = "") -> None:
        """Draw an open path from SVG path commands."""
        shape: dict[str, float | str] = {"d": commands, "fill": "none", "stroke": colour}
        shape |= {"stroke-width": width, "stroke-linejoin": "round"}
        self._add("path", shape | ({"stroke-dasharray": dash} if dash else {}))

    def polygon(self, points: str, fill: str) -> None:
        """Fill a polygon."""
        self._add("polygon", {"points": points, "fill": fill})

    def circle(self, x: float, y: float, radius: float, colour: str, *, hollow: bool) -> None:
        """Draw a mark: solid, or hollow with a coloured rim."""
        fill = "#ffffff" if hollow else colour
        self._add(
            "circle",
            {"cx": x, "cy": y, "r": radius, "fill": fill, "stroke": colour, "stroke-width": 1.5},
        )

    def box(
        self, x: float, y: float, size: tuple[float, float], fill: str, stroke: str = "none"
    ) -> None:
        """Draw a box with softly rounded corners."""
        shape: dict[str, float | str] = {"x": x, "y": y, "width": size[0], "height": size[1]}
        self._add("rect", shape | {"rx": min(3.5, size[1] / 2), "fill": fill, "stroke": stroke})

    def text(
        self,
        x: float,
        y: float,
        content: str,
        *,
        anchor: Anchor = "start",
        size: float = SIZE,
        colour: str = INK,
        bold: bool = False,
    ) -> None:
        """Write one line of text, its baseline at `y`."""
        shape: dict[str, float | str] = {"x": x, "y": y, "font-size": size, "fill": colour}
        shape |= {"text-anchor": anchor} if anchor != "start" else {}
        shape |= {"font-weight": "600"} if bold else {}
        self._add("text", shape, escape(safe_text(content, 200)))

    def render(self) -> str:
        """Return the drawing as an SVG element."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {number(WIDTH)} '
            f'{number(self.height)}" width="{number(WIDTH)}" height="{number(self.height)}" '
            f'font-family="{FAMILY}">'
        )
        title = f"<title>{escape(safe_text(self.title))}</title>"
        description = f"<desc>{escape(safe_text(self.description))}</desc>"
        return head + title + description + "".join(self._shapes) + "</svg>"
