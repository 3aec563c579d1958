# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that secrets are masked in every encoding and that other text is not changed."""

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

#: Characters used in keys, tokens and passwords, including those with a special meaning in URLs and JSON.
SECRETS = st.text(st.sampled_from(string.ascii_letters + string.digits + "+/=%&?\"'\\<>é ~."), min_size=4, max_size=60)
ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "in a URL query": lambda secret: quote(secret, safe=""),
    "in a URL path": quote,
    "in a form": quote_plus,
    "in a URL, lower case": lambda secret: re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
    "URL-encoded twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "in JSON": lambda secret: json.dumps(secret)[1:-1],
    "in JSON, not ASCII only": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "in JSON in JSON": lambda secret: json.dumps(json.dumps(secret)[1:-1])[1:-1],
    "in HTML": html.escape,
    "in HTML, decimal": lambda secret: "".join(f"&#{ord(char)};" for char in secret),
    "in HTML, hexadecimal": lambda secret: "".join(f"&#x{ord(char):X};" for char in secret),
    "JSON escapes": lambda secret: "".join(f"\\u{ord(char):04x}" for char in secret),
    "JSON escapes in JSON": lambda secret: "".join(f"\\\\u{ord(char):04X}" for char in secret),
    "Python escapes": lambda secret: "".join(f"\\x{byte:02x}" for byte in secret.encode()),
    "URL, every byte encoded": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    "in hexadecimal": lambda secret: secret.encode().hex(),
    "in hexadecimal with colons": lambda secret: secret.encode().hex(":").upper(),
    "in lower case": str.lower,
    "in upper case": lambda secret: "".join(char.upper() if char.isascii() else char for char in secret),
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
    "base64 of a header": lambda secret: base64.b64encode(f"X-Token: {secret}\r\nHost: h".encode()).decode(),
    "URL-safe base64": lambda secret: base64.urlsafe_b64encode(f"{secret}??>>".encode()).decode(),
}


def redactor(*secrets: str, parts: bool = True) -> Redactor:
    instance = Redactor()
    instance.add(*secrets, parts=parts)
    return instance


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(secret=SECRETS, before=st.text(max_size=20), after=st.text(max_size=20))
def test_secrets_are_masked_in_every_encoding(encoding: str, secret: str, before: str, after: str) -> None:
    assume(secret.strip())
    encoded = ENCODINGS[encoding](secret)
    assume(encoded not in before + MASK + after)
    masked = redactor(secret).mask(before + encoded + after)
    assert encoded not in masked
    assert MASK in masked


@given(
    secret=st.text(st.sampled_from(string.ascii_letters + string.digits), min_size=16, max_size=200),
    cut=st.tuples(st.integers(0, 200), st.integers(8, 200)),
)
def test_parts_of_long_secrets_are_masked(secret: str, cut: tuple[int, int]) -> None:
    start, length = cut[0] % (len(secret) - 7), cut[1]
    part = secret[start : start + length]
    assume(len(part) >= 8)
    assert part not in redactor(secret).mask(f"the token {part} is not valid")


@given(secret=SECRETS, text=st.text(max_size=200))
def test_text_without_secrets_is_unchanged(secret: str, text: str) -> None:
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
def test_ids_names_and_encoded_text_without_secrets_are_unchanged(text: str) -> None:
    assert redactor("5tJ8kq2ZsVwY7mNbXcR4aLpE9uGh3d").mask(text) == text


def test_only_the_encoded_text_that_contains_the_secret_is_masked() -> None:
    secret = "5tJ8kq2ZsVwY7mNb"
    encoded = base64.b64encode(f"Basic user:{secret}".encode()).decode()
    assert (
        redactor(secret).mask(f"got {encoded} from a client") == f"got {MASK}{'=' * encoded.count('=')} from a client"
    )


def test_secrets_without_parts_are_masked_only_as_a_whole() -> None:
    instance = redactor("http://127.0.0.1:8080/credentials?id=7", parts=False)
    assert instance.mask("http://127.0.0.1:8080/other did not respond") == "http://127.0.0.1:8080/other did not respond"
    assert instance.mask("http://127.0.0.1:8080/credentials?id=7 did not respond") == f"{MASK} did not respond"


def test_very_short_secrets_are_masked_only_as_whole_words() -> None:
    assert redactor("abc").mask("abc, not abcd or xabc") == f"{MASK}, not abcd or xabc"


def test_none_and_empty_strings_are_not_secrets() -> None:
    instance = redactor()
    instance.add(None, "")
    assert instance.secrets == frozenset()
    assert instance.mask("text") == "text"


def test_adjacent_and_overlapping_secrets_share_a_mask() -> None:
    assert redactor("first", "stop").mask("a firstop b") == f"a {MASK} b"
    assert redactor("first", "second").mask("a firstsecond b") == f"a {MASK} b"


@given(st.text())
def test_external_text_becomes_one_printable_line_of_limited_length(text: str) -> None:
    displayed = redactor("a secret").text(text)
    assert displayed.isprintable()
    assert len(displayed) <= LONGEST_TEXT + 40


def test_secrets_are_masked_before_text_is_truncated() -> None:
    secret = "k3y" * 10
    displayed = redactor(secret).text("x" * (LONGEST_TEXT - 10) + secret + " and more")
    assert "k3yk3y" not in displayed


def test_truncated_text_reports_the_number_of_omitted_characters() -> None:
    assert Redactor().text("b" * 700).endswith("b [... 200 more characters]")
    assert Redactor().text("b" * 10**6).endswith(f"b [... {10**6 - LONGEST_TEXT} more characters]")
    assert Redactor().text("b" * LONGEST_TEXT) == "b" * LONGEST_TEXT


@pytest.mark.parametrize(
    ("text", "displayed"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\x00b", "a\\x00b"),
        ("\ud800", "\\ud800"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("服务不存在", "服务不存在"),
    ],
)
def test_control_characters_are_escaped(text: str, displayed: str) -> None:
    assert printable(text) == displayed
    assert Redactor().text(text) == displayed


@pytest.mark.parametrize(
    ("url", "displayed"),
    [
        ("https://user:password@host:443", f"https://{MASK}@host:443"),
        ("user:pass#word@host", f"{MASK}@host"),
        ("//user:p@ss@host", f"//{MASK}@host"),
        ("https://host:443", "https://host:443"),
        ("", ""),
    ],
)
def test_passwords_in_malformed_urls_are_masked(url: str, displayed: str) -> None:
    assert without_password(url) == displayed
