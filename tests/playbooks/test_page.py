# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the HTML report in a browser: rows, filters, screen widths, accessibility and script injection."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from ._playbook import ROOT, Audit
from .conftest import DESIRED, SCRIPT_INJECTION, TEMPLATE_INJECTION

#: The verdicts, in the order of the rows on the page.
VERDICTS = ["failed", "drifted", "drifted", "missing", "unexpected", "in sync"]
PHONE, DESKTOP = 375, 1280
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


@pytest.fixture
def page(chromium: Chrome, unreadable_audit: Audit) -> Iterator[Chrome]:
    """The page, opened in a browser with a desktop screen width."""
    resize(chromium, DESKTOP)
    chromium.get(unreadable_audit.page().as_uri())
    yield chromium
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def resize(chromium: Chrome, width: int) -> None:
    """Set the screen width in CSS pixels."""
    chromium.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width == PHONE},
    )


def rows(page: Chrome) -> list[WebElement]:
    """Return the visible rows, including those outside the viewport."""
    script = "return [...document.querySelectorAll('tbody')].filter((row) => row.checkVisibility())"
    found: list[WebElement] = page.execute_script(script)
    return found


def verdicts(page: Chrome) -> list[str]:
    """Return the verdicts of the visible rows."""
    return [row.find_element(By.CSS_SELECTOR, ".badge").text for row in rows(page)]


def select_verdict(page: Chrome, verdict: str) -> None:
    """Click the total for a verdict."""
    page.find_element(By.CSS_SELECTOR, f"label[data-verdict='{verdict}']").click()


def search(page: Chrome, text: str) -> None:
    """Replace the text in the search field."""
    field = page.find_element(By.ID, "text")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(text)


def shown_count(page: Chrome) -> str:
    """Return the displayed text that states the number of visible rows."""
    return page.find_element(By.TAG_NAME, "output").text


def console_messages(page: Chrome) -> list[str]:
    """Return the console messages written since the last call."""
    entries: list[dict[str, str]] = page.execute("getLog", {"type": "browser"})["value"]
    return [entry["message"] for entry in entries]


def needs_horizontal_scrolling(page: Chrome) -> bool:
    """Return whether the page requires horizontal scrolling."""
    script = "return document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
    return bool(page.execute_script(script))


def test_the_page_has_a_row_for_each_config(page: Chrome) -> None:
    assert verdicts(page) == VERDICTS
    totals = page.find_elements(By.CSS_SELECTOR, ".total")
    assert [total.find_element(By.TAG_NAME, "b").text for total in totals] == ["6", "1", "2", "1", "1", "1"]
    assert page.find_element(By.CSS_SELECTOR, ".summary").text == "4 of 6 differ, 1 could not be read"
    assert shown_count(page) == "6 of 6 shown"


def test_desired_and_actual_values_are_displayed_side_by_side(page: Chrome) -> None:
    [drifted] = [row for row in rows(page) if "shop:drifted:LATEST" in row.text]
    lines = drifted.find_elements(By.TAG_NAME, "tr")
    cells = [[cell.text for cell in line.find_elements(By.CSS_SELECTOR, ".option, .value")] for line in lines]
    assert cells[1:] == [["maximum_retry_attempts", "1", "5"], ["stateful_invocation", "false", "true"]]
    for width in (PHONE, DESKTOP):
        resize(page, width)
        declared, actual = (cell.rect for cell in lines[1].find_elements(By.CSS_SELECTOR, ".value"))
        assert declared["y"] == actual["y"]
        assert declared["x"] + declared["width"] <= actual["x"]


@pytest.mark.parametrize("verdict", dict.fromkeys(VERDICTS))
def test_clicking_a_total_filters_by_verdict(page: Chrome, verdict: str) -> None:
    select_verdict(page, verdict)
    assert verdicts(page) == [verdict] * VERDICTS.count(verdict)
    assert shown_count(page) == f"{VERDICTS.count(verdict)} of 6 shown"
    select_verdict(page, "all")
    assert verdicts(page) == VERDICTS


def test_verdict_and_text_filters_are_combined(page: Chrome) -> None:
    search(page, "Stateful_Invocation")
    assert set(verdicts(page)) == {"drifted", "missing", "unexpected"}
    select_verdict(page, "drifted")
    assert [row.find_element(By.TAG_NAME, "th").text for row in rows(page)] == ["shop:drifted:LATEST"]
    search(page, "nothing like this")
    assert rows(page) == []
    assert shown_count(page) == "0 of 6 shown"


def test_the_filter_can_be_used_with_the_keyboard(page: Chrome) -> None:
    page.execute_script("document.querySelector('input[value=all]').focus()")
    ActionChains(page).send_keys(Keys.ARROW_RIGHT).perform()
    assert verdicts(page) == ["failed"]
    page.find_element(By.ID, "text").send_keys(Keys.ENTER)
    assert verdicts(page) == ["failed"]


def test_malicious_values_are_displayed_as_text(page: Chrome, audit: Audit) -> None:
    for url in (page.current_url, audit.page().as_uri()):
        page.get(url)
        [row] = [row for row in rows(page) if "shop:hostile:LATEST" in row.text]
        values = [cell.text for cell in row.find_elements(By.CSS_SELECTOR, ".actual")]
        assert SCRIPT_INJECTION in values
        assert TEMPLATE_INJECTION in values
        assert page.find_element(By.TAG_NAME, "h1").text == DESIRED["title"]
        assert page.title.endswith(DESIRED["title"])
        assert len(page.find_elements(By.TAG_NAME, "script")) == 1
        assert page.find_elements(By.CSS_SELECTOR, "img, iframe, object, embed, link") == []


def test_all_expressions_of_the_template_are_escaped() -> None:
    template = (ROOT / "playbooks" / "templates" / "audit.html.j2").read_text("utf-8")
    expressions = re.findall(r"\{\{ (.*?) \}\}", template)
    macros = tuple(f"{name}(" for name in re.findall(r"\{% macro (\w+)\(", template))
    assert len(expressions) == template.count("{{")
    unescaped = [text for text in expressions if not text.endswith(" | e") and not text.startswith(macros)]
    assert unescaped == []


def test_the_content_security_policy_allows_only_the_inline_script_and_style(
    page: Chrome, unreadable_audit: Audit
) -> None:
    source = unreadable_audit.page().read_text("utf-8")
    for kind in ("style", "script"):
        [inline] = re.findall(rf"<{kind}>(.*?)</{kind}>", source, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in source
    assert "default-src 'none'" in source
    assert console_messages(page) == []
    script = "const injected = document.createElement('script'); injected.text = 'document.title = `harmed`';"
    page.execute_script(f"{script} document.body.append(injected)")
    assert page.title.endswith(DESIRED["title"])
    assert "Content Security Policy" in console_messages(page)[0]


def test_no_resources_are_loaded(page: Chrome) -> None:
    assert page.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)") == []


@pytest.mark.parametrize("width", [320, PHONE, 768, DESKTOP])
def test_the_page_does_not_scroll_horizontally(page: Chrome, width: int) -> None:
    resize(page, width)
    assert not needs_horizontal_scrolling(page)
    overflowing = "(element) => element.getBoundingClientRect().right > innerWidth + 0.5"
    assert page.execute_script(f"return [...document.querySelectorAll('main *')].filter({overflowing})") == []


def test_only_visible_rows_are_printed(page: Chrome) -> None:
    select_verdict(page, "drifted")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    resize(page, 794)  # A4 at 96 dpi
    assert not needs_horizontal_scrolling(page)
    assert not page.find_element(By.ID, "text").is_displayed()
    assert len(rows(page)) == 2
    assert page.find_element(By.TAG_NAME, "thead").is_displayed()
    assert base64.b64decode(page.print_page()).startswith(b"%PDF-")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_sufficient_contrast(page: Chrome, scheme: str) -> None:
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    for verdict in ("all", *dict.fromkeys(VERDICTS)):
        select_verdict(page, verdict)
        contrasts = page.execute_script(CONTRAST_SCRIPT)
        assert len(contrasts) > 10
        assert [(text, ratio) for text, ratio in contrasts if ratio < 4.5] == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_accessibility_tree_contains_a_table(page: Chrome, width: int) -> None:
    resize(page, width)
    nodes = page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = [node["role"]["value"] for node in nodes if not node["ignored"]]
    assert roles.count("table") == 1
    assert roles.count("columnheader") == 5
    assert roles.count("rowheader") == len(VERDICTS)
    assert roles.count("radio") == 6
    unnamed = [node for node in nodes if node["role"]["value"] in ("radio", "searchbox") and not node["name"]["value"]]
    assert unnamed == []


def test_the_page_without_javascript_has_all_rows_but_no_filter(page: Chrome, unreadable_audit: Audit) -> None:
    page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    page.get(unreadable_audit.page().as_uri())
    assert verdicts(page) == VERDICTS
    assert not page.find_element(By.ID, "text").is_displayed()
    assert not page.find_element(By.CSS_SELECTOR, "input[value='all']").is_enabled()
