"""Each row of redaction's tables works: its example is redacted, with what may stand around it."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.feeds.finish import finish_talk
from enrich.feeds.redact import redact_text
from enrich.feeds.redact_rules import (
    SECRET,
    Rule,
    compile_lower,
    make_rules,
)
from enrich.feeds.redact_spelling import fold_letters, spell
from enrich.feeds.redact_words import (
    BARE_HOSTS,
    HOST_LABELS,
    LANGUAGES,
    SERVICES,
    HostLabel,
    Language,
    Service,
)
from enrich.model import Talk

RULES = make_rules()
ALL = (*RULES.links, *RULES.others, *RULES.beside, SECRET)
HOSTS = [(service, host) for service in SERVICES for host in service.hosts]


def suspect(text: str) -> bool:
    return RULES.is_suspect(text.lower().encode())


@pytest.mark.parametrize("rule", ALL, ids=[rule.name for rule in ALL])
def test_a_rule_finds_its_example_and_no_other_text(rule: Rule) -> None:
    lower = fold_letters(rule.example)
    assert [lower[start:end] for start, end in rule.find(lower)] == [rule.answer]
    assert rule.find("a talk on knots in room 5, at 14:30") == []


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len({rule.name for rule in ALL}) == len(ALL) > 15


@pytest.mark.parametrize("service", SERVICES, ids=[service.hosts[0] for service in SERVICES])
def test_a_services_example_is_redacted(service: Service) -> None:
    for address in (service.example, service.example.removeprefix("https://")):
        assert redact_text(f"Knots.\n{address}\nEnd.") == "Knots.\nEnd."
        assert suspect(address)
    assert any(host in service.example for host in service.hosts)


@pytest.mark.parametrize(("service", "host"), HOSTS, ids=[host for _, host in HOSTS])
def test_each_host_of_a_service_is_known(service: Service, host: str) -> None:
    for address in (f"https://uni.{host}", f"//{host}", f"uni.{host}", host):
        text = f"Knots ({address}{service.path or '/'}774411)"
        assert redact_text(text) == redact_text(text.upper()).capitalize() == "Knots"
        assert suspect(text)
    assert redact_text(f"see not{host}/774411") == f"see not{host}/774411"
    if service.path:
        assert redact_text(f"https://{host}/about") == f"https://{host}/about"


@pytest.mark.parametrize("host", BARE_HOSTS)
def test_a_host_that_is_known_without_its_scheme(host: str) -> None:
    assert redact_text(f"Knots ({host}/abc-defg-hij)") == "Knots"
    assert suspect(f"{host}/abc-defg-hij")


@pytest.mark.parametrize("label", HOST_LABELS, ids=[label.words for label in HOST_LABELS])
def test_a_label_of_a_host_is_redacted(label: HostLabel) -> None:
    assert redact_text(f"Knots.\n{label.example}\nEnd.") == "Knots.\nEnd."
    assert suspect(label.example)


@pytest.mark.parametrize("language", LANGUAGES, ids=[language.name for language in LANGUAGES])
def test_a_languages_example_is_redacted(language: Language) -> None:
    for example in (
        language.example,
        language.example.replace(":", "："),
        normalize("NFD", language.example),
        language.example.upper(),
    ):
        text = example.replace("HTTPS：", "HTTPS:").replace("https：", "https:")
        assert redact_text(f"Knots.\n{text}\nEnd.") == "Knots.\nEnd."
        assert suspect(text)


@pytest.mark.parametrize("language", LANGUAGES, ids=[language.name for language in LANGUAGES])
def test_a_languages_words_are_in_lower_case_and_only_it_knows_them(language: Language) -> None:
    for words in (language.number, language.secret):
        assert words == words.lower()
        assert "\\" not in words
    others = make_rules(languages=tuple(row for row in LANGUAGES if row is not language))
    assert redact_text(language.example, rules=others) != ""


def test_what_hides_a_letter_or_a_colon_hides_nothing() -> None:
    for text in (
        "Paſſcode: 4Xk2 Zoom",
        "TOPLANTI KİMLİĞİ：812\u00a03456 7890",
        "Zoom\u200e: 812\u202f3456 7890",
    ):
        done = finish_talk(Talk(id="1", abstract=text), keep_private=False)
        for shown in (redact_text(text), done.abstract or ""):
            assert "4Xk2" not in shown
            assert "812" not in shown


@pytest.mark.parametrize("language", LANGUAGES, ids=[language.name for language in LANGUAGES])
def test_each_spelling_of_a_languages_words_is_known(language: Language) -> None:
    for words in spell(language.number) if language.number else ():
        for written in (words, words.upper(), words.title()):
            text = f"Knots.\n{written}: 812 3456 7890\nEnd."
            assert redact_text(text) == "Knots.\nEnd."
            assert suspect(text)
    for words in spell(language.secret) if language.secret else ():
        text = f"Knots.\nhttps://uni.zoom.us/j/774411\n{words} = 4Xk2\nEnd."
        assert redact_text(text) == "Knots.\nEnd."


PIECES = [rule.example for rule in ALL] + [
    row.example for row in (*SERVICES, *HOST_LABELS, *LANGUAGES)
]
PIECES += [
    "https://",
    "//",
    "user@",
    ":8080",
    "/rec/x",
    "2103.01338",
    "a talk",
    "(",
    ": ",
    " - ",
    ",,",
    "İſ",
]


CODE_WORDS = [
    "Pass code",
    "Passcode",
    "Password",
    "Passwort",
    "Kennwort",
    "Pwd",
    "PW",
    "Access code",
    "Accesscode",
    "Security code",
    "Zugangscode",
    "Zugangs-Code",
    "Mot de passe",
    "Contraseña",
    normalize("NFD", "Contraseña"),
    "Host key",
    "Pin",
]
SIGNS = (": ", " : ", "=", " = ", "\t", " – ", " is ", " lautet ", " ", ":\n", "：")


@pytest.mark.parametrize("word", CODE_WORDS)
def test_a_text_is_searched_for_whatever_its_search_redacts(word: str) -> None:
    count = 0
    for sign in SIGNS:
        for written in (word, word.upper(), word.replace(" ", "\u00a0"), f"({word}"):
            for value in ("774411", "4Xk2", "EulerEuler"):
                text = f"{written}{sign}{value}"
                if redact_text(text) != text:
                    count += 1
                    assert suspect(text), text
    assert count > 10


@pytest.mark.parametrize("rule", ALL[:-1], ids=[rule.name for rule in ALL[:-1]])
def test_the_end_of_an_example_is_searched_if_it_is_redacted(rule: Rule) -> None:
    for at in range(len(rule.example)):
        text = rule.example[at:]
        assert suspect(text) or redact_text(text) == text, text


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=8),
    st.sampled_from(["\n", " ", "", ", "]),
)
def test_what_is_searched_first_misses_nothing(pieces: list[str], glue: str) -> None:
    lower = fold_letters(glue.join(pieces))
    for rule in ALL:
        spans = [found.span(rule.group) for found in compile_lower(rule.pattern).finditer(lower)]
        assert rule.find(lower) == spans, rule.name
    meeting = compile_lower(f"(?:https?:)?{RULES.meeting}")
    assert list(RULES.find_meetings(lower)) == [found.span() for found in meeting.finditer(lower)]
