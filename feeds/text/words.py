"""Text to the words that tell what it is about, in whatever language it is."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from itertools import chain

from feeds.text.clean import UNSPACED

# Chinese, Japanese, Thai, Lao, Khmer and Burmese are written without spaces: what is between
# two signs is no word there, but two characters next to each other are nearly one.
_UNSPACED = re.compile(f"[{UNSPACED}]+")
# What `\w` leaves out: accents, and the vowel signs of Hebrew, Arabic, Indic and Thai scripts.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0970-\u0dff\u0e00-\u0eff\u0f71-\u0f84\u1000-\u109f\u1780-\u17ff"
)
_WORD = re.compile(rf"[\w{_MARKS}]+(?:'[\w{_MARKS}]+)*")
# The same in text that needs no folding but that of case, as most does.
_ASCII_WORD = re.compile(r"\w+(?:'\w+)*", re.ASCII)
_POSSESSIVE = re.compile(r"'s?\Z")
_ELISION = re.compile(r"\A(?:[cdjlmnst]|qu|all|dall|dell|nell|sull)'(?=.)")
_SHORTEST_PLURAL = 4

# Words that stand in texts about anything. Rarity finds them, too, but not among few texts.
_COMMON_WORDS = {
    "English": (
        "a about after again all also am an and any are as at be because been before being but "
        "by can could did do does doing down during each few for from further get gets got had "
        "has have having he her here hers him his how i if in into is it its just like may me "
        "might more most much must my new no nor not now of off on once one only or other our "
        "ours out over own per said same say says she should so some such than that the their "
        "theirs them then there these they this those through to too under until up upon "
        "very via was we were what when where which while who whom why will with would you your "
        "yours"
    ),
    "German": (
        "aber als am an auch auf aus bei bis da das dass dem den der des die doch du durch ein "
        "eine einem einen einer eines er es für haben hat hatte ich ihr im in ist ja kann kein "
        "keine mehr mit nach nicht noch nur ob oder ohne sein sich sie sind so um und uns "
        "unter vom von vor waren was wenn werden wie wir wird wo zu zum zur zwischen über"
    ),
    "French": (
        "au aux avec ce ces cette comme dans de des du elle elles en est et eux il ils je la le "
        "les leur leurs lui ma mais me mes mon même ne nos notre nous on ont ou où par pas plus "
        "pour qu que qui sa sans se ses son sont sous sur ta te toi ton tu un une vos votre "
        "vous être"
    ),
    "Spanish and Portuguese": (
        "al ante com como con contra cual da das de del desde do dos e el ela ele ella ellos em "
        "en entre era es esa ese eso esta este esto está foi fue ha han hay isso la las lo los "
        "mais mas mi muito muy más na nas no nos não o os para pela pelo pero por porque que "
        "quem quién se sem ser seu seus si sin sobre son su sua sus são también também te tem "
        "tiene todo todos um uma un una uno y ya"
    ),
    "Italian and Dutch": (
        "aan agli alla alle als anche bij che chi ci col come da dal dalla dan dat de degli "
        "dei del della delle deze di die dit door e ed een en er geen gli ha haar hanno heeft "
        "het hij hoe hun i ik il in io is kan la le lei lo loro lui ma maar meer met naar nel "
        "nella niet nog non o of om onder ook op over per perché più quale questa questo se si "
        "sono sua sul sulla suo te tot tra uit un una uno van veel voor waar was wat we wel "
        "werd wie wij worden wordt zal ze zij zijn zo"
    ),
}
_COMMON = frozenset(word for words in _COMMON_WORDS.values() for word in words.split())


def telling_words(text: str) -> list[str]:
    """Give the words of a text that say something, in its order, so that they can be compared.

    In NFKC and case-folded, without the words that stand anywhere, elided articles, possessives
    and plural endings. Where a script does not separate words, each two characters are one.
    """
    return list(chain.from_iterable(map(_told_by, plain_words(text))))


def searchable(text: str) -> str:
    """Give a text as it is searched: in NFKC and case-folded, unspaced scripts in pairs.

    Each character of these begins a word, the last one of a run one of its own.
    """
    return _in_pairs(text, lambda run: f" {' '.join(_pairs_of(run[0]))} {run[0][-1]} ")


def sought(text: str) -> str:
    """Give a text as it is looked for among searchable ones: its words are in theirs in a row."""
    return _in_pairs(text, lambda run: f" {' '.join(_pairs_of(run[0]))} ")


def is_unspaced(text: str) -> bool:
    """Whether any of a text is in a script that does not separate words."""
    return not text.isascii() and _UNSPACED.search(text) is not None


def count_words(words: Collection[str]) -> float:
    """Count words that `telling_words` gave, two characters of an unspaced script as half a one."""
    if all(map(str.isascii, words)):
        return len(words)
    return sum(1 if word.isascii() or not _UNSPACED.match(word) else 0.5 for word in words)


def plain_words(text: str) -> list[str]:
    """Give all words of a text as they stand there, but for NFKC and their case."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return _WORD.findall(folded)


# Most words of a text stand in others, too.
@lru_cache(maxsize=16_384)
def _told_by(written: str) -> tuple[str, ...]:
    """Give what a word as it is written says: mostly one word or none."""
    word = written
    if "'" in word:
        word = _ELISION.sub("", _POSSESSIVE.sub("", word))
    if word in _COMMON:
        return ()
    if word.isascii() or not _UNSPACED.search(word):
        return (_singular(word),)
    return tuple(_pairs(word))


def _singular(word: str) -> str:
    """Take the plural ending off, as it is in English, French, Spanish and Portuguese."""
    if len(word) >= _SHORTEST_PLURAL and word[-1] == "s" and word[-2] not in "sui":
        return word[:-1]
    return word


def _pairs(word: str) -> Iterator[str]:
    """Give what is between unspaced runs as it is, and of these each two characters."""
    end = 0
    for run in _UNSPACED.finditer(word):
        if end < run.start():
            yield word[end : run.start()]
        end = run.end()
        yield from _pairs_of(run[0])
    if end < len(word):
        yield word[end:]


def _in_pairs(text: str, write: Callable[[re.Match[str]], str]) -> str:
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return _UNSPACED.sub(write, folded)


def _pairs_of(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(max(1, len(run) - 1)))
