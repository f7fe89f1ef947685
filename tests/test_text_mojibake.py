"""What is taken for text that was decoded wrongly, and what never is."""

# ruff: noqa: RUF001 - that characters look like others is what this is about
import subprocess
import sys
import time

import pytest
from hypothesis import assume, given, settings, strategies as st

from feeds.text.mojibake import first_difference, meant, repaired

# Sentences as people write them, with the quotation marks, spaces and dashes of their language.
ORDINARY = {
    "English": "It’s “naïve” – the café’s résumé cost £5 (±10 %), © 2026 Acme® and Lamp™… 20 °C",
    "French": "«\xa0Déjà\xa0!\xa0» dit-elle\xa0: l’été à Orléans, «\xa0l’œuvre\xa0»… À L’ÉCOLE",
    "German": "„Spaß“ und ‚Maß‘ – sagte der Größte: »Ärger über Öl« … STRAẞE, GRÜẞE, „GROẞ“ ÄÖÜ",
    "Polish": "„Zażółć gęślą jaźń” – łódź… «Świętość» ŻÓŁĆ, ŁÓDŹ™ i coś więcej",
    "Czech": "„Příliš žluťoučký kůň“ – MÍŠA, LÍŠKA, KŘÍŽ, TÝŽ… ‚Škoda‘",
    "Hungarian": "„Árvíztűrő tükörfúrógép” – »ŐSZ« ÉS TÉL…",
    "Romanian": "„Încă o dată”, a spus «în română» – ÎNĂLȚIME, VÂNT…",
    "Portuguese": "Não é “amanhã” – à tarde… AMANHÃ – HOJE: “MANHÔ, A IRMÃ—O, VOCÊ™, MAÇÃ®, «LÃ»",
    "Spanish": "¿Qué? ¡Olé! «¿Está?» – “Sí”… El 1.º y la 2.ª, JALAPEÑO™, AÑO «ESPAÑOL»",
    "Italian": "«È così», disse: perché “città”… È un’altra — più in là",
    "Vietnamese": "Thủ đô “Hà Nội” – “đẹp lắm”… THỊ XÃ – HUYỆN, “XÔ, ÂN HUỆ, Ăn cá",
    "Turkish": "“Çağ” ŞÖLEN’in İÇİNDE – Atatürk’ün ‘rüyâ’sı… İĞDIR",
    "Danish": "“Ø” er en ø – og ‘Å’ en å… FÆRØ–ØY, “RØDGRØD” på BLÅ®",
    "Norwegian": "Å’s fyr i Å – “Ålesund” og LYKKE PÅ… Â",
    "Swedish": "”Smörgåsbord” – Malmö’s ‘ÅÄÖ’, ÅÄÖ – »Ölandsbron«…",
    "Icelandic": "„Það“ er NORÐ–SUÐUR – Þór sagði ‚já‘… SUÐ",
    "Russian": "«Привет, мир» — №5, РСФСР и СССР… “Ёлка” – С.-Петербург, РФ»",
    "Ukrainian": "«Її їжа» — Європа, ґанок, СІРІ РІВНІ… РІСІРІ",
    "Serbian": "„Љубав“ – Ђорђе, ћирилица… РЂ",
    "Greek": "«Ελληνικά» κείμενα — ΟΙ «ΑΛΛΟΙ»… “Ναι”, Έτσι·",
    "Hebrew": "„שלום” – ‘עולם’… 2×3",
    "Arabic": "قال «نص عربي»… ونعم؛ “لا” – ٪",
    "Persian": "«می‌خواهم» بروم… “باشه”",
    "Hindi": "“नमस्ते” – ‘दुनिया’…",
    "Thai": "“สวัสดี” – ‘ชาวโลก’…",
    "Chinese": "「人工智能」改變世界——“未来”……《書》¥5",
    "Japanese": "「機械学習」が予測する〜データ…『本』①",
    "Korean": "“안녕하세요” – ‘세계’…",
    "emoji": "👨‍👩‍👧 naïve café™ 😀… ❤️ – “ok” 🇫🇷",
    "mathematics": "√2 ≈ 1.41 ± 0.01 µm², ‰ × ÷ ¼ ½ ¾ ∂f ≤ ∞, Ø 5 mm, 5 Å, Γ”Γ",
    "prices": "€5, 5\xa0€, £4, ¥300, ¢5, ₫10",
}


@pytest.mark.parametrize("language", ORDINARY)
def test_ordinary_text_is_never_taken_for_mojibake(language: str) -> None:
    """Text of any language is what it is, as a whole and word by word, in capitals too."""
    text = ORDINARY[language]
    for sentence in (text, text.upper(), text.lower(), text.title()):
        assert repaired(sentence) is None
        assert [word for word in sentence.split(" ") if repaired(word) is not None] == []


@pytest.mark.case(18)
@pytest.mark.parametrize("language", [name for name, text in ORDINARY.items() if name != "prices"])
def test_what_was_decoded_wrongly_is_repaired(language: str) -> None:
    """Text of any language whose bytes were each read as one character comes back."""
    words = ORDINARY[language].split(" ")
    wrong = [word.encode().decode("latin-1") for word in words]
    assert repaired(" ".join(wrong)) == " ".join(words)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("donâ€™t", "don’t"),
        ("â€œquotedâ€\x9d", "“quoted”"),
        ("â€œquotedâ€ she said", "“quoted” she said"),
        ("Lantern Repairâ„¢", "Lantern Repair™"),
        ("Lantern Repairâ„¢ — 東京", "Lantern Repair™ — 東京"),
        ("cafÃ© “ok” — naïve", "café “ok” — naïve"),
        ("isso Ã© bom", "isso é bom"),
        ("pense Ã\xa0 tout", "pense à tout"),
        ("Ã–sterreich", "Österreich"),
        ("GrÃ¶ÃŸe Ãœber", "Größe Über"),
        ("CAFÃ‰", "CAFÉ"),
        ("20Â°C for Â£5", "20°C for £5"),
        ("ðŸ˜€", "😀"),
        ("ï»¿A title", "\ufeffA title"),
        ("zaÅ‚Ã³Å¼", "załóż"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "Привет"),
        ("РџСЂРёРІРµС‚", "Привет"),
        ("Î•Î»Î»", "Ελλ"),
        ("æ—¥æœ¬", "日本"),
        ("Viá»‡t", "Việt"),
        ("caf√© isn‚Äôt", "café isn’t"),
        ("\x93hi\x94 don\x92t", "“hi” don’t"),
        ("Ã¢â‚¬Å“twiceÃ¢â‚¬Â\x9d", "“twice”"),
    ],
)
def test_mojibake_is_repaired(wrong: str, right: str) -> None:
    """Whichever encoding it was taken for, the text that was meant comes back."""
    assert repaired(wrong) == right


@pytest.mark.case(18)
@pytest.mark.parametrize("text", ["ﬁne “quotes” ＡＢＣ e\u0301 cafÃ©", "Ã© &amp; &eacute; \u2028x"])
def test_nothing_but_the_encoding_is_repaired(text: str) -> None:
    """Quotation marks, ligatures, wide letters, accents and entities stay as they are written."""
    assert repaired(text) == text.replace("Ã©", "é")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
@settings(max_examples=300, deadline=None)
def test_a_repair_is_stable(text: str) -> None:
    """Text that was repaired is not repaired again, and text of ASCII never is."""
    assume(not text.isascii())
    if (mended := repaired(text)) is not None:
        assert mended != text
        assert repaired(mended) is None
    assert repaired(ascii(text)) is None


def test_the_place_is_where_the_texts_part() -> None:
    """What is shown of a repair is the words around its first difference."""
    wrong = "an ordinary naïve beginning, and then it isnâ€™t so"
    right = repaired(wrong)
    assert right
    assert first_difference(wrong, right) == wrong.index("â€™")
    assert meant(wrong, right) == "isn’t so"
    assert first_difference("a", "ab") == 1


def test_ordinary_text_costs_next_to_nothing() -> None:
    """A megabyte of accents and quotation marks is looked through in a moment, ftfy not loaded."""
    code = (
        "import sys, time; from feeds.text.mojibake import repaired\n"
        f"text = {ORDINARY['French'] + ORDINARY['Russian']!r} * 8000\n"
        "began = time.process_time(); assert repaired(text) is None\n"
        "assert 'ftfy' not in sys.modules; print(time.process_time() - began)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 2


@pytest.mark.parametrize("unit", ["é\xa0", "â€", "Ã©", "ÐŸ", "РџС", "é”…", "\x93", "â€™ é "])
def test_looking_takes_linear_time(unit: str) -> None:
    """The largest body that there can be is judged in far less time than a quadratic scan takes."""
    began = time.process_time()
    repaired(unit * (200_000 // len(unit)))
    assert time.process_time() - began < 5
