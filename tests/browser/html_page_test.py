#!/usr/bin/env python3
"""The HTML page of a run, as a reader's browser shows it.

usage: html_page_test.py <gossamer-sim>, from the root of the repository. Needs Chromium (Debian package chromium).
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import chromium

GOSSAMER_SIM = ""

# Marks that show data, not grid lines or labels.
CHARTS = """
[...document.querySelectorAll('figure svg')].map(svg => ({
  title: svg.querySelector('title').textContent,
  marks: [...svg.querySelectorAll('rect, circle, path:not(.grid):not(.mark)')].filter(mark => {
    const box = mark.getBBox();
    return box.width + box.height > 0 && !mark.classList.contains('zebra');
  }).length,
  outside: [...svg.querySelectorAll('rect, circle, path, text')].filter(mark => {
    const box = mark.getBBox(), view = svg.viewBox.baseVal;
    return box.x < -1 || box.y < -1 || box.x + box.width > view.width + 1 || box.y + box.height > view.height + 1;
  }).map(mark => mark.outerHTML),
}))
"""

FOCUSABLE = "a[href], button, input, select, summary, [tabindex='0']"

# The lowest contrast of any text with what is behind it, by the formula of WCAG 2.
CONTRAST = """
(() => {
  const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const rgb = text => text.match(/[0-9.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  let worst = 21;
  for (const element of document.querySelectorAll('h1, h2, h3, p, a, b, span, td, th, li, pre, svg text')) {
    if (!element.textContent.trim() || element.classList.contains('key')) continue;
    const style = getComputedStyle(element);
    const ink = luminance(rgb(element.closest('svg') ? style.fill : style.color));
    const paper = luminance(behind(element));
    worst = Math.min(worst, (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05));
  }
  return worst;
})()
"""


def run(*arguments):
    return subprocess.run([GOSSAMER_SIM, "run", *arguments], stdout=subprocess.PIPE, check=True).stdout


class HtmlPageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.path = os.path.join(cls.directory.name, "report.html")
        cls.arguments = ("scenarios/quickstart.yaml", "--seeds", "1..20", "--json", "--quiet")
        cls.report = json.loads(run(*cls.arguments, "--html", cls.path))
        cls.page = chromium.Page(1280, 900)
        cls.page.open(pathlib.Path(cls.path).as_uri())

    @classmethod
    def tearDownClass(cls):
        cls.page.__exit__()
        cls.directory.cleanup()

    def test_it_asks_for_nothing_and_complains_of_nothing(self):
        self.assertEqual(self.page.requests, [pathlib.Path(self.path).as_uri()])
        self.assertEqual(self.page.problems, [])

    def test_the_checks_themselves_see_trouble(self):
        bad = os.path.join(self.directory.name, "bad.html")
        with open(bad, "w", encoding="utf-8") as out:
            out.write("<h1 style='color:#aaa;background:#bbb'>x</h1><img src='missing.png'>"
                      "<figure><svg viewBox='0 0 9 9'><title>t</title><path class='grid' d='M0 0L9 99'/></svg></figure>"
                      "<script>console.error('no'); throw 1</script>")
        with chromium.Page(800, 600) as page:
            page.open(pathlib.Path(bad).as_uri())
            self.assertGreaterEqual(len(page.problems), 2)
            self.assertEqual(len(page.requests), 2)
            self.assertLess(page.evaluate(CONTRAST), 2)
            self.assertEqual([(chart["marks"], len(chart["outside"])) for chart in page.evaluate(CHARTS)], [(0, 1)])

    def test_every_chart_shows_data_inside_its_frame(self):
        charts = self.page.evaluate(CHARTS)
        self.assertGreaterEqual(len(charts), 4)
        for chart in charts:
            with self.subTest(chart["title"]):
                self.assertGreater(chart["marks"], 0)
                self.assertEqual(chart["outside"], [])

    def test_its_figures_are_the_reports(self):
        text = self.page.evaluate("document.body.innerText")
        self.assertIn(self.report["runs"][0]["digest"], text)
        covered = sorted(run["incidents"][0]["slots_covered_us"] for run in self.report["runs"])
        self.assertIn(f"{covered[-1] // 1000 / 1000:.3f} s", text)

    def test_the_keyboard_reaches_everything(self):
        count = self.page.evaluate(f"document.querySelectorAll(\"{FOCUSABLE}\").length")
        self.assertGreater(count, 5)
        self.page.evaluate("document.activeElement.blur()")
        reached = set()
        for _ in range(count):
            self.page.press("Tab", 9)
            place, outline = self.page.evaluate(
                f"(() => {{ const all = [...document.querySelectorAll(\"{FOCUSABLE}\")], e = document.activeElement;"
                " return [all.indexOf(e), parseFloat(getComputedStyle(e).outlineWidth)]; })()")
            self.assertGreater(outline, 0)
            reached.add(place)
        self.assertEqual(reached, set(range(count)))

    def test_every_link_leads_somewhere(self):
        dangling = self.page.evaluate(
            "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.hash.slice(1))"
            ".filter(id => !document.getElementById(id))")
        self.assertEqual(dangling, [])

    def test_it_can_be_read_in_light_in_the_dark_and_on_paper(self):
        pages = set()
        for media, scheme in (("screen", "light"), ("screen", "dark"), ("print", "dark")):
            with self.subTest(media=media, scheme=scheme):
                self.page.emulate(media, prefers_color_scheme=scheme)
                self.assertGreaterEqual(self.page.evaluate(CONTRAST), 4.5)
                pages.add((media, self.page.evaluate("getComputedStyle(document.body).backgroundColor")))
        self.page.emulate("screen", prefers_color_scheme="light")
        self.assertEqual(len(pages), 3)

    def test_a_narrow_window_scrolls_inside_the_charts_only(self):
        self.page.resize(400, 800)
        self.assertLessEqual(self.page.evaluate("document.documentElement.scrollWidth"), 400)
        self.page.resize(1280, 900)

    def test_the_same_run_makes_the_same_bytes(self):
        again = os.path.join(self.directory.name, "again.html")
        run(*self.arguments, "--html", again)
        with open(self.path, "rb") as first, open(again, "rb") as second:
            self.assertEqual(first.read(), second.read())


if __name__ == "__main__":
    GOSSAMER_SIM = sys.argv.pop(1)
    if chromium.program() is None:
        sys.exit("html_page_test.py: no Chromium; apt-get install -y chromium")
    unittest.main()
