"""Words that decide the role of a reference: one row of each table per language.

To add a language, add a `Wording` to `WORDINGS` and a line to `LABELS`, `HEADINGS` and `SECTIONS`. Patterns
and tests are built from the rows (`enrich.references.roles`, `tests/references/test_wording_rows.py`). The
words are lower-case parts of patterns; a blank matches any white space.
"""

from __future__ import annotations

from typing import NamedTuple


class Wording(NamedTuple):
    """The words of one language with which a talk claims a paper as its own."""

    language: str
    examples: tuple[str, ...]
    """Sentences that claim the paper at `ID`."""
    stems: tuple[str, ...]
    """Parts of words; each claim contains one of them.

    A cheap check searches them before the patterns. Capitals beyond ASCII are not folded: a stem leaves out
    such a first letter, or is listed with both spellings.
    """
    talk: str
    """Subjects: the talk, or its results."""
    before: str
    """Words allowed before the subject."""
    between: str
    """Words allowed between the subject and "based on"; no negation."""
    based: str
    """"Based on" after a subject."""
    opening: str
    """"Based on" at the start of a sentence."""
    joint: str
    """"Joint work with" before names."""
    intro: str
    """Words allowed before "joint work" in its sentence."""
    modifiers: str
    """Words allowed before the paper."""
    work: str
    """Words for a paper."""
    after_talk: str = ""
    """A complete subject whose verb follows the reference."""
    after: str = ""
    """The verb of `after_talk`, which follows the reference."""
    joint_after: str = ""
    """"Joint work" after names."""


WORDINGS = (
    Wording(
        language="English",
        examples=(
            "This talk is based on the paper ID.",
            "Based on ID.",
            "Joint work with Ana Lin (ID).",
        ),
        stems=("based", "joint", "collaborat"),
        talk="talks?|lectures?|lecture series|presentations?|seminars?|colloquium|mini-?courses?|course|tutorial|results|this|material|session|poster|everything",
        before="this|the|these|my|our|his|her|their|your|today's|whole|entire|first|second|third|last|main|new|all|most|much|large|parts?|half|of|both|invited|short|plenary|seminar|online|introductory|in|i|we|will|present|report|show|some|recent",
        between="is|are|was|were|will|be|has|have|been|would|which|that|mainly|mostly|partly|partially|largely|primarily|chiefly|loosely|essentially|entirely|heavily|in|parts?|large|to|also|both|all|directly|closely|presented|here|[(,–—]",
        based="based (?:up)?on",
        opening="(?:(?:mainly|mostly|partly|partially|in part|largely|primarily|loosely) )?based (?:(?:mainly|mostly|partly|partially|in part|largely|primarily|loosely) )?(?:up)?on",
        joint="joint (?:ongoing |recent )?(?:works?|papers?|research|projects?|results|preprints?) (?:in progress )?with|joint with|(?:in )?(?:a )?collaboration with|collaborative work with",
        intro="(?:(?:this|the|my|our) (?:talk|lecture|seminar|presentation)|this|it|all of this|these|the results|what follows|everything) (?:is|are|was|will be|reports? on|describes|presents)(?: (?:a|part of|about|on|based on|from|mainly|partly|all))*|(?:i|we) (?:will |shall )?(?:present|report on|discuss|describe|talk about|explain)|in|from|on|a|based on|recent|ongoing|some|my|our",
        modifiers="the|this|these|a|an|our|my|his|her|two|three|four|few|several|some|following|recent|new|joint|upcoming|forthcoming|ongoing|first|second|last|latest|arxiv|research|both",
        work="papers?|preprints?|e-?prints?|articles?|manuscripts?|works?",
    ),
    Wording(
        language="German",
        examples=(
            "Der Vortrag basiert auf der Arbeit ID.",
            "Basierend auf ID.",
            "Gemeinsame Arbeit mit Ana Lin (ID).",
        ),
        stems=("basier", "beruh", "grundlage", "fußt", "fußen", "gemeinsam", "zusammenarbeit"),
        talk="vortrag|referat|seminarvortrag|vorlesung|kolloquium|kolloquiumsvortrag|beitrag|präsentation|ergebnisse|resultate|dies",
        before="der|dieser|mein|unser|die|diese|meine|unsere|das|heutige|ganze|erste|zweite|teile?|des|dieses|meines|vorgestellten|neuen",
        between="wird|werden|ist|sind",
        based="(?:basier(?:t|en|te)|beruh(?:t|en|te)|fußt|fußen)(?: (?:im wesentlichen|größtenteils|hauptsächlich|vor allem|überwiegend|teilweise|zum teil|teils|auch))? auf|basierend auf",
        opening="(?:basier(?:t|en|end)|beruh(?:t|en|end))(?: (?:im wesentlichen|hauptsächlich|vor allem|teilweise|zum teil))? auf|grundlage (?:des|dieses|meines) vortrags (?:ist|sind|bildet|bilden)",
        joint="gemeinsam(?:e|er|en|es) (?:arbeit(?:en)?|artikel|projekt|preprint|forschung) (?:mit|von mir und)|gemeinsam mit|(?:in )?zusammenarbeit mit",
        intro="(?:dies|das|es|der vortrag) (?:ist|sind|berichtet über|behandelt)(?: (?:eine?|über|aus))*|in|aus|wir berichten über|ich berichte über",
        modifiers="der|die|das|den|dem|einem|einer|eine|ein|zwei|drei|unser(?:e[mnr]?)?|mein(?:e[mnr]?)?|neuen?|folgenden?|gemeinsamen|kürzlich|erschienenen?|aktuellen",
        work="arbeit(?:en)?|artikeln?|papers?|preprints?|aufsatz|aufsätzen|veröffentlichung(?:en)?|vorabdruck",
    ),
    Wording(
        language="French",
        examples=(
            "Cet exposé repose sur l'article ID.",
            "Basé sur ID.",
            "Travail en commun avec Ana Lin (ID).",
        ),
        stems=("basé", "base", "basant", "fondé", "repose", "appuie", "travail", "travaux", "collaboration", "commun"),
        talk="exposé|présentation|séminaire|cours|conférence|mini-?cours|intervention|résultats|ceci",
        before="cet|cette|ce|ces|le|la|l['’]|les|mon|ma|mes|notre|nos|première|partie|de",
        between="est|sont|sera|seront|principalement|essentiellement|en|partie|largement|présentés|se|s['’]",
        based="basée?s? (?:principalement |essentiellement |en partie )?sur|fondée?s? sur|repos(?:e|ent) (?:principalement |essentiellement |en partie )?sur|base (?:principalement |essentiellement |en partie )?sur|appuie(?:nt)? (?:principalement |essentiellement |en partie )?sur|tirée?s? de",
        opening="basée?s? sur|fondée?s? sur|d['’]après un travail",
        joint="(?:travail|travaux|articles?|recherche) (?:réalisée?s? |faits? |menée?s? )?(?:en commun|commun|conjoints?|en cours|en collaboration|joint)(?: en cours)? avec|(?:en|une) collaboration avec|commun avec|travail avec|joint avec",
        intro="(?:il s['’]agit|c['’]est|ceci est)(?: (?:d['’]un|un|de|d['’]))?|un|dans un|ce|d['’]un|d['’]après un",
        modifiers="l['’]|le|la|les|un|une|des|mon|notre|nos|mes|deux|trois|récents?|récente|suivants?|nouvel|nouveau|d['’]|de",
        work="articles?|prépublications?|papiers?|travail|travaux|preprints?|textes?",
    ),
    Wording(
        language="Spanish, Catalan, Galician",
        examples=(
            "Esta charla está basada en el artículo ID.",
            "Basado en ID.",
            "Trabajo conjunto con Ana Lin (ID).",
            "La xerrada es basa en ID.",
            "Treball conjunt amb Ana Lin (ID).",
        ),
        stems=("basad", "basan", "basa ", "basat", "basen", "basará", "conjunt", "colaboraci", "col·laboraci", "comú", "comun"),
        talk="charla|conferencia|ponencia|plática|presentación|seminario|curso|minicurso|resultados|esto|xerrada|conferència|presentació|seminari|curs|resultats|això|ponència",
        before="la|el|esta|este|los|estos|mi|nuestra|las|aquesta|aquest|els|l['’]|una|parte|de|part",
        between="está|están|estará|es|son|fue|se|està|estan|és|principalmente|parcialmente|en|gran|parte|esencialmente|principalment",
        based="basad[oa]s? (?:principalmente )?en|basan? (?:principalmente |esencialmente |en parte )?en|basará en|basad[ae]s? en|basa(?:t|da|ts|des) en|basen en",
        opening="basad[oa]s? en|basa(?:t|da|ts|des) en|se basa en|es basa en",
        joint="(?:trabajos?|artículos?|treball|feina|article) (?:en )?(?:conjunt[oa]?s?|común|comú|colaboración|col·laboració|en curso)(?: en curso)? (?:con|amb)|(?:en )?(?:colaboración|col·laboració) (?:con|amb)|conjunto con|conjunt amb",
        intro="(?:este|esto|se trata|es|és|això|aquest)(?: (?:es|és|un|de un|d['’]un|de))*|en|un|de un|es un|és un",
        modifiers="el|la|los|las|un|una|unos|dos|tres|mi|nuestro|nuestros|reciente|recientes|siguientes?|nuevo|els|les|l['’]|dels?|meu|nostre|següents?|recent",
        work="artículos?|trabajos?|preprints?|prepublicación|papers?|articles?|treballs?",
    ),
    Wording(
        language="Italian",
        examples=(
            "Questo seminario è basato sull'articolo ID.",
            "Basato su ID.",
            "Lavoro congiunto con Ana Lin (ID).",
        ),
        stems=("basat", "basa ", "basano", "baserà", "lavor", "collaborazione", "congiunt"),
        talk="seminario|presentazione|conferenza|talk|intervento|lezione|corso|minicorso|risultati|esposizione",
        before="il|la|questo|questa|i|questi|mio|nostro|lo|le|l['’]|prima|parte|del",
        between="è|sono|sarà|si|principalmente|in|parte|essenzialmente|presentati",
        based="basat[oaie] (?:principalmente |in parte )?(?:su|sul|sull['’]|sui|sugli|sulla|sulle)|bas(?:a|ano|erà) (?:principalmente |in parte )?(?:su|sul|sull['’]|sui|sugli|sulla|sulle)",
        opening="basat[oaie] (?:su|sul|sull['’]|sui|sugli|sulla|sulle)",
        joint="lavor[oi] (?:recente )?(?:in (?:collaborazione|comune|corso)|congiunt[oi]|comune)(?: in corso)? con|(?:in )?collaborazione con|congiunto con",
        intro="(?:si tratta|questo|è)(?: (?:è|di|un))*|in|un|da un",
        modifiers="il|lo|la|i|gli|le|un|una|l['’]|due|tre|mio|nostro|nostri|recente|recenti|seguenti|nuovo",
        work="articol[oi]|lavor[oi]|preprint|paper",
    ),
    Wording(
        language="Portuguese",
        examples=(
            "Esta apresentação baseia-se no artigo ID.",
            "Baseado no artigo ID.",
            "Trabalho conjunto com Ana Lin (ID).",
        ),
        stems=("basead", "baseia", "conjunt", "colabora", "parceria", "comum"),
        talk="palestra|seminário|apresentação|conferência|minicurso|curso|comunicação|resultados|isto|isso",
        before="a|o|esta|este|os|estes|minha|meu|nossa|as|primeira|parte|da",
        between="é|são|será|está|se|principalmente|em|parte|essencialmente|apresentados",
        based="basead[oa]s? (?:principalmente |em parte )?(?:em|no|na|nos|nas|num|numa)|(?:se )?baseia(?:m)?(?:-se)? (?:em|no|na|nos|nas|num|numa)",
        opening="basead[oa]s? (?:em|no|na|nos|nas|num|numa)",
        joint="(?:trabalhos?|artigos?) (?:em )?(?:conjunt[oa]s?|comum|colaboração|em andamento)(?: em andamento)? com|(?:em )?colaboração com|conjunto com|parceria com",
        intro="(?:este|trata-se|isto|é)(?: (?:é|de|um))*|em|um|de um",
        modifiers="o|a|os|as|um|uma|dois|três|meu|nosso|nossos|recentes?|seguintes?|novo",
        work="artigos?|trabalhos?|preprints?|pré-publicação|papers?",
    ),
    Wording(
        language="Dutch, Afrikaans",
        examples=(
            "Deze lezing is gebaseerd op ID.",
            "Gebaseerd op ID.",
            "Gezamenlijk werk met Ana Lin (ID).",
        ),
        stems=("gebaseerd", "gezamenlijk", "samen", "gebaseer"),
        talk="lezing|voordracht|presentatie|praatje|college|seminar|seminarium|colloquium|resultaten|praatjie",
        before="de|deze|dit|het|mijn|onze|die|hierdie|eerste|deel|van",
        between="is|zijn|wordt|grotendeels|deels|voornamelijk|vooral|gedeeltelijk",
        based="gebaseerd? op",
        opening="gebaseerd? op",
        joint="gezamenlijke? (?:werk|artikel|onderzoek|project) met|gemeenschappelijk werk met|samen met|(?:in )?samenwerking met|werk samen met",
        intro="(?:dit|het|de lezing) (?:is|betreft|gaat over)(?: (?:een|op))*|in|een",
        modifiers="de|het|een|twee|drie|mijn|ons|onze|volgende|recente?|nieuwe?|gezamenlijk",
        work="artikel(?:en)?|papers?|preprints?|werk|publicaties?",
    ),
    Wording(
        language="Swedish, Danish, Norwegian",
        examples=(
            "Föredraget bygger på ID.",
            "Foredraget er baseret på ID.",
            "Basert på ID.",
            "Gemensamt arbete med Ana Lin (ID).",
            "Fælles arbejde med Ana Lin (ID).",
        ),
        stems=("baser", "bygg", "gemensam", "sammen", "samarb", "felles", "fælles", "tillsammans"),
        talk="föredraget|föreläsningen|seminariet|presentationen|resultaten|foredraget|forelæsningen|forelesningen|seminaret|præsentationen|presentasjonen|resultaterne|resultatene|foredrag|föredrag",
        before="det|detta|dette|mitt|vårt|mit|vores|første|första|del(?:en)?|av|af|de",
        between="är|er|baseret|delvis|huvudsakligen|hovedsagelig|hovedsakelig|i|huvudsak|hovedsak|främst",
        based="(?:baserat|baseret|basert|baserer(?: sig| seg)?|baseras|baserar sig|bygger) (?:(?:delvis|främst|huvudsakligen|hovedsakelig) )?på",
        opening="(?:baserat|baseret|basert|bygger) på",
        joint="gemensamt arbete med|samarbete med|tillsammans med|fælles arbejde med|(?:i )?samarbejde med|sammen med|felles arbeid med|fellesarbeid med|(?:i )?samarbeid med|joint arbete med",
        intro="(?:detta|det|dette) (?:är|er)(?: (?:ett|et))?|i|ett|et",
        modifiers="artikeln|artiklarna|artikelen|artiklen|en|ett|et|den|det|de|två|to|vår|vårt|min|nya|ny|senaste|följande|følgende|gemensamt|fælles|felles",
        work="artikel|artikeln|artiklarna|artikkel|artikkelen|artikkelene|artiklen|artiklerne|preprint|preprintet|arbetet|arbejdet|arbeidet|arbete|papper",
    ),
    Wording(
        language="Polish",
        examples=(
            "Referat opiera się na artykule ID.",
            "Na podstawie pracy ID.",
            "Praca wspólna z Aną Lin (ID).",
        ),
        stems=("opart", "opier", "bazuje", "podstawie", "praca", "pracy", "wspól", "Wspól", "ółprac"),
        talk="referat|wykład|odczyt|prezentacja|seminarium|wystąpienie|wyniki|kurs",
        before="ten|mój|nasz|to|moje|te|niniejszy|dzisiejszy|pierwsza|część",
        between="jest|są|będzie|się|głównie|częściowo|w|dużej|mierze",
        based="opart[yaei] (?:(?:jest|są|będzie|głównie|częściowo) )*na|opiera(?:ją)? się (?:(?:głównie|częściowo) )?na|bazuje na",
        opening="opart[yaei] na|na podstawie pracy|na podstawie artykułu",
        joint="(?:wspóln[aeay]j? prac[aeyą]|prac[aeyą] wspóln[aeay]j?|praca) (?:wspólnie )?z|(?:we )?współprac[ay] z|wspólnie z",
        intro="(?:to|jest to|referat jest)(?: jest)?|na|we",
        modifiers="naszej|mojej|nowej|dwóch|trzech|następujących|wspólnej|ostatniej|niedawnej",
        work="prac[yae]|pracach|artykule|artykułach|artykułu|preprincie|publikacji",
    ),
    Wording(
        language="Russian, Ukrainian, Bulgarian",
        examples=(
            "Доклад основан на статье ID.",
            "Доповідь базується на ID.",
            "Основано на ID.",
            "Совместная работа с А. Лин (ID).",
            "Спільна робота з А. Лін (ID).",
        ),
        stems=("снован", "сновыва", "азуєть", "азиру", "ґрунт", "овместн", "соавтор", "пільн", "сотруднич", "півпрац", "півавтор", "ъвместн"),
        talk="доклад|лекция|лекции|выступление|семинар|спецкурс|курс|сообщение|результаты|рассказ|доповідь|лекція|виступ|семінар|результати|докладът|лекцията",
        before="этот|мой|наш|эта|моя|данный|эти|ця|цей|моя|мій|наша|первая|часть|сегодняшний",
        between="будет|будут|в|основном|частично|преимущественно|є|буде|е",
        based="основан[аоы]? (?:(?:в основном|частично|преимущественно|главным образом) )?на|основывается на|основываются на|базируется на|заснован[аоі]? на|базується на|ґрунтується на|основава на",
        opening="основан[аоы]? на|по материалам|по мотивам статьи|заснован[аоі]? на|на основе работы|на основе статьи",
        joint="совместн(?:ая|ой|ые|ых|ую) (?:работ[аыеу]?|стать[яиею]|исследовани[ея]|результат(?:ы|ов)) (?:с|со)|совместно (?:с|со)|в соавторстве (?:с|со)|в сотрудничестве (?:с|со)|спільн(?:а|ої|ій|е|у) (?:робот[аиіу]|прац[яіею]|статт[яіею]|дослідження) (?:з|із|зі)|спільно (?:з|із|зі)|у співавторстві (?:з|із|зі)|у співпраці (?:з|із|зі)|съвместна работа (?:с|със)",
        intro="(?:это|это была|це|доклад)(?: (?:по|об|о))?|(?:результаты |теорема |работа )?(?:получены|получено|выполнена|получена)|по|на|в|о|по материалам",
        modifiers="нашей|моей|недавней|недавних|новой|двух|трёх|трех|следующих|следующей|совместной|совместных|нашій|моїй|спільній|нещодавній|нашей|последней|препринте",
        work="работ(?:е|ах|ы)|стать(?:е|ях|и)|препринт(?:е|ах|а)|робот(?:і|ах)|статт(?:і|ях)|публикации",
    ),
    Wording(
        language="Czech, Slovak",
        examples=(
            "Přednáška vychází z článku ID.",
            "Založeno na ID.",
            "Společná práce s A. Linem (ID).",
        ),
        stems=("alož", "vychá", "polečn", "poločn", "poluprác", "základ"),
        talk="přednáška|prednáška|seminář|seminár|prezentace|prezentácia|referát|výsledky",
        before="tato|moje|tento|naše|táto|moja|dnešní",
        between="je|jsou|sú|bude|převážně|prevažne|zčásti",
        based="založen[aáéoýy]? na|vychází z|vychádza z|založen[ée] na",
        opening="založeno na|na základě článku|založené na",
        joint="společn[áée] prác[ei] s|společná práce se?|spoločná práca so?|(?:ve|v) spolupráci se?|spolupráca so?|společně se?|práce společná se?",
        intro="(?:jde o|jedná se o|toto je|ide o)|na|o",
        modifiers="našem|mém|nedávném|dvou|třech|následujících|společném|našom|nedávnom|novém",
        work="článku|článcích|článkoch|preprintu|práci|pracích",
    ),
    Wording(
        language="Romanian",
        examples=(
            "Prelegerea se bazează pe articolul ID.",
            "Bazat pe ID.",
            "Lucrare comună cu Ana Lin (ID).",
        ),
        stems=("bazat", "bazează", "comun", "colaborare"),
        talk="prelegerea|prezentarea|seminarul|expunerea|conferința|rezultatele|cursul",
        before="această|acest|aceste",
        between="este|sunt|se|va|fi|în|principal|parte",
        based="bazat(?:ă|e|)? pe|bazează pe",
        opening="bazat(?:ă|e|)? pe",
        joint="(?:lucrare|lucrări|articol|muncă) (?:în )?(?:comun(?:ă|e)?|colaborare)(?: realizată)? cu|(?:în )?colaborare cu|comun cu",
        intro="(?:aceasta este|este)(?: (?:o|un))?|o|pe o",
        modifiers="un|o|două|trei|recent|recentă|noul|articolul|următoarele",
        work="articol(?:ul|ele)?|lucr(?:area|ările|are)|preprint(?:ul)?",
    ),
    Wording(
        language="Croatian, Serbian, Slovenian",
        examples=(
            "Predavanje se temelji na ID.",
            "Temelji se na ID.",
            "Zajednički rad s Anom Lin (ID).",
        ),
        stems=("temelj", "zasniv", "zasnov", "osnov", "zajedni", "suradnj", "saradnj", "skupn", "sodelov"),
        talk="predavanje|izlaganje|prezentacija|seminar|rezultati|predstavitev",
        before="ovo|moje|naše|to|ovi|današnje",
        between="je|su|se|uglavnom|djelomično",
        based="temelji (?:se )?na|temelje se na|zasniva se na|zasnovano na|temeljeno na|na osnovu",
        opening="temelji se na|zasnovano na|temeljeno na",
        joint="zajednički rad sa?|(?:u )?suradnji sa?|(?:u )?saradnji sa?|skupno delo z|(?:v )?sodelovanju z",
        intro="(?:ovo je|to je)|u|na",
        modifiers="našem|mom|novom|dva|tri|sljedećim|zajedničkom",
        work="radu|radovima|članku|člancima|preprintu",
    ),
    Wording(
        language="Hungarian",
        examples=(
            "Az előadás az ID cikken alapul.",
            "Az előadás alapja: ID.",
            "Közös munka Lin Adával (ID).",
        ),
        stems=("lapul", "lapsz", "lapja", "özös", "lőadás"),
        talk="előadás",
        before="az|a|ez|mai",
        between="",
        based="alapja(?: az| a)?(?: következő)?",
        opening="az előadás alapja",
        joint="közös (?:munka|cikk|kutatás|eredmény) (?:a |az )?",
        intro="(?:ez )?(?:egy )?",
        modifiers="az|a|egy|két|következő|közös",
        work="cikkek?|dolgozat|preprint",
        after_talk="(?:(?:az|a|ez az|mai) )*előadás(?:om|unk)?(?: (?:az|a|főként|részben))*",
        after="(?:-?\\w{0,6} )?(?:(?:számú|jelű|című) )?(?:(?:cikk|dolgozat|preprint|munká|eredmény)\\w* )?(?:alap(?:ul|szik|szanak|ulnak))",
    ),
    Wording(
        language="Finnish, Estonian",
        examples=(
            "Esitelmä perustuu artikkeliin ID.",
            "Perustuu artikkeliin ID.",
            "Yhteistyössä Ana Linin kanssa (ID).",
        ),
        stems=("perustu", "yhtei", "hteistyö", "põhine", "ühistö", "Ühistö"),
        talk="esitelmä|luento|esitys|seminaari|puhe|tulokset|ettekanne|loeng",
        before="tämä|se|nämä|see",
        between="pääosin|osittain",
        based="perustuu|perustuvat|põhineb",
        opening="perustuu",
        joint="yhteistyö(?:tä|ssä)?|yhteinen työ|ühistöö",
        intro="(?:tämä on|kyseessä on)",
        modifiers="seuraaviin|seuraavaan|kahteen|uuteen|yhteiseen",
        work="artikkeliin|artikkeleihin|preprinttiin|julkaisuun|työhön|artiklil",
    ),
    Wording(
        language="Turkish",
        examples=(
            "Bu konuşma ID makalesine dayanmaktadır.",
            "Deniz Kaya ile ortak çalışma (ID).",
        ),
        stems=("dayan", "ortak", "birlikte", "konuşma", "sunum", "seminer", "ders", "konferans"),
        talk="konuşma|sunum|seminer",
        before="bu",
        between="",
        based="şu makaleye dayanmaktadır|şu makalelere dayanmaktadır",
        opening="şu makaleye dayan\\w*",
        joint="ortak çalışma",
        intro="bu",
        modifiers="şu",
        work="makale",
        after_talk="(?:bu|bugünkü|benim) (?:konuşma|sunum|seminer|ders|konferans)(?:m|mız|umuz|ımız)?(?: (?:büyük ölçüde|kısmen|esas olarak))?|(?:konuşma|sunum|seminer)",
        after="(?:['’]?\\w{0,4} )?(?:(?:numaralı|başlıklı) )?(?:(?:makale|çalışma|ön baskı|bildiri)\\w* )?(?:dayan|temel|esas)\\w*",
        joint_after="(?:bu,? )?(?:çalışma,? )?.{2,80}? ile (?:birlikte )?(?:yapılan |yaptığımız |yürütülen )?(?:bir )?ortak (?:bir )?(?:çalışma|makale|iş)(?:mız|dır|mızdır|ya dayanır)?",
    ),
    Wording(
        language="Greek",
        examples=(
            "Η ομιλία βασίζεται στο ID.",
            "Βασισμένο στο άρθρο ID.",
            "Κοινή εργασία με την Άννα Λιν (ID).",
        ),
        stems=("ασίζ", "ασισμ", "οινή", "υνεργασία"),
        talk="ομιλία|διάλεξη|παρουσίαση|αποτελέσματα",
        before="η|αυτή|μου|τα|αυτά",
        between="είναι|κυρίως|εν|μέρει",
        based="βασίζ(?:εται|ονται) (?:στο|στην|στα|στις|σε)|βασισμένη (?:στο|στην|στα|σε)",
        opening="βασισμέν[οηα] (?:στο|στην|στα|σε)|βασίζεται (?:στο|στην|στα|σε)",
        joint="κοινή (?:εργασία|δουλειά) με|(?:σε )?συνεργασία με|από κοινού με",
        intro="(?:είναι|πρόκειται για)|σε",
        modifiers="το|την|τα|τις|δύο|πρόσφατη|κοινή|μας|μου|εξής|ακόλουθα",
        work="άρθρ(?:ο|α)|εργασί(?:α|ες)|προδημοσίευση",
    ),
    Wording(
        language="Chinese, simplified and traditional",
        examples=(
            "报告基于论文 ID。",
            "本次報告基於 ID。",
            "基于 ID。",
            "与林达合作 (ID)。",
            "本報告是與林達的合作 (ID)。",
        ),
        stems=("基于", "基於", "合作", "根据", "根據", "依据", "共同", "报告", "報告", "发言", "發言", "演讲", "演講", "讲座"),
        talk="报告|演讲|讲座|发言|發言|讲演|讨论班|課|报告内容|內容|内容|結果|结果|報告|演講|講座|工作",
        before="本|本次|这次|該|今天的|我的|此|这个|這次|主要|这",
        between="将|將|主要|部分|是|内容|的|,|，",
        based="(?:基于|基於|根据|根據|依据)",
        opening="(?:主要)?(?:基于|基於)",
        joint="(?:与|和|跟|與|同)(?=.{1,80}合作)",
        intro="这是|這是|本报告是|本報告是|本工作|此工作|该工作|是",
        modifiers="我们的|我們的|我的|以下|两篇|三篇|如下|最近的|近期|合作|論文|论文",
        work="论文|文章|預印本|预印本|工作|論文",
        after_talk="(?:本|本次|这次|本場)?(?:报告|演讲|讲座|報告|演講)以(?:论文|論文)?",
        after="(?:的?(?:论文|文章|結果|结果))?(?:为基础|為基礎|为主|為主)",
        joint_after="(?:(?:这|這|此|本报告|本報告|本工作|此工作|该工作)(?:是|为)?)?(?:基于|基於)?(?:我)?(?:与|和|跟|與|同).{1,80}?(?:的)?(?:合作|共同)(?:的)?(?:工作|论文|論文|成果|完成|研究|项目)?(?:的)?",
    ),
    Wording(
        language="Japanese",
        examples=(
            "本講演は ID に基づきます。",
            "林氏との共同研究です (ID)。",
        ),
        stems=("に基づ", "共同", "共著", "講演", "発表", "談話", "講義", "トーク", "セミナー", "話は", "話では"),
        talk="講演|発表|談話",
        before="本|この|今回の",
        between="は|の|内容|主に",
        based="は次の論文に基づく|の内容は次の論文に基づく|は以下の論文に基づ(?:く|きます|いています)",
        opening="以下の論文に基づ(?:く|きます|いています)",
        joint="共同研究者",
        intro="本",
        modifiers="次の|以下の",
        work="論文",
        after_talk="(?:本|この|今回の|今日の|私の)?(?:講演|発表|談話|話|トーク|セミナー|講義|お話)(?:の内容)?(?:は|では)[、,]? ?(?:主に|主として|論文|プレプリント|我々の|共著)*",
        after="(?:の(?:論文|プレプリント|結果|内容))?(?:に(?:基づ|もとづ)|が元になっ|をもとに|を基に)",
        joint_after="(?:(?:本|この)?(?:講演|発表|研究|内容|結果)は[、,]? ?)?.{1,60}?(?:さん|氏|先生)?との(?:共同(?:研究|論文|作業|仕事)?|共著)(?:論文)?(?:です|である|に基づく|に基づきます|による)?",
    ),
    Wording(
        language="Korean",
        examples=(
            "이 강연은 논문 ID를 바탕으로 한다.",
            "박지훈과의 공동 연구입니다 (ID).",
        ),
        stems=("기반", "공동", "강연", "발표", "세미나", "강의"),
        talk="강연|발표",
        before="본|이|이번",
        between="은|는",
        based="다음 논문에 기반합니다|다음 논문을 바탕으로 합니다",
        opening="다음 논문에 기반",
        joint="공동 연구자",
        intro="본",
        modifiers="다음",
        work="논문",
        after_talk="(?:본|이|이번|오늘의?|제)? ?(?:강연|발표|세미나|강의)(?:의 내용)?(?:은|는)(?: (?:주로|논문|프리프린트))*",
        after="(?:의)?(?:논문|프리프린트)?(?:의 결과)?(?:을|를|에|의)? ?(?:기반|바탕|토대|근거|기초)",
        joint_after="(?:(?:이|본) ?(?:강연|발표|연구|내용|결과)?(?:은|는) ?)?.{1,60}?(?:과|와)(?:의| 함께 ?(?:한|하는)?)? ?공동 ?(?:연구|작업|논문|저자)?(?:입니다|이다|로|한)?",
    ),
    Wording(
        language="Vietnamese, Indonesian, Malay",
        examples=(
            "Bài nói dựa trên ID.",
            "Ceramah ini berdasarkan ID.",
            "Dựa trên ID.",
            "Công trình chung với Ana Lin (ID).",
            "Kerja sama dengan Ana Lin (ID).",
        ),
        stems=("dựa", "Dựa", "berdasar", "didasar", "bersama", "chung", "hợp tác", "Hợp tác", "kerja"),
        talk="bài nói|bài giảng|báo cáo|bài trình bày|kết quả|ceramah|kuliah|presentasi|seminar|hasil|pembicaraan",
        before="này|các",
        between="này|được|chủ|yếu|ini|terutama|saya|kami",
        based="dựa trên|berdasarkan(?: pada)?|didasarkan pada|berdasar pada",
        opening="dựa trên|berdasarkan(?: pada)?",
        joint="(?:công trình|bài báo|làm việc) chung với|hợp tác với|(?:karya|kerja|makalah|penelitian) bersama(?: dengan)?|kerja sama dengan|bersama dengan",
        intro="(?:đây là|ini adalah)|dalam",
        modifiers="các|hai|những|sau|của|chúng tôi|dua",
        work="bài báo|tiền ấn phẩm|makalah|artikel|pracetak",
    ),
    Wording(
        language="Arabic, Persian",
        examples=(
            "هذه المحاضرة مبنية على ID",
            "بر اساس ID",
            "عمل مشترك مع أ. لين (ID).",
        ),
        stems=("ستند", "بني", "ساس", "شترك", "تعاون", "همکاری"),
        talk="المحاضرة|العرض|النتائج|سخنرانی|ارائه|نتایج|تستند هذه المحاضرة|تستند المحاضرة",
        before="هذه|هذا|این",
        between="",
        based="مبنية على|مبني على|تستند إلى|يستند إلى|إلى|على|بر اساس|مبتنی بر",
        opening="مبني على|بناءً على|بر اساس",
        joint="عمل مشترك مع|بالتعاون مع|کار مشترک با|با همکاری",
        intro="(?:هذا|این)",
        modifiers="هذه|مقالات|دو",
        work="ورقة|الورقة|البحث|مقاله|مقالهٔ|مقالۀ",
    ),
    Wording(
        language="Hebrew",
        examples=(
            "ההרצאה מבוססת על ID",
            "מבוסס על ID",
            "עבודה משותפת עם אנה לין (ID).",
        ),
        stems=("מבוסס", "עבודה", "שיתוף"),
        talk="ההרצאה|הרצאה|התוצאות|הסמינר",
        before="זו",
        between="זו|הזו|בעיקר|היא",
        based="מבוססת? על|מבוססות על",
        opening="מבוסס(?:ת)? על",
        joint="עבודה משותפת (?:עם )?|בשיתוף עם ?",
        intro="זוהי|זו",
        modifiers="ה",
        work="המאמר|מאמר|המאמרים",
    ),
    Wording(
        language="Hindi",
        examples=(
            "यह व्याख्यान ID पर आधारित है।",
        ),
        stems=("आधारित", "संयुक्त", "व्याख्यान", "वार्ता", "प्रस्तुति"),
        talk="व्याख्यान",
        before="यह",
        between="",
        based="इस शोधपत्र पर आधारित है",
        opening="इस शोधपत्र पर आधारित",
        joint="संयुक्त कार्य",
        intro="यह",
        modifiers="",
        work="शोधपत्र",
        after_talk="(?:यह|मेरा) (?:व्याख्यान|वार्ता|प्रस्तुति)",
        after="(?:शोधपत्र )?पर आधारित",
    ),
)  # fmt: skip

LABELS = frozenset(
    label.strip()
    for row in """
    paper, papers, preprint, preprints, pre-print, pre-prints, paper link, paper links, paper url, preprint link, article, manuscript, link to paper, link to the paper, link to preprint, link to the preprint, paper/preprint, paper and code, paper & code, full paper, our paper, talk paper, paper (arxiv), paper on arxiv, paper available at
    artikel, arbeit, aufsatz, vorabdruck, veröffentlichung, link zum artikel, link zum paper, link zur arbeit
    article, prépublication, pré-publication, papier, lien vers l'article, lien vers l’article, lien de l'article
    artículo, prepublicación, enlace al artículo, article, preimpressió, artigo
    articolo, link all'articolo, link all’articolo, prepubblicazione
    artigo, pré-publicação, link do artigo, link para o artigo, trabalho
    artikel, link naar artikel, link naar het artikel, voorpublicatie
    artikel, artikeln, artikkel, artiklen, artikkelen, förtryck, fortryk, länk till artikeln
    praca, artykuł, link do pracy, link do artykułu
    статья, препринт, работа, ссылка на статью, стаття, робота, статия
    článek, článok, preprintu
    articol, lucrare, articolul
    rad, članak, članek
    cikk, dolgozat
    artikkeli, artikkelit, esipainos, artikkel, eeltrükk
    makale, bildiri, ön baskı, makale bağlantısı
    άρθρο, εργασία, προδημοσίευση
    论文, 论文链接, 文章, 预印本, 論文, 論文連結, 預印本, 论文地址
    論文, 論文リンク, プレプリント, 論文url
    논문, 논문 링크, 프리프린트
    bài báo, makalah, pracetak, bản thảo
    الورقة, الورقة البحثية, البحث, مقاله, پیش‌چاپ
    מאמר, המאמר
    शोधपत्र
    """.strip().splitlines()
    for label in row.split(",")
)
"""Labels before the talk's own paper, one line per language."""

HEADINGS = frozenset(
    heading.strip()
    for row in """
    references, reference, cited references, bibliography, literature, works cited, literature cited, references cited, cited works, further reading, further readings, additional reading, suggested reading, suggested readings, recommended reading, selected references, selected bibliography, key references, main references, some references, list of references, reference list, relevant literature, cited literature, refs, biblio, sources, references and further reading, references and notes, recommended literature, annotated bibliography, references/bibliography, bibliographic references
    literatur, literaturverzeichnis, literaturangaben, literaturhinweise, literaturliste, quellen, quellenverzeichnis, quellenangaben, referenzen, bibliographie, bibliografie, weiterführende literatur, weitere literatur, verwendete literatur, zum weiterlesen, ausgewählte literatur, literaturnachweise, literaturnachweis
    références, références bibliographiques, bibliographie, littérature, sources, pour aller plus loin, bibliographie sommaire, quelques références, pour en savoir plus, lectures complémentaires, lectures conseillées, ouvrages cités
    bibliografía, referencias, referencias bibliográficas, literatura, lecturas recomendadas, lecturas adicionales, para saber más, obras citadas, fuentes, bibliografía recomendada
    referències, bibliografia, referències bibliogràfiques, lectures recomanades, referencias bibliográficas, bibliografía básica
    bibliografia, riferimenti, riferimenti bibliografici, letteratura, letture consigliate, per approfondire, per saperne di più, fonti, opere citate, referenze
    bibliografia, referências, referências bibliográficas, literatura, leituras recomendadas, leitura complementar, leituras adicionais, obras citadas, fontes
    literatuur, literatuurlijst, referenties, bronnen, bibliografie, verder lezen, literatuurverwijzingen, bronvermelding, verwysings
    referenser, litteratur, litteraturförteckning, källor, källförteckning, vidare läsning, litteraturlista, bibliografi
    referencer, litteratur, litteraturliste, kilder, videre læsning, kildehenvisninger, bibliografi
    referanser, litteratur, litteraturliste, kilder, videre lesning, kildeliste, referansar
    literatura, bibliografia, źródła, spis literatury, piśmiennictwo, referencje, literatura cytowana, literatura uzupełniająca, przypisy bibliograficzne
    литература, список литературы, библиография, источники, список источников, дополнительная литература, рекомендуемая литература, цитированная литература, список использованной литературы, литература по теме
    література, список літератури, бібліографія, джерела, список використаних джерел, рекомендована література
    литература, библиография, източници, използвана литература, референце
    literatura, reference, seznam literatury, použitá literatura, bibliografie, zdroje, doporučená literatura, zoznam literatúry, odporúčaná literatúra, literatúra, použitá literatúra
    irodalom, irodalomjegyzék, hivatkozások, bibliográfia, források, ajánlott irodalom, felhasznált irodalom
    kirjallisuus, lähteet, kirjallisuutta, viitteet, lähdeluettelo, kirjallisuusluettelo, lisälukemista, viited, kirjandus, allikad
    kaynakça, kaynaklar, referanslar, bibliyografya, ileri okuma, yararlanılan kaynaklar
    βιβλιογραφία, αναφορές, βιβλιογραφικές αναφορές, παραπομπές, πηγές
    bibliografie, referințe, referinţe, referințe bibliografice, literatură, surse
    literatura, reference, popis literature, bibliografija, viri, literatura in viri, izvori, reference i literatura
    atsauces, literatūra, literatūros sąrašas, šaltiniai, literatūras saraksts, bibliogrāfija
    参考文献, 参考资料, 引用文献, 文献, 参考书目, 延伸阅读, 拓展阅读, 參考文獻, 參考資料, 參考書目, 引用文獻, 文獻, 延伸閱讀, 推荐阅读
    参考文献, 引用文献, 文献, 参考書, 参考資料, 文献リスト, 参照文献, 関連文献
    참고문헌, 참고 문헌, 참고자료, 인용문헌, 더 읽을거리, 문헌
    tài liệu tham khảo, tham khảo, thư mục, đọc thêm
    daftar pustaka, referensi, rujukan, kepustakaan, bacaan lanjutan, senarai rujukan, bibliografi
    المراجع, مراجع, قائمة المراجع, المصادر, المصادر والمراجع, قراءات إضافية
    منابع, مراجع, فهرست منابع, کتاب‌شناسی, کتابشناسی
    ביבליוגרפיה, מקורות, רשימת מקורות, ספרות, הפניות, לקריאה נוספת
    संदर्भ, सन्दर्भ, ग्रंथसूची, संदर्भ सूची
    เอกสารอ้างอิง, บรรณานุกรม, อ้างอิง
    referentziak, bibliografia, erreferentziak, leabharliosta, tagairtí, cyfeiriadau, heimildir, heimildaskrá
    """.strip().splitlines()
    for heading in row.split(",")
)
"""Headings of reference lists, one line per language."""

SECTIONS = frozenset(
    section.strip()
    for row in """
    abstract, summary, about, about the speaker, speaker, bio, biography, short bio, location, venue, room, place, date, time, when, where, zoom, registration, contact, organizers, organisers, schedule, programme, program, title, slides, video, recording, homework, exercises, notes, remarks, acknowledgements, acknowledgments, paper, preprint, abstracts, comments
    zusammenfassung, ort, zeit, raum, anmeldung, kontakt, vortragender, vortragende, programm, titel, über den vortragenden, über die vortragende, biographie, kurzbiographie, termin, voraussetzungen
    résumé, lieu, salle, date, heure, contact, inscription, orateur, oratrice, titre, programme, biographie
    resumen, lugar, sala, fecha, hora, contacto, inscripción, ponente, título, programa, horario, biografía
    riassunto, sommario, luogo, aula, data, ora, contatti, relatore, titolo, programma, orario
    resumo, local, sala, data, hora, contato, contacto, palestrante, título, programa, biografia
    samenvatting, plaats, zaal, datum, tijd, spreker, aanmelden, contact
    streszczenie, miejsce, sala, termin, prelegent, tytuł, kontakt
    аннотация, место, аудитория, дата, время, докладчик, название, регистрация, контакты, анотація, місце, доповідач
    摘要, 地点, 时间, 主讲人, 报告人, 题目, 联系方式, 地點, 時間, 概要, 場所, 日時, 講演者, 題目, 連絡先, 備考, 초록, 장소, 일시, 연사, 제목
    özet, yer, tarih, saat, konuşmacı, başlık
    """.strip().splitlines()
    for section in row.split(",")
)
"""Headings that end a reference list, one line per language; also recognized as `Speaker: …`."""

ABBREVIATIONS = frozenset(
    """
    al e.g i.e cf viz vs resp prof dr mr mrs ms st no nos sec sect ch thm prop eq fig vol pp ed eds incl
    dept univ inst math phys proc conf z.b d.h bzw vgl vlg usw ggf hrsg ph.d bkz çev por np tzn prof.dr
    p.ej ej cap núm см напр т.е рис гл др проф акад стр etc jr sr ex rev appl comm ann
    """.split()  # noqa: SIM905 - reads as the list it is
)
"""Words whose full stop does not end a sentence."""
