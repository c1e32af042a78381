"""Text and formulas for .bib files, escaped so that only known math commands remain."""

from __future__ import annotations

import re
from collections.abc import Mapping

from enrich.text.tex import split_math

_BIDI_AND_CONTROL = (
    *range(0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, 0x2028, 0x2029,
    *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000),
)  # fmt: skip
DROPPED: Mapping[int, str] = dict.fromkeys(_BIDI_AND_CONTROL, "")
"""Characters that are dropped from bibliographies: controls, bidi controls, lone surrogates."""

_TEXT = {
    **DROPPED,
    **str.maketrans({
        "\t": " ", "\n": " ", "\u00a0": "~",
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
        "<": r"\textless{}", ">": r"\textgreater{}",
        "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$",
    }),
}  # fmt: skip
_MATH_TOKEN = re.compile(r"\\([A-Za-z]+|.?)|\^{2,}|[%#&~]", re.DOTALL)
_BARE_SCRIPT = re.compile(r"[_^]\s*(?:[}_^&]|\Z)")
_DOUBLE_SCRIPT = re.compile(
    r"([_^])(?:[^\s{}\\]|\\[A-Za-z]{1,20}|\{(?:[^{}]|\{[^{}]{0,80}\}){0,80}\})\s?'?\1"
)
_WITHOUT_ARGUMENT = re.compile(
    r"\\(?:[dtc]?frac|binom|sqrt|operatorname|hat|tilde|bar|vec|d?dot|acute|grave|breve|check|mathring"
    r"|wide(?:hat|tilde)|(?:over|under)(?:line|brace|set)|over(?:left|right)arrow|stackrel|substack|mbox"
    r"|(?:math|text)(?:rm|bf|it|sf|tt|cal|bb|frak|scr|normal)|text|boldsymbol|bm|left|right|middle|big+[lr]?|Big+[lr]?)"
    r"(?![A-Za-z])\s*(?:[}_^&]|\Z)"
)
_LEFT = re.compile(r"\\left(?![A-Za-z])")
_RIGHT = re.compile(r"\\right(?![A-Za-z])")
_BRACE = re.compile("[{}]")
_LONE_BRACE = {"{": r"$\lbrace$", "}": r"$\rbrace$"}
"""Written as math, because pandoc drops \\textbraceleft, and outside of math `\\{` must be paired."""
_SYMBOLS = frozenset(",;:! {}|_&%#$")
_WORDS = frozenset(
    # Letters and symbols of LaTeX and amssymb.
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu"
    " xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda"
    " Xi Pi Sigma Upsilon Phi Psi Omega aleph beth hbar hslash ell wp Re Im imath jmath partial nabla infty"
    " emptyset varnothing forall exists nexists neg lnot angle triangle square Box Diamond star bigstar"
    " flat sharp natural dagger ddagger dag prime backprime surd top bot wedge vee land lor cap cup"
    " bigcap bigcup bigwedge bigvee sqcap sqcup bigsqcup uplus amalg setminus smallsetminus times div"
    " cdot cdotp bullet circ bigcirc ast pm mp oplus ominus otimes oslash odot bigoplus bigotimes bigodot"
    " rtimes ltimes wr sum prod coprod int iint iiint oint le leq leqslant ge geq geqslant lt gt ll gg lesssim"
    " gtrsim ne neq eq equiv sim simeq approx cong propto asymp doteq models vdash dashv perp parallel mid"
    " nmid in ni notin subset supset subseteq supseteq subsetneq supsetneq nsubseteq prec succ preceq"
    " succeq bowtie to gets mapsto longmapsto leftarrow rightarrow longleftarrow longrightarrow"
    " leftrightarrow longleftrightarrow Leftarrow Rightarrow Longrightarrow Leftrightarrow iff implies"
    " uparrow downarrow updownarrow hookrightarrow hookleftarrow twoheadrightarrow rightharpoonup"
    " rightleftharpoons rightsquigarrow nearrow searrow ldots dots cdots vdots ddots dotsc dotsb colon"
    " lbrace rbrace lbrack rbrack langle rangle lceil rceil lfloor rfloor lvert rvert lVert rVert vert Vert"
    " backslash quad qquad degree"
    # Operators.
    " arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln"
    " log max min mod bmod pmod Pr sec sin sinh sup tan tanh operatorname"
    # Accents, fonts, fractions, scripts and sizes.
    " hat widehat tilde widetilde bar overline underline vec dot ddot acute grave breve check mathring"
    " overrightarrow overleftarrow overbrace underbrace mathrm mathbf mathit mathsf mathtt mathcal mathbb"
    " mathfrak mathscr mathnormal boldsymbol bm rm bf it cal text textrm textbf textit textsf texttt mbox"
    " frac dfrac tfrac cfrac binom sqrt over choose stackrel overset underset substack limits nolimits"
    " displaystyle textstyle scriptstyle left right middle big Big bigg Bigg bigl bigr Bigl Bigr"
    .split()
)  # fmt: skip


def escape_text(text: str) -> str:
    r"""Return plain text as TeX that prints it.

    >>> print(escape_text("50% of R&D: \\input x^^41 {a} }"))
    50\% of R\&D: \textbackslash{}input x\textasciicircum{}\textasciicircum{}41 \{a\} $\rbrace$
    """
    if "{" not in text and "}" not in text:
        return text.translate(_TEXT)
    lone = set(_find_lone_braces(text))
    parts = []
    at = 0
    for match in _BRACE.finditer(text):
        place = match.start()
        parts.append(text[at:place].translate(_TEXT))
        parts.append(_LONE_BRACE[match[0]] if place in lone else "\\" + match[0])
        at = place + 1
    return "".join(parts) + text[at:].translate(_TEXT)


def _find_lone_braces(text: str) -> list[int]:
    """Return the offsets of unpaired braces, which BibTeX would count."""
    opened, closed = [], []
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            opened.pop()
        else:
            closed.append(match.start())
    return opened + closed


def escape_title(title: str) -> str:
    r"""Return a title with its formulas kept and its text escaped.

    >>> print(escape_title(r"On $\ell_p$ & {\it na\"ive} $5"), escape_title(r"\input{x}"))
    On $\ell_p$ \& naïve \$5 \textbackslash{}input\{x\}
    """
    return "".join(
        [_escape_formula(p) if is_math else escape_text(p) for p, is_math in split_math(title)]
    )


def _escape_formula(formula: str) -> str:
    r"""Return a formula between dollars; one that TeX could not set becomes text.

    >>> print(_escape_formula(r"\ell_1 \input{x}"), _escape_formula("x_"), _escape_formula("x}"))
    $\ell_1 \backslash{}input{x}$ \$x\_\$ \$x$\rbrace$\$
    """
    made = _MATH_TOKEN.sub(_escape_token, formula.translate(DROPPED)).strip()
    if not _is_balanced(made):
        made = made.replace(r"\{", r"\lbrace{}").replace(r"\}", r"\rbrace{}")
    if not made or not _is_balanced(made) or not _is_complete(made):
        return escape_text(f"${formula}$")
    return f"${made}$"


def _escape_token(match: re.Match[str]) -> str:
    found = match[0]
    if found.startswith("^"):
        return r"\wedge{}" * len(found)
    if found == "~":
        return r"\ "
    if not found.startswith("\\"):
        return "\\" + found
    word = match[1]
    if word in _WORDS or (word and word in _SYMBOLS):
        return found
    return r"\backslash{}" + ("" if word in {"\\", "^", "~"} else word)


def _is_balanced(text: str) -> bool:
    """Return whether braces are balanced as BibTeX counts them: escaped ones too."""
    depth = 0
    for brace in _BRACE.findall(text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _is_complete(formula: str) -> bool:
    """Return whether no script, argument or right delimiter is missing, by simple patterns."""
    if any(p.search(formula) for p in (_BARE_SCRIPT, _DOUBLE_SCRIPT, _WITHOUT_ARGUMENT)):
        return False
    return len(_LEFT.findall(formula)) == len(_RIGHT.findall(formula))
