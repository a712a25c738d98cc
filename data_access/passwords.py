"""Passwords: which are taken, how they are kept, and one-time secrets.

The policy is the profile asvs (OWASP ASVS 5.0, 6.2): length counts, composition does not, nothing ends by the calendar,
and common words and words of this place are refused. GB/T 22239 asks for the contrary; it would be another profile.
"""

import re
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST, LONGEST = 8, 256
# RFC 9106's parameters for where memory is scarce (64 MiB, three passes), on one lane: 0.2 s on a free core.
HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
MOST_AT_ONCE = 2  # each check takes 64 MiB: a crowd at the door must not take the machine
_room = threading.BoundedSemaphore(MOST_AT_ONCE)

# What a password may not consist of, digits and signs at its ends apart.
COMMON = (  # words, parted by blanks
    "password passw0rd qwerty qwertyuiop qwertyui asdfghjkl asdfghjk zxcvbnm iloveyou welcome administrator admin letmein "
    "sunshine princess football monkey dragon baseball abc abcd abcdefg abcdefgh aaaaaaaa changeme secret default "
    "woaini woaini1314 nihao mima wodemima zhongguo china beijing test testtest user guest root master login "
    "qazwsx qazwsxedc qweasd qweasdzxc 1qaz2wsx 1q2w3e4r 1q2w3e4r5t zaq12wsx 5201314 a123456 p@ssw0rd p@ssword "
    "trustno superman computer internet killer shadow michael"
)
OF_THIS_PLACE = (
    "康图 kangtu ordos eerduosi 鄂尔多斯 健康城市 健康中国 健康 healthycity healthy health jiankang city chengshi weijian "
    "weijianwei 卫健委 卫生 weisheng bureau forecast neimenggu inner mongolia leader planner analyst reporter"
)
_WORDS = sorted({*COMMON.split(), *OF_THIS_PLACE.split()}, key=len, reverse=True)
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # without l, o, 0, 1: read out and typed in


def what_is_wrong(password: str, *names: str) -> str | None:
    """Why the password is not taken: "short", "long", "common"; None where it is.

    names: the login and display names, which it may not consist of either.
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    rest = password.lower()
    for word in (*(name.lower() for name in names if name), *_WORDS):
        rest = rest.replace(word, "")
    rest = re.sub(r"[\W_]|\d", "", rest)
    # What is left besides known words, digits and signs: a passphrase has much, "Kangtu@2026" nothing, "12345678" nothing.
    is_digits_of_its_own = password.isdigit() and len(password) >= 14 and len(set(password)) >= 6
    return None if (len(set(rest)) >= 3 or is_digits_of_its_own) else "common"


def hashed(password: str) -> str:
    """The password as it is kept: argon2id."""
    with _room:
        return HASHER.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Whether this is the password that is kept. Takes the same time where none is kept: nobody learns who has an account."""
    with _room:
        try:
            nobodys = _nobodys()  # made by the first who asks, whoever it is
            return HASHER.verify(kept or nobodys, password) and kept is not None
        except (Argon2Error, InvalidHashError, ValueError):
            return False


def _nobodys() -> str:
    if HASHER not in _dummies:
        _dummies.clear()
        _dummies[HASHER] = HASHER.hash(secrets.token_hex(16))
    return _dummies[HASHER]


_dummies: dict[PasswordHasher, str] = {}


def one_time_secret() -> str:
    """A password to be changed at the first log-in: 80 bits, in groups to be read out."""
    letters = [secrets.choice(_LETTERS) for _ in range(16)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, 16, 4))
