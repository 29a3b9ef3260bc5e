"""The small words by which languages deny, hedge and measure. Knows nothing of sentences."""

from __future__ import annotations


def listed(words: str) -> frozenset[str]:
    """The words of a list written in one string."""
    return frozenset(words.split())


# Folded as gate.words folds them: lower case, without accents.
DENIALS = {
    "en": listed(
        "not no never none nobody nothing nowhere neither nor cannot without hardly barely scarcely"
    ),
    "de": listed(
        "nicht kein keine keinen keiner keinem keines nie niemals ohne niemand niemanden nichts weder"
    ),
    "fr": listed("ne n pas jamais aucun aucune sans ni rien nul nulle non"),
    "es": listed("no nunca jamas ni sin nadie nada ningun ninguna ninguno tampoco"),
    "it": listed("non mai senza nessun nessuno nessuna niente nulla"),
    "pt": listed("nao nunca sem nenhum nenhuma ninguem nada jamais nem"),
    "nl": listed("niet geen nooit zonder niemand niets"),
    "ru": listed("не нет ни без никогда никто ничего никаких нельзя невозможно"),
    "uk": listed("не немає ні без ніколи ніхто нічого"),
    "pl": listed("nie bez nigdy nikt nic"),
    "sv": listed("inte aldrig utan ingen inget inga"),
    "tr": listed("degil yok hic asla"),
    "id": listed("tidak bukan tanpa belum jangan"),
    "fa": listed(
        "نه نیست نیستند نبود نبودند نشد نشده نکرد نکرده نکردند ندارد ندارند نداشت نداد نخواهد نباید "
        "نتوانست بدون هیچ هرگز عدم"
    ),
    "ar": listed("لا لم لن ليس ليست لیس لیست غير غیر بدون دون عدم"),
    "hi": listed("नहीं न बिना कभी"),
    "he": listed("לא אין בלי ללא אף"),
    "el": listed("δεν μην χωρις κανενας κανεις τιποτα ποτε"),
    "zh": listed("不 没 未 无 沒 無"),
}
GUARDS = {
    "en": listed(
        "may might could would will shall if unless perhaps maybe possibly probably likely allegedly "
        "reportedly "
        "apparently supposedly purportedly potentially alleged suspected rumoured rumored"
    ),
    "de": listed(
        "konnte konnten kann konnen durfte mochte soll sollen sollte wurde wird werden will wollen "
        "vielleicht "
        "moglicherweise wahrscheinlich vermutlich angeblich voraussichtlich mutmasslich plant geplant "
        "falls wenn"
    ),
    "fr": listed(
        "pourrait pourraient peut peuvent devrait devraient serait seraient aurait auraient si peut-etre "
        "probablement prevoit envisage selon pretendument presume presumee"
    ),
    "es": listed(
        "podria podrian puede pueden deberia seria habria si quiza quizas tal posiblemente probablemente "
        "supuestamente presunto presunta presuntamente planea preve"
    ),
    "it": listed(
        "potrebbe potrebbero puo possono dovrebbe sarebbe avrebbe se forse probabilmente presunto prevede"
    ),
    "pt": listed("poderia pode podem deve deveria seria teria se talvez provavelmente supostamente planeja"),
    "ru": listed(
        "может могут мог могла могли бы возможно вероятно вероятнее планирует планируют намерен "
        "намерена намерены "
        "будет будут если якобы предположительно ожидается должен должна должны"
    ),
    "uk": listed("може можуть би можливо ймовірно планує буде будуть якщо нібито"),
    "fa": listed("شاید ممکن احتمالا می‌تواند میتواند خواهد خواهند اگر ادعا گویا باید قصد"),
    "ar": listed("قد ربما يمكن یمکن سوف إذا يعتزم"),
    "zh": listed("可 或 将 若 拟 據 据 也许 計"),
}

# Beginnings of the words that tell of more, of less and of no change.
_MORE_OR_LESS = {
    "en": {
        "up": "rise rises risen rising rose raise increas grow grew gain climb jump surg soar doubl tripl "
        "boost lift hik accelerat rebound expand widen",
        "down": "fall fell drop declin decreas cut reduc lower shrink shrank slump plung sink sank halv "
        "slash slow shed tumbl slip dip contract narrow",
        "same": "unchanged steady stable flat maintained constant frozen stagnat",
    },
    "es": {"up": "subi sube aument crec increment", "down": "baj cay cae dismin descend reduj"},
    "fr": {"up": "augment hauss mont progress grimp", "down": "baiss recul chut diminu redui"},
    "de": {
        "up": "stieg gestieg steig erhoh zunahm zugenommen",
        "down": "sank gesunk fiel gefallen gesenkt verring reduzier",
    },
    "it": {"up": "aument salit sale cresc", "down": "cal scend sces diminu ridott"},
    "pt": {"up": "subi sobe aument cresc", "down": "cai caiu baix diminu redu"},
    "ru": {"up": "вырос повыс увелич подня возрос", "down": "сниз упал сократ умень пониз"},
}
_DIRECTIONS = {
    language: {way: tuple(beginnings.split()) for way, beginnings in ways.items()}
    for language, ways in _MORE_OR_LESS.items()
}


def denies(fold: str, language: str = "en") -> bool:
    """Whether a folded word denies by itself in this language."""
    known = DENIALS.get(language, DENIALS["en"])
    if fold in known or (language == "fr" and fold.startswith("n'")):
        return True
    if language == "en" or language not in DENIALS:
        return fold.endswith("n't")
    if language == "ko":
        return any(part in fold for part in ("않", "없", "못"))
    return language == "fa" and fold.startswith("نمی")


def guards(fold: str, language: str = "en") -> bool:
    """Whether a folded word makes less than a fact of what follows, in this language."""
    return fold in GUARDS.get(language, GUARDS["en"])


def direction(fold: str, language: str = "en") -> str:
    """Whether a folded word tells of more ("up"), less ("down") or no change ("same"), or ""."""
    for way, prefixes in _DIRECTIONS.get(language, {}).items():
        if fold.startswith(prefixes):
            return way
    return ""
