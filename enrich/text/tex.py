"""TeX in titles to plain Unicode."""

from __future__ import annotations

import re
import unicodedata

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
}  # fmt: skip
_DOUBLE_STRUCK = {"C": "ℂ", "F": "𝔽", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}
_SUPERSCRIPT = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_SUBSCRIPT = str.maketrans("0123456789+-=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")

_ACCENTED = r"(?:\{\s{0,4}(\\[ij]|[^\W\d_])\s{0,4}\}|(\\[ij](?![A-Za-z])[ \t]?|[^\W\d_]))"
_ACCENT = re.compile(r"\\([`'^~\"=.])\s{0,4}" + _ACCENTED)
_WORD_ACCENT = re.compile(r"\\([uvHckrdb])(?:\s{1,4}|(?=\{))" + _ACCENTED)
_BLACKBOARD = re.compile(r"\\mathbb\s{0,4}(?:\{\s{0,4}([A-Z])\s{0,4}\}|([A-Z]))")
_FONT = re.compile(
    r"\\(?:text(?:bf|it|tt|sc|rm|sf|sl|up|md)?|emph|math(?:rm|bf|it|sf|tt|cal|frak|scr)|operatorname\*?"
    r"|mbox|boldsymbol|bm|mathbb)(?![A-Za-z])\s{0,4}|\\(?:it|bf|tt|sc|rm|em|sf|sl|left|right|big|Big|displaystyle)(?![A-Za-z])\s{0,4}"
)
_SCRIPT = re.compile(r"([\^_])(?:\{([^{}]{1,20})\}|(\S))")
_COMMAND = re.compile(r"\\([A-Za-z]{1,20})(?![A-Za-z])[ \t]?")
_MATH = re.compile(r"(?<!\\)\$([^$]{1,400})(?<!\\)\$")
_ESCAPED = re.compile(r"\\([&%#_${}~ ,;!])")


def plain(title: str) -> str:
    r"""Convert TeX to plain Unicode for people and search.

    What is not understood stays as it is.

    >>> plain(r"On $\ell_p$-norms, \'Etale maps and {\it na\"ive} $O(n^2)$")
    'On ℓₚ-norms, Étale maps and naïve O(n²)'
    >>> plain("What $5 buys")  # a lone dollar is one
    'What $5 buys'
    """
    if not any(c in title for c in "\\$^_{~"):
        return title
    text = _MATH.sub(_math, title)
    text = _letters(text)
    text = _ESCAPED.sub(lambda m: " " if m[1] in " ,;!" else m[1], text)
    if "\\" not in text:
        text = _unbraced(text)
    return tidy(unicodedata.normalize("NFC", text.replace("~", "\u00a0")))


def _unbraced(text: str) -> str:
    return text.replace("{", "").replace("}", "") if text.count("{") == text.count("}") else text


def _letters(text: str) -> str:
    text = _BLACKBOARD.sub(lambda m: _DOUBLE_STRUCK.get(m[1] or m[2], m[1] or m[2]), text)
    text = _FONT.sub("", text)
    for pattern in (_ACCENT, _WORD_ACCENT):
        text = pattern.sub(lambda m: (m[2] or m[3]).strip("\\ \t") + _ACCENTS[m[1]], text)
    return _COMMAND.sub(lambda m: _LETTERS.get(m[1], m[0]), text)


def _math(formula: re.Match[str]) -> str:
    text = _SCRIPT.sub(_script, _letters(formula[1]))
    return formula[0] if "\\" in text else _unbraced(text)


def _script(m: re.Match[str]) -> str:
    inner = m[2] or m[3]
    table = _SUPERSCRIPT if m[1] == "^" else _SUBSCRIPT
    if all(ord(c) in table for c in inner):
        return inner.translate(table)
    return m[1] + inner if len(inner) == 1 else f"{m[1]}({inner})"
