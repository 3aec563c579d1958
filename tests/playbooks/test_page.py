# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the HTML report in a browser: groups, filters, screen widths, accessibility and script injection.

The pages are created from reports written by hand, except for one page that the ``audit`` playbook creates.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import AUDIT, PREFLIGHT
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from ._playbook import Audit
from ._reports import (
    ATTRIBUTE,
    CONSOLE,
    SCRIPT,
    TEMPLATE,
    TEMPLATED,
    clean_report,
    failed_report,
    full_report,
    preflight_report,
    render,
    single_report,
)
from .conftest import DESIRED, SCRIPT_INJECTION, TEMPLATE_INJECTION

PHONE, DESKTOP = 375, 1280
#: The groups of the page with all verdicts: the heading, and the verdicts of the rows.
GROUPS = {
    "production / shop": [
        "unreadable", "no function", "bad destination", "drifted", "drifted", "drifted", "missing", "unexpected",
        "noncompliant", "unconfigured", "in sync",
    ],
    "production / reports": ["in sync", "in sync"],
    "staging / Functions": ["drifted", "in sync"],
}  # fmt: skip
#: The group with only configurations in sync is folded.
UNFOLDED = {name: found for name, found in GROUPS.items() if set(found) != {"in sync"}}
TOTALS = {"all": 15, **Counter(sorted(itertools.chain(*GROUPS.values()), key=AUDIT.verdicts.index))}
#: Attributes with addresses.
ADDRESSES = (
    "href", "src", "srcset", "action", "formaction", "data", "poster", "background", "cite", "ping", "manifest",
    "xlink:href",
)  # fmt: skip
CONSOLE_LINKS = [CONSOLE.format("resize"), f"https://example.com/{ATTRIBUTE}{SCRIPT}", CONSOLE.format("same")]
# Computes contrast ratios as defined in WCAG 2. Success criterion 1.4.3 requires a ratio of at least 4.5 for text.
CONTRAST_SCRIPT = """
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
const layers = (element) => element
  ? [...layers(element.parentElement), getComputedStyle(element).backgroundColor] : [];
const blend = (colors) => {
  canvas.clearRect(0, 0, 1, 1);
  for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
  return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
};
const light = (rgb) => rgb.map((part) => part / 255)
  .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
  .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
const seen = [...document.querySelectorAll("main *")].filter((element) => element.checkVisibility()
  && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
return seen.map((element) => {
  const behind = layers(element);
  const [one, other] = [light(blend(behind)), light(blend([...behind, getComputedStyle(element).color]))];
  return [element.textContent.trim().slice(0, 40), (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)];
});
"""


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages created from the reports written by hand."""
    folder = tmp_path_factory.mktemp("pages")
    reports = {"full": full_report(), "single": single_report(), "clean": clean_report(), "failed": failed_report()}
    return render({**reports, "preflight": preflight_report()}, folder)


@pytest.fixture
def page(chromium: Chrome, pages: dict[str, Path]) -> Iterator[Chrome]:
    """The page with all verdicts, opened in a browser with a desktop screen width."""
    resize(chromium, DESKTOP)
    chromium.get(pages["full"].as_uri())
    yield chromium
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def resize(chromium: Chrome, width: int) -> None:
    """Set the screen width in CSS pixels."""
    chromium.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width == PHONE},
    )


def find(page: Chrome | WebElement, selector: str) -> WebElement:
    """Return the first element that matches a CSS selector."""
    return page.find_element(By.CSS_SELECTOR, selector)


def texts(page: Chrome | WebElement, selector: str) -> list[str]:
    """Return the displayed texts of the elements that match a CSS selector."""
    return [element.text for element in page.find_elements(By.CSS_SELECTOR, selector)]


def rows(page: Chrome) -> list[WebElement]:
    """Return the visible rows, including those outside the viewport."""
    script = "return [...document.querySelectorAll('.group tbody')].filter((row) => row.checkVisibility())"
    found: list[WebElement] = page.execute_script(script)
    return found


def row(page: Chrome, name: str, verdict: str) -> WebElement:
    """Return the visible row with this ID and verdict."""
    [found] = [one for one in rows(page) if find(one, "th").text == name and find(one, ".badge").text == verdict]
    return found


def groups(page: Chrome) -> dict[str, list[str]]:
    """Return the headings of the visible groups, and the verdicts of their visible rows."""
    script = """
    const visible = (element) => element.checkVisibility();
    return [...document.querySelectorAll(".group")].filter(visible).map((group) => [
      group.querySelector("h2").innerText,
      [...group.querySelectorAll("tbody")].filter(visible).map((row) => row.querySelector(".badge").innerText.trim()),
    ]);"""
    return dict(page.execute_script(script))


def verdicts(page: Chrome) -> list[str]:
    """Return the verdicts of the visible rows."""
    return [*itertools.chain(*groups(page).values())]


def facts(page: Chrome) -> dict[str, str]:
    """Return the facts about the account."""
    return dict(zip(texts(page, ".facts dt"), texts(page, ".facts dd"), strict=True))


def unfold(page: Chrome, selector: str = "details") -> None:
    """Unfold all elements that match a CSS selector."""
    page.execute_script("document.querySelectorAll(arguments[0]).forEach((part) => { part.open = true; })", selector)


def select_verdict(page: Chrome, verdict: str) -> None:
    """Click the total for a verdict."""
    find(page, f"label[data-verdict='{verdict}']").click()


def search(page: Chrome, text: str) -> None:
    """Replace the text in the search field."""
    field = page.find_element(By.ID, "text")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(text)


def shown_count(page: Chrome) -> str:
    """Return the displayed text that states the number of visible rows."""
    return find(page, "output").text


def console_messages(page: Chrome) -> list[str]:
    """Return the console messages written since the last call."""
    entries: list[dict[str, str]] = page.execute("getLog", {"type": "browser"})["value"]
    return [entry["message"] for entry in entries]


def needs_horizontal_scrolling(page: Chrome) -> bool:
    """Return whether the page requires horizontal scrolling."""
    script = "return document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
    return bool(page.execute_script(script))


def insufficient_contrasts(page: Chrome) -> list[tuple[str, float]]:
    """Return the texts whose contrast is insufficient, with their contrast ratios."""
    unfold(page)
    contrasts = page.execute_script(CONTRAST_SCRIPT)
    assert len(contrasts) > 10
    return [(text, ratio) for text, ratio in contrasts if ratio < 4.5]


def accessible_nodes(page: Chrome) -> list[dict[str, Any]]:
    """Return the nodes of the accessibility tree."""
    nodes = page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    return [node for node in nodes if not node["ignored"]]


def test_the_rows_are_grouped_by_account_and_service(page: Chrome) -> None:
    assert groups(page) == {**UNFOLDED, "production / reports": []}
    assert shown_count(page) == "15 of 15 shown"
    find(page, ".group:not([open]) > summary").click()
    assert groups(page) == GROUPS
    counts = (
        "1 unreadable 1 no function 1 bad destination 3 drifted 1 missing 1 unexpected 1 noncompliant 1 unconfigured "
        "1 in sync"
    )
    assert [text.replace("\n", " ") for text in texts(page, ".group .counts")] == [
        counts, "2 in sync", "1 drifted 1 in sync"
    ]  # fmt: skip


def test_a_group_with_only_configurations_in_sync_is_unfolded_if_it_is_the_only_one(
    page: Chrome, pages: dict[str, Path]
) -> None:
    page.get(pages["clean"].as_uri())
    assert groups(page) == {"shop": ["in sync", "in sync"]}
    assert find(page, ".summary").text == "2 configurations in sync"


def test_totals_of_rare_verdicts_are_displayed_only_if_there_are_any(page: Chrome, pages: dict[str, Path]) -> None:
    assert dict(zip(TOTALS, map(int, texts(page, ".total b")), strict=True)) == TOTALS
    assert [text.lower() for text in texts(page, ".total span")] == [*TOTALS]
    page.get(pages["clean"].as_uri())
    assert texts(page, ".total span") == ["All", "Drifted", "Missing", "Unexpected", "In sync"]
    assert texts(page, ".total b") == ["2", "0", "0", "0", "2"]


def test_the_heading_states_the_outcome_and_the_time(page: Chrome) -> None:
    summary = (
        "1 of 3 accounts could not be audited, 7 of 11 configurations differ, 1 could not be read, "
        "1 has a bad destination, 1 violates rules, 1 function without configuration"
    )
    assert find(page, ".summary").text == summary
    assert page.title == f"{summary} · {SCRIPT}"
    assert find(page, ".heading time").text == "2026-11-26 05:00 UTC"
    assert "alicloud.fc 1.1.0" in find(page, ".heading").text


def test_desired_and_current_values_are_displayed_side_by_side(page: Chrome) -> None:
    lines = row(page, "shop:drifted:LATEST", "drifted").find_elements(By.TAG_NAME, "tr")
    cells = [texts(line, ".option, .value") for line in lines]
    assert cells == [["maximum_retry_attempts", "1", "5"], ["stateful_invocation", "false", "true"]]
    for width in (PHONE, DESKTOP):
        resize(page, width)
        desired, current = (cell.rect for cell in lines[1].find_elements(By.CSS_SELECTOR, ".value"))
        assert desired["y"] == current["y"]
        assert desired["x"] + desired["width"] < current["x"] + 1
    assert texts(row(page, "shop:missing:live", "missing"), ".value") == ["3600", "no configuration"]
    assert texts(row(page, "shop:old:LATEST", "unexpected"), ".value") == ["no configuration", "60"]


def test_rows_have_messages_and_rule_names(page: Chrome) -> None:
    gone = row(page, "shop:gone:LATEST", "no function")
    assert texts(gone, ".whole") == ["function 'gone' of service 'shop' does not exist"]
    assert texts(gone, ".option, .value") == ["maximum_retry_attempts", "1", "no configuration"]
    noncompliant = row(page, "shop:drifted:LATEST", "noncompliant")
    assert texts(noncompliant, ".rule") == ["few retries"]
    assert texts(noncompliant, ".value") == ["at most 3", "5"]
    bad = row(page, "shop:resize:LATEST", "bad destination")
    assert texts(bad, ".whole") == [f"destination_config: {SCRIPT} has no role."]
    assert texts(bad, ".option, .value") == []
    assert texts(row(page, "shop:mailer", "unconfigured"), ".whole") == ["The function has no configuration."]


def test_changes_since_the_previous_report_are_displayed(page: Chrome, pages: dict[str, Path]) -> None:
    assert find(page, ".since").text == "Since 2026-11-25 05:00 UTC: 1 new, 1 changed, 2 resolved"
    assert texts(row(page, "shop:drifted:LATEST", "drifted"), ".pill") == ["new"]
    assert texts(row(page, "shop:missing:live", "missing"), ".pill") == ["changed"]
    assert texts(page, ".group .pill") == ["new", "changed"]
    assert find(page, ".resolved summary").text.split("\n") == ["Resolved findings", "2"]
    assert texts(page, ".resolved li") == ["", ""]
    find(page, ".resolved summary").click()
    [drifted, hostile] = texts(page, ".resolved li")
    assert drifted.split() == ["production", "shop:cart:LATEST", "drifted"]
    assert hostile.startswith(f"staging {SCRIPT}")
    page.get(pages["single"].as_uri())
    assert page.find_elements(By.CSS_SELECTOR, ".since, .resolved, .group .pill") == []


def test_warnings_are_folded_and_counted(page: Chrome, pages: dict[str, Path]) -> None:
    assert find(page, ".warnings summary").text.split("\n") == ["Warnings", "3"]
    assert texts(page, ".warnings li") == ["", "", ""]
    find(page, ".warnings summary").click()
    assert texts(page, ".warnings h3") == ["production", "staging"]
    warnings = ["configs[0]: the first warning.", f"configs[1]: {SCRIPT}", "Another one."]
    assert texts(page, ".warnings li") == warnings
    page.get(pages["clean"].as_uri())
    assert page.find_elements(By.CSS_SELECTOR, ".notes") == []


def test_identical_differences_are_folded_and_list_their_configurations(page: Chrome) -> None:
    common = find(page, ".common")
    assert common.text.split("\n") == ["Identical differences", "1"]
    find(common, "summary").click()
    assert texts(common, "tbody th") == ["2 configurations"]
    assert texts(common, ".badge, .option, .value") == ["drifted", "maximum_retry_attempts", "1", "5"]
    find(common, ".ids summary").click()
    assert texts(common, ".ids li") == ["production shop:resize:LATEST", "production shop:refund:LATEST"]
    assert len(rows(page)) == 13


def test_several_accounts_are_listed_in_a_table(page: Chrome) -> None:
    lines = [texts(line, "td") for line in page.find_elements(By.CSS_SELECTOR, ".accounts tbody")]
    assert [line[:3] for line in lines] == [
        ["1234567890123456", "cn-hangzhou", "unreadable"],
        ["2345678901234567", "cn-shanghai", "drift"],
        ["unknown", "unknown", "invalid input"],
    ]
    assert lines[1][3].split() == ["1", "drifted", "1", "in", "sync"]
    assert lines[2][3] == f"region: {SCRIPT} is not a region."
    headers = texts(page, ".accounts tbody th")
    assert headers[0].split("\n") == [
        "production",
        "FC 2.0 · configs.yml (0123456) · purge scope: account · https://1234567890123456.cn-hangzhou.fc.aliyuncs.com",
    ]
    assert "(fedcba9, modified)" in headers[1]
    assert page.find_elements(By.CSS_SELECTOR, ".facts, .error") == []


def test_a_single_account_is_described_in_one_line(page: Chrome, pages: dict[str, Path]) -> None:
    page.get(pages["clean"].as_uri())
    assert facts(page) == {
        "Account": "production",
        "Account ID": "1234567890123456",
        "Region": "cn-hangzhou",
        "Generation": "FC 2.0",
        "Endpoint": "https://1234567890123456.cn-hangzhou.fc.aliyuncs.com",
        "Configuration file": "configs.yml (0123456)",
        "Purge scope": "none",
    }
    page.get(pages["single"].as_uri())
    assert "Account" not in facts(page)
    assert "shop" in groups(page)
    assert page.find_elements(By.CSS_SELECTOR, ".accounts") == []


def test_the_error_of_a_single_account_is_prominent(page: Chrome, pages: dict[str, Path]) -> None:
    page.get(pages["failed"].as_uri())
    assert find(page, ".summary").text == "The account could not be read"
    error = find(page, ".error")
    assert error.text == f"GetAccountSettings failed: {SCRIPT} (HTTP 403, AccessDenied). Check the access key."
    assert error.rect["y"] < 250
    assert facts(page)["Account"] == "legacy"
    assert page.find_elements(By.CSS_SELECTOR, ".total, .search, .group") == []
    assert console_messages(page) == []


def test_a_preflight_report_has_its_own_verdicts_and_columns(page: Chrome, pages: dict[str, Path]) -> None:
    page.get(pages["preflight"].as_uri())
    assert find(page, ".summary").text == "3 of 5 configurations not ready, 1 with warnings"
    assert texts(page, ".total span") == ["All", "Failures", "Warning", "OK"]
    assert texts(page, ".total b") == ["6", "3", "1", "2"]
    # The group without findings is folded.
    assert groups(page) == {"shop": ["failure", "failure", "failure", "warning", "ok"], "reports": []}
    assert texts(page, ".group[open] thead th") == ["Configuration", "Verdict", "Message"]
    [denied, *_others] = rows(page)
    assert texts(denied, ".rule") == ["caller"]
    assert texts(denied, ".whole")[0].startswith(f"GetFunctionAsyncInvokeConfig of shop:secret:LATEST failed: {SCRIPT}")
    assert texts(row(page, "shop:same:LATEST", "ok"), ".whole") == ["Ready"]
    assert find(page, ".common summary").text.split("\n") == ["Identical findings", "1"]
    assert "Purge scope" not in facts(page)
    assert find(page, "footer").text == "This check did not change anything."
    select_verdict(page, "warning")
    assert groups(page) == {"shop": ["warning"]}


@pytest.mark.parametrize("verdict", AUDIT.verdicts)
def test_clicking_a_total_filters_by_verdict_and_hides_empty_groups(page: Chrome, verdict: str) -> None:
    select_verdict(page, verdict)
    assert groups(page) == {
        name: [verdict] * found.count(verdict) for name, found in GROUPS.items() if verdict in found
    }
    assert shown_count(page) == f"{TOTALS[verdict]} of 15 shown"
    select_verdict(page, "all")
    assert groups(page) == {**UNFOLDED, "production / reports": []}


def test_verdict_and_text_filters_are_combined(page: Chrome) -> None:
    search(page, "Maximum_Retry_Attempts")
    assert set(verdicts(page)) == {"no function", "drifted", "noncompliant"}
    select_verdict(page, "noncompliant")
    assert [find(one, "th").text for one in rows(page)] == ["shop:drifted:LATEST"]
    search(page, "nothing like this")
    assert groups(page) == {}
    assert shown_count(page) == "0 of 15 shown"


def test_the_name_of_an_account_can_be_searched(page: Chrome) -> None:
    search(page, "STAGING")
    assert groups(page) == {"staging / Functions": GROUPS["staging / Functions"]}


def test_the_filter_can_be_used_with_the_keyboard(page: Chrome) -> None:
    page.execute_script("document.querySelector('input[value=all]').focus()")
    ActionChains(page).send_keys(Keys.ARROW_RIGHT).perform()
    assert verdicts(page) == ["unreadable"]
    page.find_element(By.ID, "text").send_keys(Keys.ENTER)
    assert verdicts(page) == ["unreadable"]


@pytest.mark.parametrize("name", ["full", "failed", "preflight"])
def test_malicious_values_are_displayed_as_text(page: Chrome, pages: dict[str, Path], name: str) -> None:
    page.get(pages[name].as_uri())
    unfold(page)
    if name == "full":
        hostile = row(page, f"{SCRIPT}:LATEST", "drifted")
        assert texts(hostile, ".option, .value")[:3] == [SCRIPT, ATTRIBUTE, TEMPLATED]
        assert texts(hostile, ".rule") == [ATTRIBUTE]
        assert find(page, "h1").text == SCRIPT
        assert texts(row(page, "shop:secret", "unreadable"), ".whole") == [f"Denied: {SCRIPT}"]
    assert "harmed" in find(page, "main").text
    assert page.title != "harmed"
    assert len(page.find_elements(By.TAG_NAME, "script")) == 1
    assert page.find_elements(By.CSS_SELECTOR, "img, iframe, object, embed, link, [onmouseover]") == []
    assert not (pages[name].parent / "harmed").exists()


def test_only_console_links_with_https_leave_the_page(page: Chrome) -> None:
    links = page.find_elements(By.TAG_NAME, "a")
    assert [link.get_dom_attribute("href") for link in links] == CONSOLE_LINKS
    assert {link.get_dom_attribute("rel") for link in links} == {"noopener noreferrer"}
    assert [link.text or link.get_property("textContent") for link in links] == [
        "shop:resize:LATEST", "shop:refund:LATEST", "shop:same:LATEST"
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["full", "single", "clean", "failed", "preflight"])
def test_the_page_has_no_other_addresses(page: Chrome, pages: dict[str, Path], name: str) -> None:
    page.get(pages[name].as_uri())
    script = """
    return [...document.querySelectorAll("*")].filter((element) => !element.matches("a"))
      .flatMap((element) => arguments[0].map((name) => element.getAttribute(name)).filter((value) => value !== null));
    """
    addresses = page.execute_script(script, ADDRESSES)
    assert [address for address in addresses if not re.fullmatch("#icon-[a-z-]+", address)] == []
    style = page.execute_script("return document.querySelector('style').textContent")
    assert "url(" not in style
    assert "@import" not in style
    assert page.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)") == []


def test_all_icons_exist(page: Chrome) -> None:
    script = """return [...document.querySelectorAll("use")].map((use) => use.getAttribute("href"))
      .filter((name) => document.querySelector(name) === null)"""
    assert page.execute_script(script) == []


def test_all_expressions_of_the_template_are_escaped() -> None:
    template = TEMPLATE.read_text("utf-8")
    expressions = re.findall(r"\{\{ (.*?) \}\}", template)
    macros = tuple(f"{name}(" for name in re.findall(r"\{% macro (\w+)\(", template))
    assert len(expressions) == template.count("{{")
    unescaped = [text for text in expressions if not text.endswith(" | e") and not text.startswith(macros)]
    assert unescaped == []
    assert re.findall(r"\|\s*safe\b|autoescape|Markup", template) == []


def test_the_content_security_policy_allows_only_the_inline_script_and_style(
    page: Chrome, pages: dict[str, Path]
) -> None:
    source = pages["full"].read_text("utf-8")
    for kind in ("style", "script"):
        [inline] = re.findall(rf"<{kind}>(.*?)</{kind}>", source, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in source
    assert "default-src 'none'" in source
    assert console_messages(page) == []
    script = "const injected = document.createElement('script'); injected.text = 'document.title = `harmed`';"
    page.execute_script(f"{script} document.body.append(injected)")
    assert page.title != "harmed"
    assert "Content Security Policy" in console_messages(page)[0]


@pytest.mark.parametrize("name", ["full", "single", "clean", "failed", "preflight"])
@pytest.mark.parametrize("width", [320, PHONE, 768, DESKTOP])
def test_the_page_does_not_scroll_horizontally(page: Chrome, pages: dict[str, Path], name: str, width: int) -> None:
    page.get(pages[name].as_uri())
    resize(page, width)
    unfold(page)
    assert not needs_horizontal_scrolling(page)
    overflowing = "(element) => element.getBoundingClientRect().right > innerWidth + 0.5"
    assert page.execute_script(f"return [...document.querySelectorAll('main *')].filter({overflowing})") == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_names_of_the_verdicts_fit_into_the_totals(page: Chrome, width: int) -> None:
    resize(page, width)
    overflowing = "[...document.querySelectorAll('.total span')].filter((name) => name.scrollWidth > name.clientWidth)"
    assert page.execute_script(f"return {overflowing}.map((name) => name.innerText)") == []


def test_only_visible_rows_are_printed(page: Chrome) -> None:
    select_verdict(page, "drifted")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    resize(page, 794)  # A4 at 96 dpi
    assert not needs_horizontal_scrolling(page)
    assert not page.find_element(By.ID, "text").is_displayed()
    assert verdicts(page) == ["drifted"] * 4
    assert find(page, ".group thead").is_displayed()
    assert texts(page, ".warnings li") == ["", "", ""]
    assert base64.b64decode(page.print_page()).startswith(b"%PDF-")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "selected"),
    [("full", ("all", *AUDIT.verdicts)), ("failed", ()), ("preflight", ("all", *PREFLIGHT.verdicts))],
)
def test_text_has_sufficient_contrast(
    page: Chrome, pages: dict[str, Path], name: str, selected: tuple[str, ...], scheme: str
) -> None:
    page.get(pages[name].as_uri())
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    assert insufficient_contrasts(page) == []
    for verdict in selected:
        select_verdict(page, verdict)
        assert insufficient_contrasts(page) == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_accessibility_tree_contains_a_table_for_each_group(page: Chrome, width: int) -> None:
    resize(page, width)
    unfold(page, ".group")
    nodes = accessible_nodes(page)
    roles = [node["role"]["value"] for node in nodes]
    assert roles.count("table") == len(GROUPS) + 1
    assert roles.count("columnheader") == 5 * (len(GROUPS) + 1)
    assert roles.count("rowheader") == len(verdicts(page)) + 3
    assert roles.count("radio") == len(TOTALS)
    names = [
        node["name"]["value"] for node in nodes if node["role"]["value"] in ("radio", "searchbox", "table", "link")
    ]
    assert all(names)
    assert "Configurations of the service shop in the account production" in names
    headings = [node["name"]["value"] for node in nodes if node["role"]["value"] == "heading"]
    assert headings == [SCRIPT, *GROUPS]


def test_the_page_without_javascript_has_all_rows_but_no_filter(page: Chrome, pages: dict[str, Path]) -> None:
    page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    page.get(pages["full"].as_uri())
    assert groups(page) == {**UNFOLDED, "production / reports": []}
    find(page, ".group:not([open]) > summary").click()
    assert groups(page) == GROUPS
    assert not page.find_element(By.ID, "text").is_displayed()
    assert not find(page, "input[value='all']").is_enabled()


def test_the_playbook_creates_a_page_with_malicious_values_as_text(
    page: Chrome, audit: Audit, unreadable_audit: Audit
) -> None:
    for run in (unreadable_audit, audit):
        page.get(run.page().as_uri())
        unfold(page)
        assert Counter(verdicts(page)) == Counter(run.verdicts().values())
        values = texts(row(page, "shop:hostile:LATEST", "drifted"), ".current")
        assert SCRIPT_INJECTION in values
        assert TEMPLATE_INJECTION in values
        assert find(page, "h1").text == DESIRED["title"]
        assert page.title.endswith(DESIRED["title"])
        assert len(page.find_elements(By.TAG_NAME, "script")) == 1
        assert page.find_elements(By.CSS_SELECTOR, "img, iframe, object, embed, link") == []
        assert console_messages(page) == []
