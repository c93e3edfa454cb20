"""Thirty-nine phones of English, and what espeak-ng and flite call them."""

PHONES = (
    "aa", "ae", "ah", "ao", "aw", "ay", "b", "ch", "d", "dh", "eh", "er", "ey", "f", "g", "hh", "ih",
    "iy", "jh", "k", "l", "m", "n", "ng", "ow", "oy", "p", "r", "s", "sh", "t", "th", "uh", "uw", "v",
    "w", "y", "z", "zh",
)  # fmt: skip
SILENCE = "SIL"

# espeak-ng's mnemonics without their stress marks. Accents without r differ in the last table.
_ESPEAK = {
    "h": "hh", "j": "y", "N": "ng", "S": "sh", "Z": "zh", "tS": "ch", "dZ": "jh", "T": "th", "D": "dh",
    "t#": "t", "t[": "t", "t2": "t", "?": "t", "r-": "r", "w#": "w", "n-": "n", "l#": "l", "l-": "l",
    "I": "ih", "I2": "ih", "I#": "ih", "E": "eh", "E#": "eh", "a": "ae", "aa": "ae", "a#": "ah", "V": "ah",
    "@": "ah", "@2": "ah", "@-": "ah", "@5": "ah", "@L": "ah l", "0": "aa", "0#": "aa", "A:": "aa", "A": "aa",
    "O": "ao", "O2": "ao", "O:": "ao", "U": "uh", "u:": "uw", "u": "uw", "i": "iy", "i:": "iy",
    "aI": "ay", "aI2": "ay", "eI": "ey", "oU": "ow", "aU": "aw", "OI": "oy", "3": "er", "3:": "er",
    "VR": "er", "IR": "ih r", "A@": "aa r", "O@": "ao r", "o@": "ao r", "e@": "eh r", "i@": "ih r",
    "i@3": "iy er", "U@": "uh r", "aI@": "ay er", "aI3": "ay er", "aU@": "aw er",
}  # fmt: skip
_ESPEAK_WITHOUT_R = {
    "aa": "aa", "A@": "aa", "O@": "ao", "o@": "ao", "e@": "eh ah", "i@": "iy ah", "i@3": "iy ah",
    "3": "ah", "U@": "uh ah", "aI@": "ay ah", "aI3": "ay ah", "aU@": "aw ah",
}  # fmt: skip
_RHOTIC = ("en-US", "scotland", "en-029")
_FLITE = {"ax": "ah", "axr": "er", "pau": SILENCE, "ssil": SILENCE, "h#": SILENCE}
_STRESS = "',%="


def from_espeak(mnemonic: str, voice: str) -> tuple[str, ...] | None:
    """Return our phones for one of espeak-ng's: none for a mere lengthening, None if it is not known."""
    name = mnemonic.lstrip(_STRESS)
    if name.startswith("_") or name in ("", "|", "||"):
        return (SILENCE,)
    if name in (";", ":"):
        return ()
    table = _ESPEAK if any(accent in voice for accent in _RHOTIC) else _ESPEAK | _ESPEAK_WITHOUT_R
    phones = table.get(name, name)
    return tuple(phones.split()) if set(phones.split()) <= set(PHONES) else None


def from_flite(name: str) -> str | None:
    """Return our phone for one of flite's, None if it is not known."""
    phone = _FLITE.get(name, name)
    return phone if phone in PHONES or phone == SILENCE else None
