"""Names of time zones that programs write in place of the database's names. Pure.

Rails writes its own names (ActiveSupport::TimeZone), Windows and Outlook the names in their menus, other
programs an offset. Offsets from UTC or GMT are positive to the east, except in the database's own
names, such as `Etc/GMT+1`.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import cache

from enrich.text.patterns import compile_later

_OFFSET = compile_later(
    r"(?:Coordinated Universal Time|UTC|GMT)?\s?([+\-\u2212])(\d{1,2})(?::?([0-5]\d))?",
    re.IGNORECASE | re.ASCII,
)
_DISPLAYED = compile_later(
    r"\((?:UTC|GMT)(?:[+\-\u2212]\d{1,2}[:.]?\d{2})?\)\s{0,4}(.{1,120})", re.IGNORECASE
)
_UTC = frozenset(
    {
        "utc", "gmt", "z", "zulu", "etc/utc", "universal", "universal time", "coordinated universal time",
        "universal coordinated time", "utc time", "greenwich mean time (utc)", "tzone://microsoft/utc", "microsoft/utc",
    }
)  # fmt: skip

_RAILS = """
International Date Line West|Etc/GMT+12
Midway Island|Pacific/Midway
American Samoa|Pacific/Pago_Pago
Hawaii|Pacific/Honolulu
Alaska|America/Juneau
Pacific Time (US & Canada)|America/Los_Angeles
Tijuana|America/Tijuana
Mountain Time (US & Canada)|America/Denver
Arizona|America/Phoenix
Chihuahua|America/Chihuahua
Mazatlan|America/Mazatlan
Central Time (US & Canada)|America/Chicago
Saskatchewan|America/Regina
Guadalajara|America/Mexico_City
Mexico City|America/Mexico_City
Monterrey|America/Monterrey
Central America|America/Guatemala
Eastern Time (US & Canada)|America/New_York
Indiana (East)|America/Indiana/Indianapolis
Bogota|America/Bogota
Lima|America/Lima
Quito|America/Lima
Atlantic Time (Canada)|America/Halifax
Caracas|America/Caracas
La Paz|America/La_Paz
Santiago|America/Santiago
Asuncion|America/Asuncion
Newfoundland|America/St_Johns
Brasilia|America/Sao_Paulo
Buenos Aires|America/Argentina/Buenos_Aires
Montevideo|America/Montevideo
Georgetown|America/Guyana
Puerto Rico|America/Puerto_Rico
Greenland|America/Nuuk
Mid-Atlantic|Atlantic/South_Georgia
Azores|Atlantic/Azores
Cape Verde Is.|Atlantic/Cape_Verde
Dublin|Europe/Dublin
Edinburgh|Europe/London
Lisbon|Europe/Lisbon
London|Europe/London
Casablanca|Africa/Casablanca
Monrovia|Africa/Monrovia
Belgrade|Europe/Belgrade
Bratislava|Europe/Bratislava
Budapest|Europe/Budapest
Ljubljana|Europe/Ljubljana
Prague|Europe/Prague
Sarajevo|Europe/Sarajevo
Skopje|Europe/Skopje
Warsaw|Europe/Warsaw
Zagreb|Europe/Zagreb
Brussels|Europe/Brussels
Copenhagen|Europe/Copenhagen
Madrid|Europe/Madrid
Paris|Europe/Paris
Amsterdam|Europe/Amsterdam
Berlin|Europe/Berlin
Bern|Europe/Zurich
Zurich|Europe/Zurich
Rome|Europe/Rome
Stockholm|Europe/Stockholm
Vienna|Europe/Vienna
West Central Africa|Africa/Algiers
Bucharest|Europe/Bucharest
Cairo|Africa/Cairo
Helsinki|Europe/Helsinki
Kyiv|Europe/Kiev
Riga|Europe/Riga
Sofia|Europe/Sofia
Tallinn|Europe/Tallinn
Vilnius|Europe/Vilnius
Athens|Europe/Athens
Istanbul|Europe/Istanbul
Minsk|Europe/Minsk
Jerusalem|Asia/Jerusalem
Harare|Africa/Harare
Pretoria|Africa/Johannesburg
Kaliningrad|Europe/Kaliningrad
Moscow|Europe/Moscow
St. Petersburg|Europe/Moscow
Volgograd|Europe/Volgograd
Samara|Europe/Samara
Kuwait|Asia/Kuwait
Riyadh|Asia/Riyadh
Nairobi|Africa/Nairobi
Baghdad|Asia/Baghdad
Tehran|Asia/Tehran
Abu Dhabi|Asia/Muscat
Muscat|Asia/Muscat
Baku|Asia/Baku
Tbilisi|Asia/Tbilisi
Yerevan|Asia/Yerevan
Kabul|Asia/Kabul
Ekaterinburg|Asia/Yekaterinburg
Islamabad|Asia/Karachi
Karachi|Asia/Karachi
Tashkent|Asia/Tashkent
Chennai|Asia/Kolkata
Kolkata|Asia/Kolkata
Mumbai|Asia/Kolkata
New Delhi|Asia/Kolkata
Kathmandu|Asia/Kathmandu
Dhaka|Asia/Dhaka
Sri Jayawardenepura|Asia/Colombo
Almaty|Asia/Almaty
Astana|Asia/Almaty
Novosibirsk|Asia/Novosibirsk
Rangoon|Asia/Rangoon
Bangkok|Asia/Bangkok
Hanoi|Asia/Bangkok
Jakarta|Asia/Jakarta
Krasnoyarsk|Asia/Krasnoyarsk
Beijing|Asia/Shanghai
Chongqing|Asia/Chongqing
Hong Kong|Asia/Hong_Kong
Urumqi|Asia/Urumqi
Kuala Lumpur|Asia/Kuala_Lumpur
Singapore|Asia/Singapore
Taipei|Asia/Taipei
Perth|Australia/Perth
Irkutsk|Asia/Irkutsk
Ulaanbaatar|Asia/Ulaanbaatar
Seoul|Asia/Seoul
Osaka|Asia/Tokyo
Sapporo|Asia/Tokyo
Tokyo|Asia/Tokyo
Yakutsk|Asia/Yakutsk
Darwin|Australia/Darwin
Adelaide|Australia/Adelaide
Canberra|Australia/Canberra
Melbourne|Australia/Melbourne
Sydney|Australia/Sydney
Brisbane|Australia/Brisbane
Hobart|Australia/Hobart
Vladivostok|Asia/Vladivostok
Guam|Pacific/Guam
Port Moresby|Pacific/Port_Moresby
Magadan|Asia/Magadan
Srednekolymsk|Asia/Srednekolymsk
Solomon Is.|Pacific/Guadalcanal
New Caledonia|Pacific/Noumea
Fiji|Pacific/Fiji
Kamchatka|Asia/Kamchatka
Marshall Is.|Pacific/Majuro
Auckland|Pacific/Auckland
Wellington|Pacific/Auckland
Nuku'alofa|Pacific/Tongatapu
Tokelau Is.|Pacific/Fakaofo
Chatham Is.|Pacific/Chatham
Samoa|Pacific/Apia
"""
"""Names of ActiveSupport, each with that of the database."""

_WINDOWS = """
Aleutian Islands|America/Adak
Marquesas Islands|Pacific/Marquesas
Baja California|America/Tijuana
Yukon|America/Whitehorse
La Paz, Mazatlan|America/Mazatlan
Chihuahua, La Paz, Mazatlan|America/Mazatlan
Easter Island|Pacific/Easter
Guadalajara, Mexico City, Monterrey|America/Mexico_City
Bogota, Lima, Quito, Rio Branco|America/Bogota
Bogota, Lima, Quito|America/Bogota
Chetumal|America/Cancun
Haiti|America/Port-au-Prince
Havana|America/Havana
Turks and Caicos|America/Grand_Turk
Cuiaba|America/Cuiaba
Georgetown, La Paz, Manaus, San Juan|America/La_Paz
Araguaina|America/Araguaina
Cayenne, Fortaleza|America/Cayenne
City of Buenos Aires|America/Argentina/Buenos_Aires
Punta Arenas|America/Punta_Arenas
Saint Pierre and Miquelon|America/Miquelon
Salvador|America/Bahia
Dublin, Edinburgh, Lisbon, London|Europe/London
Monrovia, Reykjavik|Atlantic/Reykjavik
Sao Tome|Africa/Sao_Tome
Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna|Europe/Berlin
Belgrade, Bratislava, Budapest, Ljubljana, Prague|Europe/Budapest
Brussels, Copenhagen, Madrid, Paris|Europe/Paris
Sarajevo, Skopje, Warsaw, Zagreb|Europe/Warsaw
Amman|Asia/Amman
Athens, Bucharest|Europe/Bucharest
Beirut|Asia/Beirut
Chisinau|Europe/Chisinau
Damascus|Asia/Damascus
Gaza, Hebron|Asia/Hebron
Harare, Pretoria|Africa/Johannesburg
Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius|Europe/Kiev
Juba|Africa/Juba
Khartoum|Africa/Khartoum
Tripoli|Africa/Tripoli
Windhoek|Africa/Windhoek
Kuwait, Riyadh|Asia/Riyadh
Moscow, St. Petersburg|Europe/Moscow
Moscow, St. Petersburg, Volgograd|Europe/Moscow
Abu Dhabi, Muscat|Asia/Dubai
Astrakhan, Ulyanovsk|Europe/Astrakhan
Izhevsk, Samara|Europe/Samara
Port Louis|Indian/Mauritius
Saratov|Europe/Saratov
Ashgabat, Tashkent|Asia/Tashkent
Islamabad, Karachi|Asia/Karachi
Chennai, Kolkata, Mumbai, New Delhi|Asia/Kolkata
Omsk|Asia/Omsk
Yangon (Rangoon)|Asia/Rangoon
Bangkok, Hanoi, Jakarta|Asia/Bangkok
Barnaul, Gorno-Altaysk|Asia/Barnaul
Hovd|Asia/Hovd
Tomsk|Asia/Tomsk
Beijing, Chongqing, Hong Kong, Urumqi|Asia/Shanghai
Kuala Lumpur, Singapore|Asia/Singapore
Eucla|Australia/Eucla
Chita|Asia/Chita
Osaka, Sapporo, Tokyo|Asia/Tokyo
Pyongyang|Asia/Pyongyang
Canberra, Melbourne, Sydney|Australia/Sydney
Guam, Port Moresby|Pacific/Port_Moresby
Lord Howe Island|Australia/Lord_Howe
Bougainville Island|Pacific/Bougainville
Chokurdakh|Asia/Srednekolymsk
Norfolk Island|Pacific/Norfolk
Sakhalin|Asia/Sakhalin
Solomon Is., New Caledonia|Pacific/Guadalcanal
Anadyr, Petropavlovsk-Kamchatsky|Asia/Kamchatka
Auckland, Wellington|Pacific/Auckland
Chatham Islands|Pacific/Chatham
Kiritimati Island|Pacific/Kiritimati
"""
"""Names that Windows shows after an offset in brackets, unless they are listed above."""


def find_offset(name: str) -> tzinfo | None:
    """Return the zone of an offset from UTC, or UTC.

    Offsets are written `UTC+1`, `GMT-0500` or `+05:30`.

    >>> find_offset("UTC+1"), find_offset("GMT-0530"), find_offset("Etc/GMT+1")
    (datetime.timezone(datetime.timedelta(seconds=3600)), datetime.timezone(datetime.timedelta(days=-1, seconds=66600)), None)
    """
    if name.lower() in _UTC:
        return UTC
    found = _OFFSET.fullmatch(name)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if span > timedelta(hours=14):
        return None
    return timezone(span if sign == "+" else -span) if span else UTC


def find_written_names(name: str) -> list[str]:
    """Return the database's names that a displayed name can mean.

    Rails and Windows display such names; some feeds write the name of a file of the database.

    >>> find_written_names("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna")
    ['Europe/Berlin']
    >>> find_written_names("Pacific Time (US & Canada)"), find_written_names("(UTC) Coordinated Universal Time")
    (['America/Los_Angeles'], ['UTC'])
    """
    displayed = _DISPLAYED.fullmatch(name)
    name = (name if displayed is None else displayed[1]).strip()
    if name.lower() in _UTC:
        return ["UTC"]
    if displayed is not None and find_offset(name) is not None:
        return [name]
    found = _list_names().get(name.lower())
    # for cities in another order or language, the first known one decides
    if found is None and displayed is not None:
        cities = (_list_names().get(city.strip().lower()) for city in name.split(",")[:8])
        found = next(filter(None, cities), None)
    if found is not None:
        return [found]
    if "-" in name and "/" not in name:  # a file's name has no slash: America-New_York
        return [name.replace("-", "/", dashes) for dashes in (1, 2)]
    return [] if displayed is None else [name]


@cache
def _list_names() -> dict[str, str]:
    pairs = (line.split("|") for line in (_WINDOWS + _RAILS).splitlines() if line)
    return {name.lower(): zone for name, zone in pairs}
