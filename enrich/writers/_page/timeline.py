"""Timeline of a page: each paper at its talk's date, by its age at the talk; as SVG and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import log10
from typing import NamedTuple

from enrich.paper import Paper, PaperId
from enrich.writers._csl_item import valid_date
from enrich.writers._page.contents import Contents
from enrich.writers._page.dates import MONTHS, describe_age
from enrich.writers._page.elements import Html, show_text, tag
from enrich.writers._page.order import first_date

_WIDTH, _HEIGHT = 720, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 104, 16, 14, 30
_AGES = (
    (0, "0 days"), (7, "1 week"), (30, "1 month"), (365, "1 year"), (5 * 365, "5 years"),
    (20 * 365, "20 years"), (100 * 365, "100 years"),
)  # fmt: skip
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000)
"""Months between two marks of the time axis."""
_MAX_MARKS = 7
_MAX_NAME = 60


class Point(NamedTuple):
    """A paper at a talk."""

    day: date
    number: int
    """Index of the talk."""
    work: PaperId
    published: str
    age: int
    """Days from the paper's first date to the talk; negative if the talk came first."""


def list_points(contents: Contents) -> list[Point]:
    """Return each dated paper at each dated talk, by the talk's date."""
    return [*_find_points(contents)]


def _find_points(contents: Contents) -> Iterator[Point]:
    for number in contents.order:
        day = contents.days[number]
        for work in contents.cited[number] if day else ():
            published = first_date(contents.works[work])
            if day and (parts := valid_date(published)):
                first = date(*[*parts, 1, 1][:3])
                yield Point(day, number, work, published, (day - first).days)


def render_chart(contents: Contents, points: list[Point]) -> Html:
    """Render the points as SVG: time to the right, age upwards on a logarithmic scale."""
    days = [point.day.toordinal() for point in points]
    first, last = min(days), max(days)
    lowest, highest = min(0, *(p.age for p in points)), max(7, *(p.age for p in points))
    bottom, top = _scale(lowest), _scale(highest)

    def place_x(day: int) -> float:
        share = (day - first) / (last - first) if last > first else 0.5
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def place_y(age: int) -> float:
        share = (_scale(age) - bottom) / (top - bottom)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)

    marks: list[Html] = []
    for age, name in _list_ages(lowest, highest):
        y = place_y(age)
        marks += [
            tag("line", x1=_LEFT - 4, y1=str(y), x2=_WIDTH - _RIGHT, y2=str(y)),
            tag("text", name, x=_LEFT - 8, y=str(y + 4), text_anchor="end"),
        ]
    for day, name in _list_dates(date.fromordinal(first), date.fromordinal(last)):
        anchor = "end" if day == last > first else "start" if day == first < last else "middle"
        marks.append(tag("text", name, x=str(place_x(day)), y=_HEIGHT - 8, text_anchor=anchor))
    dots = [
        tag(
            "circle",
            tag("title", _name_point(contents, point)),
            cx=str(place_x(day)),
            cy=str(place_y(point.age)),
            data_n=point.number,
        )
        for day, point in zip(days, points, strict=True)
    ]
    return tag(
        "svg",
        tag("g", *marks, class_="axes"),
        *dots,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label=summarize(points),
    )


def summarize(points: list[Point]) -> str:
    """Return a sentence that summarizes the chart."""
    ages = sorted(point.age for point in points)
    middle = describe_age(ages[len(ages) // 2])
    return (
        f"Age of {len(points):,} papers at the talk that names them: from {describe_age(ages[0])} "
        f"to {describe_age(ages[-1])}, median {middle}"
    )


def render_table(contents: Contents, points: list[Point]) -> Iterator[Html]:
    """Yield the table behind the chart, one piece per row."""
    heads = ("Talk on", "Paper", "First date", "Age")
    head = tag("tr", *(tag("th", name, scope="col") for name in heads))
    yield Html(f"<table>{tag('thead', head)}<tbody>")
    for point in points:
        yield tag(
            "tr",
            tag("td", tag("a", point.day.isoformat(), href="#" + contents.anchors[point.number])),
            tag("td", tag("a", _name_work(contents, point), href=f"#{point.work}")),
            tag("td", point.published),
            tag("td", describe_age(point.age)),
            data_n=point.number,
        )
    yield Html("</tbody></table>")


def _name_work(contents: Contents, point: Point) -> str:
    best = contents.works[point.work].best
    return show_text(best.title, point.work, _MAX_NAME) if isinstance(best, Paper) else point.work


def _name_point(contents: Contents, point: Point) -> str:
    return f"{_name_work(contents, point)}: {describe_age(point.age)}, {point.day.isoformat()}"


def _scale(age: int) -> float:
    return log10(1 + age) if age >= 0 else -log10(1 - age)


def _list_ages(lowest: int, highest: int) -> Iterator[tuple[int, str]]:
    """Yield the marks of the axis of ages."""
    yield from ((age, name) for age, name in _AGES if age <= highest)
    yield from ((-age, f"-{name}") for age, name in _AGES if 0 < age <= -lowest)


def _list_dates(first: date, last: date) -> Iterator[tuple[int, str]]:
    """Yield the marks of the axis of time: starts of months or years, or the two ends."""
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next((s for s in _STEPS if months / s <= _MAX_MARKS), _STEPS[-1])
    if months < 2:
        yield first.toordinal(), first.isoformat()
        if (last - first).days > 20:
            yield last.toordinal(), last.isoformat()
        return
    number = first.year * 12 + first.month - 1
    number += -number % step
    while number <= last.year * 12 + last.month - 1:
        year, month = divmod(number, 12)
        day = date(year, month + 1, 1)
        if first <= day <= last:
            yield day.toordinal(), f"{MONTHS[month]} {year}" if step < 12 else str(year)
        number += step
