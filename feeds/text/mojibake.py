"""Mojibake: UTF-8 that was decoded as something else once, such as `Ã©` for `é`.

What is ordinary in any language is never taken for it. Text is suspected by pairs and runs of
characters that no language writes, and only what ftfy can decode back is convicted.
"""

# ruff: noqa: RUF001 - that characters look like others is what this is about
import re
from collections.abc import Iterator
from contextlib import suppress

# The characters that the bytes 80 to BF become: in Windows-1252 or Latin-1, and in 1251.
_BYTES = bytes(range(0x80, 0xC0))
_TRAILING = _BYTES.decode("windows-1252", "ignore") + "\x80-\x9f"
_TRAILING_1251 = _BYTES.decode("windows-1251", "ignore")
# Of the former, those that follow no letter: no quotation mark, dash, sign or space.
_STRANGE = "€ƒˆ‰Š‹ŒŽ˜šœžŸ¡-¦¨¬¯±´-¶¸¼-¿"
_C1 = "\x80-\x84\x86-\x9f"

# One pass that lets nearly all text through: a first byte's character before a second one's.
_SUSPECT = re.compile(f"[{_C1}Â-ôРСв‚√](?:(?<=[{_C1}])|(?=[{_TRAILING}{_TRAILING_1251}ЂÄ]))")
_CAPITAL = "A-ZÀ-ÖØ-Þ"
_CONVICTED = re.compile(
    "|".join(
        (
            f"[{_C1}]",
            # Quotation marks, dashes, arrows, mathematics, dingbats; emoji; a byte order mark.
            f"â€|â[‚„†‡ˆ‰Š‹Œ˜™š›œžŸ][{_TRAILING}]|ðŸ[{_TRAILING}]|ï»¿",
            # Western letters. A capital Ã may end a word in capitals, and punctuation follow it.
            f"Ã[{_STRANGE}]|(?<=[a-z])Ã[{_TRAILING}]|(?<![{_CAPITAL}])Ã(?!’)[{_TRAILING}](?=[a-z])",
            f"(?<![{_CAPITAL}])Ã(?:[©¨ª®²]|\xa0 [a-z])",
            f"(?<![{_CAPITAL}])Â[\xa0-\xbf]",
            # Letters of central Europe and Turkey; there are a village and a brand called Å.
            f"(?<=[a-z])[ÄÅ][{_TRAILING}]|(?<![{_CAPITAL}])[ÄÅ](?![‘’“”–—…™])[{_TRAILING}](?=[a-z])",
            # Cyrillic, Greek, Arabic, Hebrew; Vietnamese; Indian and Asian scripts: in runs.
            f"(?:[ÐÑ][{_TRAILING}]){{2}}|(?:[ÎÏ][{_TRAILING}]){{2}}|(?:[Ø-Û][{_TRAILING}]){{2}}",
            f"(?:×[{_TRAILING}]){{2}}|á[º»][‡ƒˆ‰Š‹ŒŽšœžŸ¡£¥§¯±µ½¿]",
            f"(?:[àáã-ï][{_TRAILING}]{{2}}){{2}}",
            # Read as Windows-1251, and as Mac Roman.
            f"вЂ|(?:[РС][{_TRAILING_1251}]){{3}}|‚Ä[ìîïòôúùû¶]|(?<=[a-z])√[©®±†∂ß°¢£§•¶ü]",
        )
    )
)
# A closing quotation mark has lost its last byte, which Windows-1252 has no character for.
_LOST = re.compile(f"â€(?![{_TRAILING}])")
_AROUND = 20
_WRONG_CODECS = ("latin-1", "sloppy-windows-1252", "sloppy-windows-1251", "mac-roman")
_MOST_TIMES = 2


def repaired(text: str) -> str | None:
    """Give what was meant where text was decoded wrongly, and None where it was not."""
    if not (_SUSPECT.search(text) and _CONVICTED.search(text)):
        return None
    # ftfy takes this one for ordinary where it stands alone.
    mended = _decoded(_LOST.sub("â€\x9d", text)).replace("â„¢", "™")
    return None if mended == text else mended


def is_certain(text: str, mended: str) -> bool:
    """Tell whether what was meant is exactly this text once it is decoded wrongly, or so twice.

    It is not where the text has other characters besides, which were decoded rightly.
    """
    import ftfy.bad_codecs  # noqa: F401, PLC0415 - it knows how programs decode in practice

    wrong = {mended}
    for _ in range(_MOST_TIMES):
        wrong = {other for each in wrong for other in _decoded_wrongly(each)}
        if text in wrong:
            return True
    return False


def _decoded_wrongly(text: str) -> Iterator[str]:
    for codec in _WRONG_CODECS:
        with suppress(UnicodeDecodeError):
            yield text.encode().decode(codec)


def _decoded(text: str) -> str:
    """Decode as often as ftfy knows how to, but no more once nothing is wrong."""
    # Loaded for the rare text only: it takes longer to load than a document to read.
    from ftfy import TextFixerConfig, apply_plan, fix_encoding_and_explain  # noqa: PLC0415

    # What else has lost a byte is not guessed.
    config = TextFixerConfig(restore_byte_a0=False, replace_lossy_sequences=False)
    steps: list[tuple[str, str]] = []
    for step in fix_encoding_and_explain(text, config).explanation or ():
        steps.append(step)
        if step.action in {"decode", "apply"} or step.parameter == "fix_c1_controls":
            text = apply_plan(text, steps)
            steps = []
            if not _CONVICTED.search(text):
                break
    return text


def meant(text: str, mended: str) -> str:
    """Give the mended words around the place where text and mended text part."""
    place = first_difference(text, mended)
    start = mended.rfind(" ", 0, place) + 1
    return mended[max(start, place - _AROUND) : place + _AROUND].strip()


def first_difference(text: str, mended: str) -> int:
    """Give the index, counted from 0, at which two texts part."""
    pairs = zip(text, mended, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(text), len(mended)))
