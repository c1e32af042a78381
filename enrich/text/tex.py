"""Conversion of TeX in titles to plain Unicode."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from enrich.text.patterns import compile_later
from enrich.text.tidy import tidy

_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    '"': "\u0308",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "r": "\u030a",
    "d": "\u0323",
    "b": "\u0331",
}
_LETTERS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ",
    "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
    "ell": "ℓ", "infty": "∞", "times": "×", "cdot": "·", "le": "≤", "leq": "≤", "ge": "≥",
    "geq": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "sim": "∼", "to": "→", "rightarrow": "→",
    "in": "∈", "subset": "⊂", "cup": "∪", "cap": "∩", "otimes": "⊗", "oplus": "⊕", "pm": "±",
    "partial": "∂", "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫", "forall": "∀",
    "exists": "∃", "ldots": "…", "dots": "…", "cdots": "⋯", "star": "⋆", "circ": "∘", "prime": "′",
    "S": "§", "P": "¶", "dag": "†", "textendash": "–", "textemdash": "—", "quad": " ", "qquad": " ",
    "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX",
}  # fmt: skip
_DOUBLE_STRUCK = {"C": "ℂ", "F": "𝔽", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}
_SUPERSCRIPT = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPT = str.maketrans("0123456789+-=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")

_ACCENTED = r"(?:\{\s{0,4}(\\[ij]|[^\W\d_])\s{0,4}\}|(\\[ij](?![A-Za-z])[ \t]?|[^\W\d_]))"
_ACCENT = compile_later(r"\\([`'^~\"=.])\s{0,4}" + _ACCENTED)
_WORD_ACCENT = compile_later(r"\\([uvHckrdb])(?:\s{1,4}|(?=\{))" + _ACCENTED)
_BLACKBOARD = compile_later(r"\\mathbb\s{0,4}(?:\{\s{0,4}([A-Z])\s{0,4}\}|([A-Z]))")
_FONT = compile_later(
    r"\\(?:text(?:bf|it|tt|sc|rm|sf|sl|up|md)?|emph|math(?:rm|bf|it|sf|tt|cal|frak|scr)|operatorname\*?"
    r"|mbox|boldsymbol|bm|mathbb)(?![A-Za-z])\s{0,4}|\\(?:it|bf|tt|sc|rm|em|sf|sl|left|right|big|Big|displaystyle)(?![A-Za-z])\s{0,4}"
)
_SCRIPT = compile_later(r"([\^_])(?:\{([^{}]{1,20})\}|(\S))")
_GROUP = compile_later(r"(?<![\^_\\])\{([^{}]{0,80})\}")
_COMMAND = compile_later(r"\\([A-Za-z]{1,20})(?![A-Za-z])[ \t]?")
_CONTROL_WORD = compile_later(r"\\[A-Za-z]")
_DOLLAR = compile_later(r"(?<!\\)\$")
_MAX_FORMULA_CHARS = 400
_PROSE = compile_later(r"[A-Za-z]{2}\s[A-Za-z]{2}")
_ESCAPED = compile_later(r"\\([&%#_${}~ ,;!])")
_BRACE = compile_later(r"\\?[{}]")
_SET_OF_DIGITS = compile_later(r"\{[0-9][-0-9., ]+\}")
_TIE = compile_later(r"(?<=[\w.,;:)\]}'\"])~(?=[\w\\{(\x00])")
_PLACEHOLDER = "\x00"
"""Placeholder of a formula while the text around it is converted."""


@lru_cache(maxsize=1 << 12)  # a page shows a title up to nine times
def plain(title: str) -> str:
    r"""Convert TeX to plain Unicode for people and search.

    Unknown commands stay unchanged.

    >>> plain(r"On $\ell_p$-norms, \'Etale maps and {\it na\"ive} $O(n^2)$")
    'On ℓₚ-norms, Étale maps and naïve O(n²)'
    >>> plain("What $5 buys")  # a lone dollar sign stays
    'What $5 buys'
    """
    return render(title, plain_math)


def render(title: str, render_math: Callable[[str], str]) -> str:
    """Return a title with plain text and rendered formulas.

    `render_math` converts each formula.
    """
    if not any(c in title for c in "\\$^_{~"):
        return title
    text = "".join(
        [render_math(piece) if is_math else piece for piece, is_math in split_math(title)]
    )
    return tidy(unicodedata.normalize("NFC", text))


def split_math(title: str) -> Iterator[tuple[str, bool]]:
    r"""Yield the pieces of a title as `(piece, is_formula)`.

    A formula is TeX without its dollars; other text is plain. Dollar signs of prices are text.

    >>> list(split_math(r"On $\ell_p$ and R\'enyi for $5"))
    [('On ', False), ('\\ell_p', True), (' and Rényi for $5', False)]
    """
    title = title.replace(_PLACEHOLDER, "")
    formulas = []
    texts = []
    at = 0
    for start, end in _find_formulas(title):
        texts.append(title[at : start - 1])
        formulas.append(title[start:end])
        at = end + 1
    texts.append(title[at:])
    for n, text in enumerate(_convert_text(_PLACEHOLDER.join(texts)).split(_PLACEHOLDER)):
        if n:
            yield formulas[n - 1], True
        if text:
            yield text, False


def _find_formulas(title: str) -> Iterator[tuple[int, int]]:
    """Yield the span of each formula, without its dollars."""
    dollars = [match.start() for match in _DOLLAR.finditer(title)] if "$" in title else []
    n = 0
    while n + 1 < len(dollars):
        start, end = dollars[n] + 1, dollars[n + 1]
        is_formula = 0 < end - start <= _MAX_FORMULA_CHARS and _is_formula(
            title[start:end], title[end + 1 : end + 2]
        )
        if is_formula:
            yield start, end
        n += 2 if is_formula else 1


def _is_formula(inner: str, after: str) -> bool:
    """Return whether text between two dollars is math.

    Otherwise it is prose between sums of money.
    """
    if _CONTROL_WORD.search(inner):
        return True
    if _PROSE.search(inner):
        return False
    if any(c in inner for c in "^_{"):
        return True
    return not (inner[0].isspace() or inner[-1].isspace() or after.isdigit())


def _convert_text(text: str) -> str:
    """Convert TeX outside of math to plain Unicode."""
    if not any(c in text for c in "\\{~"):
        return text
    text = unicodedata.normalize("NFC", _replace_commands(_TIE.sub("\u00a0", text)))
    if _CONTROL_WORD.search(text) is None:
        text = _drop_text_braces(text)
    return _ESCAPED.sub(lambda m: " " if m[1] in " ,;!" else m[1], text)


def _drop_text_braces(text: str) -> str:
    """Drop the braces of a text that only group.

    Unpaired braces and sets of digits stay.
    """
    if "{" not in text:
        return text
    opened: list[int] = []
    dropped = set()
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            start = opened.pop()
            is_script = text[start - 1 : start] in {"^", "_"} and start
            if is_script or not _SET_OF_DIGITS.fullmatch(text, start, match.end()):
                dropped |= {start, match.start()}
    return "".join([c for at, c in enumerate(text) if at not in dropped]) if dropped else text


def _replace_commands(text: str) -> str:
    """Replace TeX commands that have a code point.

    These are accents, letters and symbols; font commands are dropped.
    """
    if "\\" not in text:
        return text
    text = _BLACKBOARD.sub(lambda m: _DOUBLE_STRUCK.get(m[1] or m[2], m[1] or m[2]), text)
    text = _FONT.sub("", text)
    for pattern in (_ACCENT, _WORD_ACCENT):
        text = pattern.sub(lambda m: (m[2] or m[3]).strip("\\ \t") + _ACCENTS[m[1]], text)
    return _COMMAND.sub(lambda m: _LETTERS.get(m[1], m[0]), text)


def plain_math(formula: str) -> str:
    r"""Convert a formula to plain Unicode.

    A formula that cannot be converted is returned between dollars.

    >>> plain_math(r"\mathrm{SL}_2(\mathbb{Z})"), plain_math(r"\frac{a}{b}")
    ('SL₂(ℤ)', '$\\frac{a}{b}$')
    """
    text = _SCRIPT.sub(_render_script, _drop_formula_braces(_replace_commands(formula)))
    return f"${formula}$" if "\\" in text else text.replace("{", "").replace("}", "")


def marked_math(formula: str) -> str:
    r"""Convert a formula like `plain_math`, but with HTML tags.

    Tags mark superscripts and subscripts that Unicode lacks.

    >>> marked_math(r"L_{loc}^2"), marked_math(r"\frac{a}{b}")
    ('L<sub>loc</sub>²', '$\\frac{a}{b}$')
    """
    text = _SCRIPT.sub(_tag_script, _drop_formula_braces(_replace_commands(formula)))
    return f"${formula}$" if "\\" in text else text.replace("{", "").replace("}", "")


def _drop_formula_braces(formula: str) -> str:
    """Drop the braces of a formula that only group.

    At most three nested levels are dropped.
    """
    if "\\" in formula:  # its braces may hold an argument
        return formula
    for _ in range(3):
        formula = _GROUP.sub(r"\1", formula)
    return formula


def _render_script(m: re.Match[str]) -> str:
    inner = m[2] or m[3]
    found = _convert_script(m[1], inner)
    return found or (m[1] + inner if len(inner) == 1 else f"{m[1]}({inner})")


def _tag_script(m: re.Match[str]) -> str:
    inner = m[2] or m[3]
    tag = "sup" if m[1] == "^" else "sub"
    return _convert_script(m[1], inner) or f"<{tag}>{inner}</{tag}>"


def _convert_script(kind: str, inner: str) -> str | None:
    """Convert a text to superscripts or subscripts.

    Return None if Unicode lacks one of them.
    """
    table = _SUPERSCRIPT if kind == "^" else _SUBSCRIPT
    return inner.translate(table) if all(ord(c) in table for c in inner) else None
