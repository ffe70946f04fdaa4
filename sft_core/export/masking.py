"""What could name a person in a report that is handed on: e-mail addresses, phone, account and card numbers, masked.

By rule, not by guess: an account number has its check digits, a card number its own, a phone number the form of one.
So most order numbers, dates and versions stay. Names and postal addresses have no such form and are not found.
"""

import re
from functools import partial

EMAIL, IBAN, CARD, PHONE = "[e-mail]", "[IBAN]", "[card number]", "[phone number]"

_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"  # may stand inside a number and nobody sees it
_GAP = rf"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000{_UNSEEN}./()\-\u2010-\u2015\u2212]"
_THIN = rf"[ \u00a0\u2000-\u200a\u202f{_UNSEEN}\-\u2010-\u2015]"

_AT = rf"(?:[@＠]|%40|\s?[\[({{]\s?at\s?[\])}}]\s?)[{_UNSEEN}]*"
_EMAIL = re.compile(
    rf"(?<![\w.+-])[\w.!#$&'*+/=?^`|~{_UNSEEN}-]+{_AT}"
    rf"(?:[\w{_UNSEEN}-]+(?:\.|\s?[\[(]\s?dot\s?[\])]\s?))+[^\W\d_]{{2,}}",
    re.IGNORECASE,
)

# Letters and digits of an account number by country (ISO 13616).
_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE", "BI"), 16),
    **dict.fromkeys(("DK", "FI", "FK", "FO", "GL", "NL", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "SO", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("BF", "BJ", "CI", "DJ", "FR", "GR", "IT", "MC", "ML", "MR", "SM", "SN"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HN", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    "LC": 32,
    "RU": 33,
}
_IBAN = re.compile(rf"(?<![^\W_])[a-z]{{2}}{_THIN}?\d{{2}}(?:{_THIN}?[a-z0-9]){{11,29}}", re.IGNORECASE)

_CARD = re.compile(rf"(?<!\d)(?<![\d][.,])[2-6](?:{_THIN}?\d){{12,18}}(?!\d)")
_ISSUERS = re.compile(r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[4-7]|30|38|6")

_BEFORE = r"(?<![\w.,+])(?<!\w-)(?:\b[^\W\d_]{2,}(?=0))?"  # "call0170…", but no digits out of a long sign
_AFTER = r"(?!\d|[.,:]\d|-\d)"
_ABROAD = rf"(?:\+|\b00)[1-9](?:{_GAP}{{0,3}}\d){{7,14}}"
_AT_HOME = rf"\(?0[1-9](?:{_GAP}{{0,3}}\d){{7,11}}"
_AMERICAN = rf"\(?[2-9]\d\d\)?{_GAP}{{1,2}}\d{{3}}{_GAP}\d{{4}}"
_PHONES = re.compile(rf"(?P<word>{_BEFORE})(?P<number>{_ABROAD}|{_AT_HOME}|{_AMERICAN}){_AFTER}")
_SAID = re.compile(
    r"(?P<word>\b(?:tel|telephone|telefon|phone|fone?|mobile|mobil|cell|handy|fax|call|text|txt|sms|ring|whatsapp)\b"
    rf"[^\d\n]{{0,16}}?)(?P<number>\+?\(?\d(?:{_GAP}{{0,3}}\d){{6,14}}){_AFTER}",
    re.IGNORECASE,
)
_OTHER = re.compile(  # what a number is that is no phone number, said right before it
    r"(?:\b(?:order|invoice|ticket|reference|ref|tracking|parcel|article|item|serial|sku|isbn|ean|gtin|id|version"
    r"|bestell|auftrag|rechnung|artikel|sendung|vorgang)\w*\W{0,3}(?:(?:no|nr|number|code|id|is|was)\b\W{0,3})*"
    r"|\b(?:customer|account|policy|claim|case|patient|kunden|konto|fall)\W?(?:no|nr|number|nummer|id)\b\W{0,3}"
    r"|[#№]\W?)$",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<![\d.])(?:(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])\1(?:(?:19|20)\d\d|\d\d)"
    r"|(?:0?[1-9]|1[0-2])([./-])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)\d\d"
    r"|(?:19|20)\d\d([./-])(?:0?[1-9]|1[0-2])\3(?:0?[1-9]|[12]\d|3[01]))(?!\d|[./-]\d)"
)
_LOOKED_BACK = 40  # characters before a number in which it may be said what it is


def masked(text: str) -> str:
    """The same text with a word in square brackets in the place of each address or number that could name somebody."""
    if "@" in text or "＠" in text or "%40" in text or _BRACKETED.search(text):
        text = _EMAIL.sub(EMAIL, text)
    if sum(sign.isdigit() for sign in text) < 7:  # none of the numbers is shorter
        return text
    text = _IBAN.sub(_account, text)
    text = _CARD.sub(_card, text)
    text = _SAID.sub(_said, text)
    return _PHONES.sub(partial(_phone, text=text), text)


_BRACKETED = re.compile(r"[\[({]\s?at\s?[\])}]", re.IGNORECASE)


def _account(found: re.Match[str]) -> str:
    """Only the signs that its country gives it, where its check digits are right; what follows stays."""
    whole = found[0]
    length = _LENGTHS.get("".join(sign for sign in whole[:4] if sign.isalpha())[:2].upper(), 0)
    places = [place for place, sign in enumerate(whole) if sign.isalnum()]
    if not length or len(places) < length:
        return whole
    end = places[length - 1] + 1
    signs = "".join(whole[place] for place in places[:length]).upper()
    glued = found.string[found.start() + end :][:1].isalnum()
    return whole if glued or not _iban_is_right(signs) else IBAN + whole[end:]


def _iban_is_right(signs: str) -> bool:
    """ISO 7064: the number with its start moved to its end leaves 1 over 97."""
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


def _card(found: re.Match[str]) -> str:
    digits = [int(sign) for sign in found[0] if sign.isdigit()]
    number = "".join(map(str, digits))
    return CARD if _ISSUERS.match(number) and _luhn_is_right(digits) else found[0]


def _luhn_is_right(digits: list[int]) -> bool:
    """Every second digit from the right doubled: the digits of all of it add up to a multiple of ten."""
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return len(set(digits)) > 1 and sum(doubled) % 10 == 0


def _said(found: re.Match[str]) -> str:
    """A number behind a word such as "call"."""
    number = found["number"]
    stays = _DATE.search(number) or _OTHER.search(found["word"])
    return found[0] if stays else found["word"] + PHONE


def _phone(found: re.Match[str], text: str) -> str:
    word, number = found["word"], found["number"]
    if _DATE.search(number):
        return found[0]
    start = found.start("number")
    other = not number.startswith("+") and _OTHER.search(text[max(0, start - _LOOKED_BACK) : start])
    return found[0] if other else word + PHONE
