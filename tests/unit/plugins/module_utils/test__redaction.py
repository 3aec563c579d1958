# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No spelling of a secret gets through, and nothing else is hidden."""

from __future__ import annotations

import base64
import html
import json
import re
import string
from typing import Callable
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._redaction import Redactor
from ansible_collections.alicloud.fc.plugins.module_utils._text import (
    LONGEST_TEXT,
    MASK,
    printable,
    without_password,
)
from hypothesis import assume, given
from hypothesis import strategies as st

#: What keys, tokens and passwords are made of, URL and JSON specials among it.
SECRETS = st.text(st.sampled_from(string.ascii_letters + string.digits + "+/=%&?\"'\\<>é ~."), min_size=4, max_size=60)
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in a URL": lambda secret: quote(secret, safe=""),
    "in a path": quote,
    "in a form": quote_plus,
    "in lower case hex": lambda secret: re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
    "twice in a URL": lambda secret: quote(quote(secret, safe=""), safe=""),
    "in JSON": lambda secret: json.dumps(secret)[1:-1],
    "in JSON as it is": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "in JSON in JSON": lambda secret: json.dumps(json.dumps(secret)[1:-1])[1:-1],
    "in HTML": html.escape,
    "in HTML by numbers": lambda secret: "".join(f"&#{ord(char)};" for char in secret),
    "in HTML by hexadecimal numbers": lambda secret: "".join(f"&#x{ord(char):X};" for char in secret),
    "in escapes of JSON": lambda secret: "".join(f"\\u{ord(char):04x}" for char in secret),
    "in escapes of JSON in JSON": lambda secret: "".join(f"\\\\u{ord(char):04X}" for char in secret),
    "in escapes of Python": lambda secret: "".join(f"\\x{byte:02x}" for byte in secret.encode()),
    "every byte in a URL": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    "in hexadecimal": lambda secret: secret.encode().hex(),
    "in hexadecimal with colons": lambda secret: secret.encode().hex(":").upper(),
    "in lower case": str.lower,
    "in upper case": lambda secret: "".join(char.upper() if char.isascii() else char for char in secret),
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
    "in a header in base64": lambda secret: base64.b64encode(f"X-Token: {secret}\r\nHost: h".encode()).decode(),
    "in base64 for URLs": lambda secret: base64.urlsafe_b64encode(f"{secret}??>>".encode()).decode(),
}


def redactor(*secrets: str, parts: bool = True) -> Redactor:
    known = Redactor()
    known.add(*secrets, parts=parts)
    return known


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(secret=SECRETS, before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_secret_is_hidden_in_every_spelling(spelling: str, secret: str, before: str, after: str) -> None:
    assume(secret.strip())
    spelt = SPELLINGS[spelling](secret)
    assume(spelt not in before + MASK + after)
    hidden = redactor(secret).mask(before + spelt + after)
    assert spelt not in hidden
    assert MASK in hidden


@given(
    secret=st.text(st.sampled_from(string.ascii_letters + string.digits), min_size=16, max_size=200),
    cut=st.tuples(st.integers(0, 200), st.integers(8, 200)),
)
def test_a_longer_part_of_a_long_secret_is_hidden_wherever_it_was_cut_off(secret: str, cut: tuple[int, int]) -> None:
    start, length = cut[0] % (len(secret) - 7), cut[1]
    part = secret[start : start + length]
    assume(len(part) >= 8)
    assert part not in redactor(secret).mask(f"the token {part} is not valid")


@given(secret=SECRETS, text=st.text(max_size=200))
def test_what_holds_no_secret_stays_as_it_is(secret: str, text: str) -> None:
    assume(not any(char in text.lower() for char in secret.lower()))
    assert redactor(secret, parts=False).mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "the request 6F9619FF-8B86-D011-B42D-00CF4FC964FF was refused at 2026-11-25T10:00:00Z",
        "acs:fc:cn-hangzhou:1234567890123456:services/orders.LATEST/functions/publish is not there",
        "c2VydmVy is in base64, %41%42 and &#65; are escaped, and 61:62:63:64:65 is hexadecimal",
    ],
)
def test_ids_names_and_what_is_encoded_without_a_secret_stay_as_they_are(text: str) -> None:
    assert redactor("5tJ8kq2ZsVwY7mNbXcR4aLpE9uGh3d").mask(text) == text


def test_only_the_run_that_holds_the_secret_is_hidden() -> None:
    secret = "5tJ8kq2ZsVwY7mNb"
    packed = base64.b64encode(f"Basic user:{secret}".encode()).decode()
    assert redactor(secret).mask(f"got {packed} from a client") == f"got {MASK}{'=' * packed.count('=')} from a client"


def test_words_of_a_secret_that_is_made_of_words_are_hidden_only_together() -> None:
    known = redactor("http://127.0.0.1:8080/credentials?id=7", parts=False)
    assert known.mask("http://127.0.0.1:8080/other does not answer") == "http://127.0.0.1:8080/other does not answer"
    assert known.mask("http://127.0.0.1:8080/credentials?id=7 does not answer") == f"{MASK} does not answer"


def test_a_very_short_secret_is_hidden_where_it_stands_alone() -> None:
    assert redactor("abc").mask("abc, not abcd or xabc") == f"{MASK}, not abcd or xabc"


def test_nothing_and_an_empty_text_are_no_secrets() -> None:
    known = redactor()
    known.add(None, "")
    assert known.secrets == frozenset()
    assert known.mask("text") == "text"


def test_secrets_that_touch_or_overlap_are_one_mask() -> None:
    assert redactor("first", "stop").mask("a firstop b") == f"a {MASK} b"
    assert redactor("first", "second").mask("a firstsecond b") == f"a {MASK} b"


@given(st.text())
def test_a_text_from_outside_is_one_printable_line_of_bounded_length(text: str) -> None:
    shown = redactor("a secret").text(text)
    assert shown.isprintable()
    assert len(shown) <= LONGEST_TEXT + 40


def test_a_secret_behind_the_cut_is_not_shown_in_part() -> None:
    secret = "k3y" * 10
    shown = redactor(secret).text("x" * (LONGEST_TEXT - 10) + secret + " and more")
    assert "k3yk3y" not in shown


def test_a_cut_says_how_much_is_missing() -> None:
    assert Redactor().text("b" * 700).endswith("b [... 200 more characters]")
    assert Redactor().text("b" * 10**6).endswith(f"b [... {10**6 - LONGEST_TEXT} more characters]")
    assert Redactor().text("b" * LONGEST_TEXT) == "b" * LONGEST_TEXT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\x00b", "a\\x00b"),
        ("\ud800", "\\ud800"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("服务不存在", "服务不存在"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert Redactor().text(text) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:password@host:443", f"https://{MASK}@host:443"),
        ("user:pass#word@host", f"{MASK}@host"),
        ("//user:p@ss@host", f"//{MASK}@host"),
        ("https://host:443", "https://host:443"),
        ("", ""),
    ],
)
def test_a_password_in_a_url_is_hidden_however_badly_it_is_written(url: str, shown: str) -> None:
    assert without_password(url) == shown
