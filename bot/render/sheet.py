"""A sheet of pixels to draw words, lines and dots on, light or dark. Knows nothing of what they mean.

Words are shaped by the plotting library (its Agg canvas, without global state), never read as formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from bot.render.setting import DPI, LTR, RTL, Type, font

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHADES = 96


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a sheet, those of the page."""

    paper: str
    ink: str
    faint: str
    line: str
    mark: str


LIGHT = Theme("#fbfaf7", "#1d1c1a", "#66625b", "#dedad1", "#1d5b8f")
DARK = Theme("#16171a", "#e9e6df", "#a19c92", "#33353b", "#8cc3f0")


def one_at_a_time(draw: Callable[[], bytes]) -> bytes:
    """What ``draw`` draws, from its first measuring on, in the one thread that draws.

    The plotting library's fonts serve one thread at a time, and it keeps them for each thread it has seen.
    """
    return _desk().submit(draw).result()


class Sheet:
    """Draws at pixels counted from the upper left corner; ``mirrored``, from the upper right one."""

    def __init__(self, width: int, height: int, theme: Theme, *, mirrored: bool = False) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.theme = theme
        self.mirrored = mirrored
        self._figure: Figure = Figure((width / DPI, height / DPI), dpi=DPI, facecolor=theme.paper)
        self._canvas: Any = FigureCanvasAgg(self._figure)  # it has no types
        self._width, self._height = self._canvas.get_width_height()

    def words(
        self,
        x: float,
        y: float,
        words: str,
        kind: Type,
        colour: str,
        *,
        end: float,
        right: bool | None = None,
    ) -> None:
        """One of ``lines`` upon ``y``, between ``x`` and ``end``: at the side where its language begins."""
        from matplotlib.patheffects import withStroke
        from matplotlib.transforms import IdentityTransform

        sides = sorted((self._x(x), self._x(end)))
        backward = words.startswith(RTL) if right is None else right
        text = self._figure.text(
            sides[backward],
            self._height - y,
            words,
            fontproperties=font(words, kind.size),
            color=colour,
            ha="right" if backward else "left",
            va="baseline",
            parse_math=False,
            transform=IdentityTransform(),
        )
        if kind.bold:
            # No font that comes along has a bold cut that the library can choose.
            text.set_path_effects([withStroke(linewidth=kind.size / 40, foreground=colour)])

    def ours(self, x: float, y: float, words: str, kind: Type, colour: str, *, end: float) -> None:
        """Words of Footnote's own language beginning at ``x``, at whichever side of ``end`` that is."""
        self.words(x, y, LTR + words, kind, colour, end=end, right=self.mirrored != (x > end))

    def rail(self, x: float, top: float, bottom: float, colour: str, *, dashed: bool = False) -> None:
        """An upright line."""
        self._line((x, x), (top, bottom), colour, dashed=dashed)

    def level(self, left: float, right: float, y: float, colour: str) -> None:
        """A line from side to side."""
        self._line((left, right), (y, y), colour)

    def dot(self, x: float, y: float, radius: float, colour: str, *, hollow: bool = False) -> None:
        """A dot, or the ring of one."""
        from matplotlib.patches import Circle
        from matplotlib.transforms import IdentityTransform

        filled = self.theme.paper if hollow else colour
        self._figure.add_artist(
            Circle(
                (self._x(x), self._height - y),
                radius,
                facecolor=filled,
                edgecolor=colour,
                linewidth=4,
                transform=IdentityTransform(),
                zorder=3,
            )
        )

    def png(self) -> bytes:
        """The picture; the same bytes for the same drawing."""
        from PIL import Image

        self._canvas.draw()
        size = (self._width, self._height)
        pixels = Image.frombuffer("RGBA", size, self._canvas.buffer_rgba()).convert("RGB")
        # Each knows the canvas, whose ten megabytes would wait for the garbage collector.
        for each in [*self._figure.texts, *self._figure.lines, *self._figure.artists, *self._figure.patches]:
            each.remove()
        self._canvas.renderer = None
        out = BytesIO()
        # A quarter of the size: a sheet has few colours.
        pixels.quantize(_SHADES, dither=Image.Dither.NONE).save(out, format="png", optimize=True)
        return out.getvalue()

    def _line(
        self, across: tuple[float, float], down: tuple[float, float], colour: str, *, dashed: bool = False
    ) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.transforms import IdentityTransform

        self._figure.add_artist(
            Line2D(
                [self._x(each) for each in across],
                [self._height - each for each in down],
                color=colour,
                linewidth=4,
                linestyle=(0, (1, 2.5)) if dashed else "-",
                dash_capstyle="round",
                transform=IdentityTransform(),
            )
        )

    def _x(self, x: float) -> float:
        return self._width - x if self.mirrored else x


@cache
def _desk() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="drawing")
