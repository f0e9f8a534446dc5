"""Vietnamese names: one spelling, one search key, one order (practice note, section 16.2)."""

import unicodedata


def normalise(text: str) -> str:
    """Return the text in NFC with single spaces: macOS files and some keyboards send NFD."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Return the search key of a text: no tones, đ as d, lower case ("Đặng Quẩy" -> "dang quay")."""
    decomposed = unicodedata.normalize("NFD", normalise(text).replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


# Tone marks in the order of a Vietnamese dictionary: a, à, ả, ã, á, ạ.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
# Marks that make another letter (ă, â, ơ): after the plain one.
_LETTERS = {"\u0306": "b", "\u0302": "c", "\u031b": "d"}


def given_name_key(full_name: str) -> str:
    """Return the key that sorts people the Vietnamese way: given name first, then the rest."""
    words = normalise(full_name).split()
    if not words:
        return ""
    return " ".join(_sort_key(word) for word in [words[-1], *words[:-1]])


def _sort_key(word: str) -> str:
    letters, tones = [], []
    for char in unicodedata.normalize("NFD", word.casefold().replace("đ", "d~")):
        if char in _TONES:
            tones.append(_TONES[char])
        elif char in _LETTERS:
            letters.append("~" + _LETTERS[char])
        else:
            letters.append(char)
    return "".join(letters) + "!" + "".join(tones)
