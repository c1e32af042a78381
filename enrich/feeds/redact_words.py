r"""Tables of words and hosts of meeting credentials, each row with an example. Pure.

A meeting service is one row of `SERVICES`, a language one row of `LANGUAGES`. Patterns, cheap checks and
tests are built from the rows (`redact_rules`, `tests/feeds/test_redact_rows`). Words are lower-case
patterns. Whole texts and their redacted form are in `tests/data/feeds/redact.jsonl`.
"""

from __future__ import annotations

from typing import NamedTuple


class Service(NamedTuple):
    """Meeting service, recognized by its hosts."""

    hosts: tuple[str, ...]
    """Ends of its host names; subdomains match too."""
    example: str
    """A link that is redacted in any context."""
    path: str = ""
    """Beginning of the path of meetings, if the host has other pages."""


def _service(hosts: str, example: str, path: str = "") -> Service:
    return Service(tuple(hosts.split()), example, path)


SERVICES = (
    _service(
        "zoom.us zoom.us.cn zoom.com zoom.com.cn zoomgov.us zoomgov.us.cn zoomgov.com zoomgov.com.cn zoom-x.de",
        "https://uni.zoom.us/j/81234567890?pwd=abc",
    ),
    _service("tel.meet hangouts.google.com", "https://tel.meet/abc-defg-hij?pin=774411774"),
    _service("whereby.com", "https://whereby.com/knots"),
    _service("webex.com", "https://uni.webex.com/meet/pr774411"),
    _service(
        "teams.microsoft teams.microsoft.com teams.microsoft.us teams.live teams.live.com teams.live.us"
        " teams.cloud.microsoft teams.cloud.microsoft.com teams.cloud.microsoft.us",
        "https://teams.microsoft.com/l/meetup-join/19%3ameeting_Nz",
    ),
    _service("gotomeet.me gotomeeting.com gotowebinar.com app.goto.com", "https://gotomeet.me/x"),
    _service("bluejeans.com", "https://bluejeans.com/774411774/2"),
    _service("8x8.vc", "https://8x8.vc/uni/knots"),
    _service("lync.com join.skype.com", "https://join.skype.com/aB3dEf"),
    _service("gather.town", "https://gather.town/app/aB3dEf/knots"),
    _service("ringcentral.com", "https://v.ringcentral.com/join/774411774"),
    _service("chime.aws", "https://chime.aws/7744117744"),
    _service("voovmeeting.com", "https://voovmeeting.com/dm/aB3dEf"),
    _service("discord.gg", "https://discord.gg/aB3dEf"),
    _service("discord.com discordapp.com", "https://discord.com/invite/aB3dEf", "/invite/"),
    _service("kumospace.com", "https://kumospace.com/knots"),
    _service("wonder.me", "https://wonder.me/r?id=774411"),
    _service("bbcollab.com", "https://eu.bbcollab.com/guest/774411"),
    _service("conf.dfn.de", "https://conf.dfn.de/webapp/774411"),
    _service("pexip.me", "https://pexip.me/meet/774411"),
    _service("facetime.apple.com", "https://facetime.apple.com/join#v=1&p=aB3dEf"),
    _service("vc.feishu.cn vc.larksuite.com", "https://vc.feishu.cn/j/774411774"),
    _service("telemost.yandex.ru telemost.yandex.com", "https://telemost.yandex.ru/j/774411774"),
    _service("jazz.sber.ru", "https://jazz.sber.ru/aB3dEf?psw=774411"),
    _service("senfcall.de", "https://lecture.senfcall.de/aB3-dEf-774"),
    _service("rendez-vous.renater.fr", "https://rendez-vous.renater.fr/knots"),
    _service("framatalk.org fairmeeting.net", "https://framatalk.org/knots"),
    _service("kmeet.infomaniak.com", "https://kmeet.infomaniak.com/knots"),
    _service("alfaview.com", "https://app.alfaview.com/#/join/uni/aB3dEf", "/#/join/"),
    _service("call.lifesizecloud.com", "https://call.lifesizecloud.com/774411"),
    _service("spatial.chat", "https://app.spatial.chat/s/knots?room=774411", "/s/"),
    _service("ovice.in", "https://knots.ovice.in/@774,411"),
    _service("streamyard.com", "https://streamyard.com/aB3dEf"),
    _service("meetings.vonage.com", "https://meetings.vonage.com/774411774"),
    _service("join.me", "https://join.me/774-411-774"),
    _service("zoomus.cn", "https://zoomus.cn/j/774411"),
    _service("chat.whatsapp.com", "https://chat.whatsapp.com/aB3dEf"),
    _service("join.slack.com", "https://join.slack.com/t/knots/shared_invite/zt-774411"),
    _service("t.me telegram.me", "https://t.me/joinchat/aB3dEf", "/joinchat/"),
    _service("signal.group", "https://signal.group/#aB3dEf"),
)

BARE_HOSTS = ("meet.google.com", "meet.jit.si")
"""Hosts that are also recognized without `//`; with it, `HOST_LABELS` matches them."""


class HostLabel(NamedTuple):
    """First, second or third label of a host that a university runs for meetings."""

    words: str
    example: str


HOST_LABELS = (
    HostLabel(r"bbb[0-9a-z-]{0,8}", "https://bbb2.uni.example/b/ana-4xk-q2z"),
    HostLabel(r"bigbluebutton|big-blue-button", "https://bigbluebutton.uni.example/b/ana-4xk"),
    HostLabel(r"jitsi[0-9a-z-]{0,8}", "https://jitsi-1.uni.example/knots"),
    HostLabel(r"(?:edu)?meet[0-9]{0,3}|meeting", "https://meet.uni.example/knots"),
    HostLabel(r"zoom", "https://zoom.uni.example/j/774411"),
    HostLabel(r"webconf[a-z]{0,12}", "https://webconference.uni.example/774411"),
    HostLabel(r"vidyo[a-z]{0,12}", "https://vidyoportal.uni.example/join/aB3dEf"),
    HostLabel(r"visio[a-z]{0,12}", "https://visio.uni.example/774411"),
)


class Language(NamedTuple):
    """The words of one language around a meeting's number and its password."""

    name: str
    number: str
    """Words before a colon and a meeting's number, or an empty string."""
    secret: str
    """Words before a password, code or PIN; only used if the text has a meeting."""
    example: str
    """A text that is redacted as a whole: a number, a password or both."""


LANGUAGES = (
    Language("English", "", r"pass(?:wd)?", "https://uni.zoom.us/j/774411\nPasswd: 4Xk2"),
    Language(
        "German",
        r"(?:telefon)?konferenz-?id|besprechungs-?id",
        r"kenn(?:code|ung)|konferenz-?pin|teilnehmercode|zugangsdaten",
        "Besprechungs-ID: 812 3456 7890\nKenncode: 4Xk2",
    ),
    Language(
        "Dutch",
        r"vergader(?:ings?)?-?id",
        r"toegangscode|wachtwoord",
        "Vergaderings-ID: 812 3456 7890\nToegangscode: 4Xk2",
    ),
    Language(
        "French",
        r"id de (?:la )?r[ée]union|num[ée]ro de (?:la )?(?:r[ée]union|conf[ée]rence(?: t[ée]l[ée]phonique)?)",
        r"code (?:secret|d['’]acc[eè]s)|mdp|code de (?:la )?r[ée]union",
        "ID de réunion: 812 3456 7890\nCode secret: 4Xk2",
    ),
    Language(
        "Spanish",
        r"id de (?:la )?reuni[oó]n",
        r"clave|c[óo]digo de acceso|contrase[nñ]a|clave de acceso",
        "ID de la reunión: 812 3456 7890\nCódigo de acceso: 4Xk2",
    ),
    Language(
        "Portuguese",
        r"id da reuni[ãa]o",
        r"senha(?: de acesso)?|c[óo]digo de acesso|palavra-passe",
        "ID da reunião: 812 3456 7890\nSenha de acesso: 4Xk2",
    ),
    Language(
        "Italian",
        r"id (?:della )?riunione",
        r"codice d['’] ?accesso|parola(?: d['’]ordine)?|codice di accesso",
        "ID riunione: 812 3456 7890\nCodice d'accesso: 4Xk2",
    ),
    Language(
        "Polish",
        r"id spotkania|identyfikator spotkania",
        r"hasło(?: dostępu)?|kod dostępu|haslo",
        "Identyfikator spotkania: 812 3456 7890\nKod dostępu: 4Xk2",
    ),
    Language(
        "Swedish",
        r"m[öo]tes-?id",
        r"lösen(?:ord|kod)",
        "Mötes-ID: 812 3456 7890\nLösenkod: 4Xk2",
    ),
    Language(
        "Danish",
        r"m[øo]de-?id",
        r"adgangskode",
        "Møde-id: 812 3456 7890\nAdgangskode: 4Xk2",
    ),
    Language(
        "Norwegian",
        r"møte-?id",
        r"passord|tilgangskode",
        "Møte-ID: 812 3456 7890\nPassord: 4Xk2",
    ),
    Language(
        "Finnish",
        r"kokou(?:ksen |s)tunnus",
        r"salasana|pääsykoodi",
        "Kokouksen tunnus: 812 3456 7890\nSalasana: 4Xk2",
    ),
    Language(
        "Russian",
        r"идентификатор конференции",
        r"пароль|код доступа|код(?: конференции| встречи)?",
        "Идентификатор конференции: 812 3456 7890\nКод доступа: 4Xk2",
    ),
    Language(
        "Hebrew",
        r"מזהה (?:ה)?פגישה",
        r"סיסמה|סיסמא|קוד גישה",
        "מזהה פגישה: 812 3456 7890\nסיסמה: 4Xk2",
    ),
    Language(
        "Arabic",
        r"معر[ّ]?ف الاجتماع",
        r"كلمة (?:المرور|السر)|رمز(?: المرور| الدخول)?",
        "معرف الاجتماع: 812 3456 7890\nكلمة المرور: 4Xk2",
    ),
    Language(
        "Czech",
        r"id sch[ůu]zky",
        r"heslo|p[řr]ístupov[ýy] kód",
        "ID schůzky: 812 3456 7890\nHeslo: 4Xk2",
    ),
    Language("Slovak", r"id sch[ôo]dze", "", "ID schôdze: 812 3456 7890"),
    Language(
        "Hungarian",
        r"[ée]rtekezlet-?azonos[íi]t[óo]",
        r"jelsz[óo]",
        "Értekezlet-azonosító: 812 3456 7890\nJelszó: 4Xk2",
    ),
    Language(
        "Romanian",
        r"id (?:[șşs]edin[țţt][ăa]|[îi]nt[âa]lnire)",
        r"parol[ăa]|cod de acces",
        "ID ședință: 812 3456 7890\nParolă: 4Xk2",
    ),
    Language(
        "Greek",
        r"αναγνωριστικ[όο] σ[ύυ]σκεψης",
        r"κωδικ[όο]ς(?: πρόσβασης)?",
        "Αναγνωριστικό σύσκεψης: 812 3456 7890\nΚωδικός: 4Xk2",
    ),
    Language(
        "Catalan",
        r"id de (?:la )?reunió",
        r"contrasenya|codi d['’]accés",
        "ID de la reunió: 812 3456 7890\nContrasenya: 4Xk2",
    ),
    Language("Galician", "", r"contrasinal", "https://uni.zoom.us/j/774411\nContrasinal: 4Xk2"),
    Language(
        "Bulgarian",
        r"идентификатор на (?:срещата|събранието)",
        r"парола",
        "Идентификатор на срещата: 812 3456 7890\nПарола: 4Xk2",
    ),
    Language("Serbian", "", r"лозинка|шифра", "https://uni.zoom.us/j/774411\nЛозинка: 4Xk2"),
    Language(
        "Croatian",
        r"id sastanka",
        r"lozinka|[šs]ifra|zaporka|pristupn[ia] (?:kod|[šs]ifra)",
        "ID sastanka: 812 3456 7890\nLozinka: 4Xk2",
    ),
    Language("Slovene", r"id sestanka", r"geslo", "ID sestanka: 812 3456 7890\nGeslo: 4Xk2"),
    Language(
        "Lithuanian", "", r"slapta[žz]odis", "https://uni.zoom.us/j/774411\nSlaptažodis: 4Xk2"
    ),
    Language("Latvian", "", r"parole", "https://uni.zoom.us/j/774411\nParole: 4Xk2"),
    Language(
        "Estonian", "", r"parool|salakood|salasõna", "https://uni.zoom.us/j/774411\nParool: 4Xk2"
    ),
    Language("Icelandic", "", r"lykilor[ðd]", "https://uni.zoom.us/j/774411\nLykilorð: 4Xk2"),
    Language("Basque", "", r"pasahitza", "https://uni.zoom.us/j/774411\nPasahitza: 4Xk2"),
    Language(
        "Vietnamese",
        r"id (?:cuộc )?họp",
        r"mật khẩu|mat khau|mật mã",
        "ID cuộc họp: 812 3456 7890\nMật khẩu: 4Xk2",
    ),
    Language("Thai", "", r"รหัสผ่าน", "https://uni.zoom.us/j/774411\nรหัสผ่าน: 4Xk2"),
    Language("Hindi", "", r"पासवर्ड", "https://uni.zoom.us/j/774411\nपासवर्ड: 4Xk2"),
    Language("Bengali", "", r"পাসওয়ার্ড", "https://uni.zoom.us/j/774411\nপাসওয়ার্ড: 4Xk2"),
    Language(
        "Indonesian",
        r"id rapat",
        r"kata sandi|kode sandi",
        "ID Rapat: 812 3456 7890\nKata sandi: 4Xk2",
    ),
    Language("Armenian", "", r"գաղտնաբառ", "https://uni.zoom.us/j/774411\nԳաղտնաբառ: 4Xk2"),
    Language("Georgian", "", r"პაროლი", "https://uni.zoom.us/j/774411\nპაროლი: 4Xk2"),
    Language(
        "Ukrainian",
        r"ідентифікатор (?:конференції|наради|зустрічі)",
        r"код доступу",
        "Ідентифікатор конференції: 812 3456 7890\nКод доступу: 4Xk2",
    ),
    Language("Turkish", r"toplantı kimliği", r"şifre|sifre", "Toplantı kimliği: 812 3456 7890"),
    Language(
        "Chinese",
        r"会议(?:号| ?id)?|會議(?:號| ?id)?",
        r"密[码碼]|口令|会议密[码碼]|會議密[码碼]",
        "会议号: 812 3456 7890\n密码: 774411",
    ),
    Language(
        "Japanese",
        r"ミーティング ?id",
        r"パス(?:コード|ワード)|暗証番号",
        "ミーティング ID: 812 3456 7890\nパスコード: 774411",
    ),
    Language("Korean", r"회의 ?id", r"암호|비밀번호", "회의 ID: 812 3456 7890\n암호: 774411"),
)

_FILLERS = (
    "323 a access also and app at audio bbb be by call click code computer conference de device dial do"
    " edit en find for format free from global google h held help here hint id in interactive international"
    " internet iphone is it jitsi join la le learn link links livestream local location map meet meeting"
    " microsoft mit mobile more need not number numbers numeric on one online only options or pass passcode"
    " password phone pin please pw pwd raum reset room section session sip skype stream sur tap teams"
    " telephone the this to toll tollfree une under url us use using via video view virtual web webex"
    " webinar will with you your zoom zum über lien visio visioconférence connexion enlace reunión collegamento riunione das der est ist lautet"
)
FILLER_WORDS = frozenset(_FILLERS.split())
"""A line is removed if only these words are left after redaction."""
LABEL_WORDS = "zoom|webex|teams|bbb|by|via|on|at|the|us|meeting|webinar|session|seminar|talk|link|url|here|room|online"
"""Words allowed between "Join" and the colon before a URL."""
NOT_SECRETS = frozenset(
    ["required", "needed", "sent", "available", "provided", "necessary", "shared", "given", "not"]
)
"""Words that follow "password" in sentences and are not passwords."""
LOOKALIKES = (
    *[(blank, " ") for blank in "\u00a0\u3000\u202f\u2009\u200e\u200f\u202a\u202b\u202c"],
    ("：", ":"), ("（", "("), ("）", ")"), ("ſ", "s"), ("ı", "i"), ("İ", "i"),
)  # fmt: skip
"""Characters replaced before the search: look-alikes, and letters with a special lower case."""
