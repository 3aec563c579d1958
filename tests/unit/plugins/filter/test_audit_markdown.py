# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter that formats audit reports as Markdown. The documents are rendered as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.audit_markdown import audit_markdown
from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from ansible_collections.alicloud.fc.plugins.plugin_utils import _audit_groups as groups
from ansible_collections.alicloud.fc.plugins.plugin_utils._markdown import code, link, prose, table_head, table_row
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from support.audit_reports import account, brief, difference, report, reports, row

IN_SYNC = row("media:encode:LATEST", "in sync")
URL = "https://fcnext.console.aliyun.com/cn-hangzhou/services/shop/function-detail/resize/LATEST?tab=config&a=b"
QUEUE = "acs:mns:cn-hangzhou:123456789012:/queues/failed/messages"

#: Parts that have a meaning in Markdown, HTML or on GitHub.
PARTS = [
    *"`|<>[]()*_@#&\\~!:.-+=\"'$ 1a",
    "``", "\n", "\n\n", "\t", "  ", "\\|", "\\`", "&lt;", "&#64;", "&amp;", "@octocat", "#12", "GH-12", "www.",
    "https://a.example", "www.a.example", "a@b.example", "0123456789abcdef", "deadbeef", "</code>", "</details>",
    "<b>", "<!--", "-->", "<script>alert(1)</script>", "![a](b)", "[a](javascript:b)", "| --- |", "---", "1. a",
    "- a", ":smile:", "$`a`$", "\x00", "\ud800", "\u202e", "\u00e9", "word", "not set",
]  # fmt: skip
NASTY = st.lists(st.sampled_from(PARTS), max_size=12).map("".join)
PRINTABLE = NASTY.map(printable)
#: The elements in a document.
ALLOWED = {
    "h2", "h3", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "a", "details", "summary",
    "strong",
}  # fmt: skip


class Page(HTMLParser):
    """The elements, text and links in HTML. Entities are decoded."""

    def __init__(self, html: str) -> None:
        """Read the HTML."""
        super().__init__()
        self.elements: set[str] = set()
        self.links: list[str | None] = []
        self.text = ""
        #: The text outside of code.
        self.prose = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record the element. Only links and aligned cells have attributes."""
        self.elements.add(tag)
        self._open.append(tag)
        for name, value in attrs:
            assert (tag, name) in [("a", "href"), ("td", "style"), ("th", "style")]
            if name == "href":
                self.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        """Check that the elements are nested."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Record text."""
        self.text += data
        if "code" not in self._open:
            self.prose += data

    def handle_comment(self, data: str) -> None:
        """Reject comments, which would hide text."""
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        """Reject declarations."""
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        """Reject processing instructions."""
        raise AssertionError(data)


def rendered(markdown: str) -> Page:
    """Return the rendered document."""
    return Page(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


def check_prose(text: str) -> None:
    """Check that GitHub finds nothing to link in text outside of code."""
    assert not re.search(r"[@#<>\[\]`*_|$~\\&]|www\.\S|://|[A-Za-z]+-[0-9]|\b[0-9a-f]{7,40}\b|:[a-z]+:", text), text


# --- Text -------------------------------------------------------------------------------------------------------


@given(PRINTABLE)
@example("a\\")
@example("\\|")
@example("`")
@example(" `a` ")
@example("  ")
@example(" a ")
@example("``` ` ``")
def test_code_is_literal(text: str) -> None:
    for markdown in (f"x {code(text)} x", f"## x {code(text)} x", f"- x {code(text)} x"):
        page = rendered(markdown)
        assert page.text.strip("\n") == f"x {text} x"
        assert page.elements <= {"p", "h2", "ul", "li", "code"}
        assert page.prose.strip("\n") == ("x  x")


@given(PRINTABLE)
@example("1. a")
@example("(a) don't: see 'b' at 12.")
@example("www. a")
@example("deadbeef 1234567 0.")
def test_prose_is_literal(text: str) -> None:
    for markdown, elements in ((prose(text), {"p"}), (f"## {prose(text)}", {"h2"}), (f"- {prose(text)}", {"ul", "li"})):
        page = rendered(markdown)
        assert page.text.strip("\n") == text
        assert page.elements - elements <= {"code", *elements}
        check_prose(page.prose)


def test_plain_words_are_not_code() -> None:
    text = "The service (shop) doesn't exist: HTTP 404, 'NotFound'."
    assert prose(text) == text
    # HTML collapses spaces outside of code.
    assert (prose("a  b"), prose(" a"), prose("a ")) == ("`a  b`", "`  a `", "` a  `")
    assert prose("request id 1-2-3). Ask #12 @me.") == "request id `1-2-3`). Ask `#12 @me`."


@given(st.lists(PRINTABLE, min_size=1, max_size=4), st.booleans())
@example(["a\\", "|"], True)
@example(["\\", "`|`"], True)
def test_table_cells_are_literal(texts: list[str], as_code: bool) -> None:
    cells = [f"x{code(text)}x" if as_code else f"x {prose(text)} x" for text in texts]
    table = f"{table_head(['a'] * len(texts))}\n{table_row(cells)}"
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(table)
    found = [Page(cell).text for cell in re.findall(r"<td>(.*?)</td>", html, re.DOTALL)]
    assert found == [f"x{text}x" if as_code else f"x {text} x" for text in texts]


@given(PRINTABLE, NASTY)
@example("a", "a.example/)](https://b.example")
@example("a", "a.example/&copy;&lt;%7C%")
def test_links_have_one_destination(text: str, end: str) -> None:
    page = rendered(f"x {link(text, f'https://a{end}')} x")
    assert page.text.strip("\n") == f"x {text} x"
    assert len(page.links) == (text != "" and end.isascii() and end != "" and re.search(r"[\x00-\x20]", end) is None)
    for url in page.links:
        assert url is not None
        assert url.startswith("https://a")


@pytest.mark.parametrize(
    "url",
    [None, "", "javascript:alert(1)", "http://a.example", "https://", "https://<b>", "https://a\ud800", " https://a"],
)
def test_other_urls_are_not_linked(url: str | None) -> None:
    assert link("a", url) == "`a`"


def test_urls_are_unchanged() -> None:
    assert rendered(link("a", URL)).links == [URL]


# --- The document -----------------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(reports(NASTY))
def test_reports_cannot_add_markup(audit: dict[str, Any]) -> None:
    for one in (audit, brief(audit)):
        markdown = audit_markdown(one)
        page = rendered(markdown)
        assert page.elements <= ALLOWED
        check_prose(page.prose.replace("\n", " "))
        urls = [entry["console_url"] for entry in one["rows"] if entry["console_url"] is not None]
        assert len(page.links) <= sum(url.startswith("https://") for url in urls)
        assert all(line.isprintable() for line in markdown.split("\n"))


@settings(max_examples=50)
@given(reports(NASTY))
def test_all_findings_are_listed(audit: dict[str, Any]) -> None:
    page = rendered(audit_markdown(audit))
    for one in groups.findings(audit):
        assert printable(one["id"]) in page.text
        assert one["message"] is None or printable(one["message"]) in page.text
        assert one["rule"] is None or printable(one["rule"]) in page.text
        for texts in groups.difference_texts(one):
            assert all(text in page.text for text in texts)
    for entry in audit["accounts"]:
        assert entry["error"] is None or printable(entry["error"]) in page.text
        assert all(printable(warning) in page.text for warning in entry["warnings"])


def test_complete_document() -> None:
    audit = report(row(console_url=URL), IN_SYNC, row(verdict="unreadable", message="The request failed."))
    assert audit_markdown(audit) == (
        "## Asynchronous invocation audit: 1 of 2 configurations differs, 1 could not be read\n\n"
        "Account `123456789012` · `cn-hangzhou` · FC 2.0 · `configs.yml` · commit `0123456` · 2026-11-26 05:00 UTC\n\n"
        "| unreadable | drifted | in sync |\n| ---: | ---: | ---: |\n| 1 | 1 | 1 |\n\n"
        "### `shop`\n\n"
        "| configuration | verdict | option | desired | current |\n| --- | --- | --- | --- | --- |\n"
        "| `shop:resize:LATEST` | unreadable |  |  | The request failed. |\n"
        f"| [`shop:resize:LATEST`]({URL.replace('&', '&amp;')}) | drifted | `maximum_retry_attempts` | `0` | `5` |\n"
    )


def test_document_without_findings() -> None:
    assert audit_markdown(brief(report(IN_SYNC))) == "## 1 configuration in sync\n\n| in sync |\n| ---: |\n| 1 |\n"
    assert audit_markdown({"rows": []}) == "## No configurations to compare\n"


def test_values_are_distinguished_from_descriptions() -> None:
    audit = brief(
        report(
            row(differences=[difference(None, "not set")]), row(verdict="missing", differences=[difference(0, None)])
        )
    )
    markdown = audit_markdown(audit)
    assert "| not set | `not set` |" in markdown
    assert "| `0` | no configuration |" in markdown


def test_several_accounts() -> None:
    accounts = [
        account("prod", config_file="/project/prod/configs.yml", warnings=["Use @octocat."]),
        account("dev", config_file="/project/dev/configs.yml", error="No such host.",
                revision={"commit": "f" * 40, "modified": True}),
    ]  # fmt: skip
    markdown = audit_markdown(report(row(account="prod"), accounts=accounts))
    assert "1 of 2 accounts could not be audited, 1 of 1 configuration differs\n" in markdown
    assert "FC 2.0 · `prod/configs.yml` · commit `0123456`\n" in markdown
    assert "FC 2.0 · `dev/configs.yml` · commit `fffffff` (modified)\n" in markdown
    assert "| account | drifted |\n| --- | ---: |\n| `prod` | 1 |\n| `dev` | - |\n" in markdown
    assert "- `dev`: could not be read: No such host.\n" in markdown
    assert "### `prod` / `shop`\n" in markdown
    assert "<details><summary>1 warning</summary>\n\n- `prod`: Use `@octocat`.\n\n</details>" in markdown


def test_changes_since_the_previous_report() -> None:
    rows = [row("shop:a:LATEST", since="new"), row("shop:b:LATEST", "missing", since="known")]
    gone = [{"account": None, "id": "shop:gone:LATEST", "verdict": "noncompliant", "rule": "few retries"}]
    markdown = audit_markdown(report(*rows, previous={"audited_at": "2026-11-25T05:00:00Z"}, resolved=gone))
    assert "\n\nSince 2026-11-25 05:00 UTC: 1 new, 1 resolved.\n\n" in markdown
    assert "| `0` | `5` | new |\n" in markdown
    assert "- `shop:gone:LATEST`: noncompliant (`few retries`)\n" in markdown
    assert "since" not in audit_markdown(report(*rows))


def test_five_identical_findings_are_combined() -> None:
    rows = [row(f"shop:f{number}:LATEST", account="prod", differences=[difference(QUEUE, None)]) for number in range(5)]
    markdown = audit_markdown(report(*rows, accounts=[account("prod")]))
    assert "### 5 configurations: drifted\n" in markdown
    assert markdown.count(QUEUE) == 1
    assert "### `prod` / `shop`" not in markdown
    assert "<summary>5 configurations</summary>\n\n- `prod` / `shop:f0:LATEST`\n" in markdown
    assert audit_markdown(report(*rows[1:], accounts=[account("prod")])).count(QUEUE) == 4


# --- The limit --------------------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(st.integers(0, 400), st.integers(5000, 60000), st.booleans(), st.data())
def test_long_documents_are_cut_between_findings(count: int, longest: int, same: bool, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(["x", "`|" * 100, "word " * 500]))
    values = [difference("a" if same else number, text) for number in range(count)]
    rows = [
        row(f"s{number % 3}:f{number}:x", account="a", differences=[value] * 2) for number, value in enumerate(values)
    ]
    accounts = [account("a", warnings=[text] * 20), account("b", error=text)]
    markdown = audit_markdown(report(*rows, accounts=accounts), longest)
    assert len(markdown) <= longest
    page = rendered(markdown)
    assert page.elements <= ALLOWED
    listed = len(re.findall(r"^(?:\| |- `a` / )`s[0-2]:f", markdown, re.MULTILINE))
    noted = re.search(r"^\*\*Not listed, .*[ ]([0-9]+) finding", markdown, re.MULTILINE)
    assert listed + (int(noted[1]) if noted else 0) == count
    if listed == count:
        assert noted is None
    elif not same:
        # Each finding is complete: it has a line for each difference.
        assert len(re.findall(r"`maximum_retry_attempts`", markdown)) == 2 * listed


def test_the_first_findings_are_listed() -> None:
    rows = [row(f"shop:f{number}:LATEST", differences=[difference(number)]) for number in range(1000)]
    markdown = audit_markdown(report(*rows))
    assert 59_000 < len(markdown) <= 60_000
    listed = [int(number) for number in re.findall(r"`shop:f([0-9]+):", markdown)]
    assert listed == list(range(len(listed)))
    assert markdown.endswith(f"\n\n**Not listed, because the report is too long:** {1000 - len(listed)} findings.\n")


def test_findings_after_an_omitted_finding_are_omitted() -> None:
    rows = [
        row("shop:a:x", "unreadable", message="word " * 400),
        row("shop:b:x", message="word " * 400),
        row("shop:c:x"),
    ]
    markdown = audit_markdown(brief(report(*rows, row("shop:d:x", message="word " * 300), row("shop:e:x"))), 5000)
    assert ("shop:b:x" in markdown, "shop:d:x" in markdown, "shop:e:x" in markdown) == (True, False, False)
    assert markdown.endswith(" 2 findings.\n")


@settings(max_examples=50)
@given(reports(st.sampled_from(["`|@ " * 300, "a @ " * 300, "\x00" * 500])))
def test_long_text_does_not_exceed_the_smallest_limit(audit: dict[str, Any]) -> None:
    assert len(audit_markdown(audit, 5000)) <= 5000


@pytest.mark.parametrize("longest", [4999, 0, -1, None, "60000"])
def test_invalid_limits_are_rejected(longest: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="longest must be a number that is not less than 5000"):
        audit_markdown(report(), longest)


@pytest.mark.parametrize("value", [None, {"totals": {}}, {"rows": [{"verdict": "drifted"}]}])
def test_other_input_is_rejected(value: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="audit_markdown: the input must be an audit report"):
        audit_markdown(value)
