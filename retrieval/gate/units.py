"""Names units, currencies and comparisons alike however they are written. Knows nothing of numbers."""

from __future__ import annotations

from retrieval.gate.words import folded

_UNITS = {
    "%": "% percent pct percentage prozent procent procents pourcent процент процента процентов "
    "процентах درصد ٪ "
    "بالمئة بالمائة yuzde відсотків відсотки प्रतिशत",
    "$": "$ us$ usd dollar dollars dolares dolar dollari dolari dollaro доллар доллара долларов "
    "доларів دلار دولار 美元 डॉलर",
    "€": "€ eur euro euros евро євро یورو يورو 欧元 歐元",
    "£": "£ gbp pound pounds pfund livres libras sterline sterling фунтов پوند",
    "¥": "¥ jpy yen yenes иен",
    "元": "cny rmb yuan yuans юаней 元 人民币",
    "₹": "₹ inr rupee rupees रुपये",
    "₽": "₽ rub ruble rubles rouble roubles rubel rublos рубль рубля рублей",
    "rial": "rial rials ریال",
    "toman": "toman tomans تومان",
    "₪": "₪ shekel shekels nis",
    "₩": "₩ won",
    "₺": "₺ lira liras",
    "fr": "chf franken",
    "km": "km kilometre kilometres kilometer kilometers kilometern kilometros kilometri quilometros "
    "километр километра "
    "километров кілометрів کیلومتر كيلومتر 公里",
    "m": "metre metres meter meters metern metros metri метр метра метров متر 米",
    "cm": "cm centimetre centimetres centimeter centimeters",
    "mi": "mile miles mi milles millas",
    "ft": "foot feet ft",
    "in": "inch inches",
    "mph": "mph",
    "km/h": "kph kmh",
    "kg": "kg kilo kilos kilogram kilograms kilogramme kilogrammes килограмм килограммов کیلوگرم 公斤",
    "t": "tonne tonnes ton tons tonnen toneladas тонн тонны تن 吨",
    "lb": "lb lbs",
    "ha": "ha hectare hectares hektar hectareas",
    "acre": "acre acres",
    "l": "litre litres liter liters litros",
    "barrel": "barrel barrels barrels barriles баррелей بشکه 桶",
    "MW": "mw megawatt megawatts",
    "GW": "gw gigawatt gigawatts",
    "kWh": "kwh",
    "second": "seconds sekunden secondes segundos секунд ثانیه 秒",
    "minute": "minute minutes minuten minutos minuti минут минуты минуту دقیقه دقيقة 分钟",
    "hour": "hour hours hr hrs stunde stunden heure heures hora horas ore час часа часов ساعت ساعة 小时",
    "day": "day days tag tage tagen jour jours dia dias giorni день дня дней روز يوم ايام 天",
    "week": "week weeks woche wochen semaine semaines semana semanas settimane неделя недели недель "
    "هفته اسبوع 周",
    "month": "month months monat monate monaten mois mes meses mesi месяц месяца месяцев ماه شهر 个月",
    "year": "year years yr yrs jahr jahre jahren an ans annee annees ano anos anni год года лет роки "
    "років سال سنة عام سنوات 年",
    "°": "degree degrees grad grados gradi градусов درجه",
}
_UNIT = {folded(word): unit for unit, listed in _UNITS.items() for word in listed.split()}
MONEY = frozenset("$€£¥元₹₽₪₩₺") | {"rial", "toman", "fr"}
SYMBOLS = frozenset("$€£¥₹₽₪₩₺")

# What stands before a number and makes less than the number itself of it, by the direction it leaves open.
_BOUNDS = {
    "about": "about|around|approximately|roughly|some|circa|ca|c|an estimated|estimated|~|≈|etwa|rund|"
    "ungefähr|gegen|circa"
    "|environ|autour de|quelque|unos|unas|cerca de|alrededor de|aproximadamente|circa|около|примерно|"
    "порядка|近|大约|约|حدود"
    "|تقریبا|حوالي|نحو",
    "almost": "nearly|almost|close to|just under|just below|just shy of|approaching|fast|beinahe|knapp|"
    "presque|près de|casi"
    "|quasi|quase|почти|نزدیک به",
    "over": "more than|over|above|greater than|exceeding|in excess of|upwards of|just over|well over|"
    "north of|topping|mehr als"
    "|über|plus de|más de|più di|oltre|mais de|более|больше|свыше|بیش از|أكثر من|超过|逾",
    "least": "at least|no fewer than|no less than|not less than|a minimum of|mindestens|au moins|"
    "al menos|por lo menos|almeno"
    "|pelo menos|не менее|как минимум|دست کم|حداقل|至少",
    "under": "less than|fewer than|under|below|weniger als|unter|moins de|menos de|meno di|менее|"
    "меньше|کمتر از|أقل من|不到",
    "most": "up to|at most|no more than|not more than|as many as|as much as|a maximum of|höchstens|"
    "bis zu|jusqu'à|hasta|fino a"
    "|até|до|не более|تا|最多",
}
BOUNDS = {phrase: bound for bound, listed in _BOUNDS.items() for phrase in listed.split("|")}


def unit_of(fold: str) -> str:
    """The unit that a folded word or symbol names, or ""."""
    return _UNIT.get(fold, "")
