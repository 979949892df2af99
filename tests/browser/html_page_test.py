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

# Marks that show data, not grid lines or labels, in the drawings that are shown.
CHARTS = """
[...document.querySelectorAll('figure svg')].filter(svg => svg.getClientRects().length).map(svg => ({
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

# What the keyboard must reach: what is shown.
FOCUSABLE = ("[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex=\"0\"]')]"
             ".filter(element => element.getClientRects().length)")

# Scrolls to every line chart, so that each is drawn, and back.
DRAW_ALL = """
(async () => {
  const rest = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
  for (const chart of document.querySelectorAll('.chart')) {
    chart.scrollIntoView();
    while (!chart.uplot) await rest();
  }
  window.scrollTo(0, 0);
  await rest();
})()
"""

# Of every line chart: what it holds, and how many of its pixels have the colour of each line that is shown.
PLOTS = """
[...document.querySelectorAll('.chart')].map(chart => {
  const plot = chart.uplot, canvas = chart.querySelector('canvas');
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const count = color => {
    const [r, g, b] = [1, 3, 5].map(at => parseInt(color.slice(at, at + 2), 16));
    let found = 0;
    for (let i = 0; i < pixels.length; i += 4) {
      found += Math.abs(pixels[i] - r) + Math.abs(pixels[i + 1] - g) + Math.abs(pixels[i + 2] - b) < 30
        && pixels[i + 3] > 200;
    }
    return found;
  };
  return {
    title: chart.getAttribute('aria-label').split(': ')[0],
    points: plot.data[0].length,
    lines: plot.series.slice(1).map((line, i) => ({
      label: line.label, color: line._stroke, pixels: count(line._stroke), most: Math.max(...plot.data[i + 1]),
    })),
  };
})
"""

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
        cls.arguments = ("scenarios/quickstart.yaml", "--seeds", "1..20", "--cpu", "redis-7", "--json", "--quiet")
        cls.report = json.loads(run(*cls.arguments, "--html", cls.path))
        cls.page = chromium.Page(1280, 900)
        cls.page.open(pathlib.Path(cls.path).as_uri())
        cls.page.evaluate(DRAW_ALL)

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

    def check_drawings(self, page, least):
        charts = page.evaluate(CHARTS)
        self.assertGreaterEqual(len(charts), least)
        for chart in charts:
            with self.subTest(chart["title"]):
                self.assertGreater(chart["marks"], 0)
                self.assertEqual(chart["outside"], [])

    def test_every_drawing_shows_data_inside_its_frame(self):
        self.check_drawings(self.page, 4)

    def test_on_paper_still_drawings_stand_for_the_line_charts(self):
        count = self.page.evaluate("document.querySelectorAll('figure.plot').length")
        self.page.emulate("print")
        self.check_drawings(self.page, 4 + count)
        self.assertEqual(self.page.evaluate("[...document.querySelectorAll('.chart, .plotbar')].filter("
                                            "element => element.getClientRects().length).length"), 0)
        self.page.emulate("screen", prefers_color_scheme="light")

    def test_every_line_chart_shows_its_lines(self):
        plots = self.page.evaluate(PLOTS)
        self.assertEqual([plot["title"] for plot in plots],
                         ["Cumulative shares of the seeds", "Nodes flagged, as a live node sees it", "Cluster state",
                          "Bus messages per second", "Bus bytes per second", "CPU over time"])
        for plot in plots:
            with self.subTest(plot["title"]):
                self.assertGreater(plot["points"], 20)
                self.assertGreater(len(plot["lines"]), 0)
                for line in plot["lines"]:
                    self.assertGreater(line["most"], 0, line)
                # A line may lie below another one; the last one lies above all.
                self.assertGreater(plot["lines"][-1]["pixels"], 100, plot["lines"][-1])

    def prefer(self, scheme):
        """Has the reader prefer light or dark, and waits until the charts have followed: the last line is var(--detect)."""
        self.page.emulate("screen", prefers_color_scheme=scheme)
        self.until(f"matchMedia('(prefers-color-scheme: {scheme})').matches"
                   " && [...document.querySelectorAll('.chart')].pop().uplot.series.at(-1)._stroke"
                   " === getComputedStyle(document.documentElement).getPropertyValue('--detect').trim()")

    def test_line_charts_take_the_colours_of_the_dark(self):
        self.prefer("light")
        light = self.page.evaluate(PLOTS)
        self.prefer("dark")
        dark = self.page.evaluate(PLOTS)
        self.prefer("light")
        for before, after in zip(light, dark):
            with self.subTest(before["title"]):
                self.assertNotEqual(before["lines"][-1]["color"], after["lines"][-1]["color"])
                self.assertGreater(after["lines"][-1]["pixels"], 100)

    def chart(self, title, expression):
        """Of the chart called so: `chart` its element, `plot` the uPlot, `range` what of the axis is shown."""
        return self.page.evaluate(
            "(() => { const chart = [...document.querySelectorAll('.chart')].find("
            f"chart => chart.getAttribute('aria-label').startsWith('{title}: '));"
            " const plot = chart.uplot, {min, max} = plot.scales.x, range = [min, max];"
            f" return {expression}; }})()")

    def until(self, condition):
        """Waits some frames for what the browser tells the page with a frame of its own."""
        self.assertTrue(self.page.evaluate(
            "(async () => { for (let frame = 0; frame < 300; ++frame) {"
            f" if ({condition}) return true; await new Promise(requestAnimationFrame); }} return false; }})()"), condition)

    def settle(self):
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")

    def test_the_keyboard_moves_the_cursor_and_zooms(self):
        title = "Bus messages per second"
        self.chart(title, "chart.focus()")
        self.page.press("Home", 36)
        self.settle()
        self.assertEqual(self.chart(title, "plot.cursor.idx"), 0)
        for _ in range(3):
            self.page.press("ArrowRight", 39)
        self.page.press("PageUp", 33)
        self.page.press("ArrowLeft", 37)
        self.settle()
        spoken = self.chart(title, "chart.getAttribute('aria-valuetext')")
        values = self.chart(title, "plot.data.slice(1).map(line => line[12])")
        self.assertTrue(spoken.startswith(f"12 s: heartbeats (ping, pong, meet) {values[0]}, FAIL messages 0"), spoken)
        legend = self.chart(title, "chart.nextElementSibling.innerText")
        self.assertIn("12 s", legend)
        # The charts of the same run follow.
        self.assertEqual(self.chart("CPU over time", "plot.cursor.idx"), 12)

        whole = self.chart(title, "range")
        self.page.press("+", 187)
        self.settle()
        zoomed = self.chart(title, "range")
        self.assertAlmostEqual(zoomed[1] - zoomed[0], (whole[1] - whole[0]) / 2, delta=0.01)
        self.assertEqual(self.chart("CPU over time", "range"), zoomed)
        self.assertEqual(self.chart(title, "plot.cursor.idx"), 12)
        self.assertFalse(self.chart(title, "chart.nextElementSibling.querySelector('button').hidden"))
        self.page.press("End", 35)
        self.settle()
        self.assertLessEqual(self.chart(title, "plot.data[0][plot.cursor.idx]"), zoomed[1])
        self.page.press("Escape", 27)
        self.settle()
        self.assertEqual(self.chart(title, "range"), whole)
        self.assertEqual(self.chart("CPU over time", "range"), whole)
        self.assertTrue(self.chart(title, "chart.nextElementSibling.querySelector('button').hidden"))

    def test_the_keyboard_hides_and_shows_a_line(self):
        title = "Bus messages per second"
        name = "chart.nextElementSibling.querySelector('[role=button]')"
        self.chart(title, f"{name}.focus()")
        for shown in (False, True):
            self.page.press("Enter", 13)
            self.settle()
            self.assertEqual(self.chart(title, "plot.series[1].show"), shown)
            self.assertEqual(self.chart(title, f"{name}.getAttribute('aria-pressed')"), str(shown).lower())

    def test_the_mouse_zooms_and_a_double_click_shows_all(self):
        title = "Bus messages per second"
        whole = self.chart(title, "range")
        self.chart(title, "chart.scrollIntoView({block: 'center'})")
        self.settle()
        left, top, width, height = self.chart(
            title, "(({x, y, width, height}) => [x, y, width, height])(plot.over.getBoundingClientRect())")
        y, begin, end = top + height / 2, left + width * 0.4, left + width * 0.6
        self.page.mouse(("mouseMoved", begin, y, 0), ("mousePressed", begin, y, 1), ("mouseMoved", end, y, 1),
                        ("mouseReleased", end, y, 1))
        self.settle()
        zoomed = self.chart(title, "range")
        self.assertAlmostEqual(zoomed[0], whole[1] * 0.4, delta=2)
        self.assertAlmostEqual(zoomed[1], whole[1] * 0.6, delta=2)
        self.page.mouse(*[(kind, begin, y, clicks) for clicks in (1, 2) for kind in ("mousePressed", "mouseReleased")])
        self.settle()
        self.assertEqual(self.chart(title, "range"), whole)

    def test_without_scripts_the_still_drawings_are_shown(self):
        with chromium.Page(1280, 900) as page:
            page.allow_scripts(False)
            page.open(pathlib.Path(self.path).as_uri())
            self.assertEqual(page.evaluate("document.querySelectorAll('.chart').length"), 0)
            self.check_drawings(page, 4 + page.evaluate("document.querySelectorAll('figure.plot').length"))
            self.assertEqual(page.problems, [])

    def test_a_script_that_is_not_the_pages_does_not_run(self):
        with open(self.path, encoding="utf-8") as page:
            html = page.read()
        changed = os.path.join(self.directory.name, "changed.html")
        with open(changed, "w", encoding="utf-8") as out:
            out.write(html.replace("<main>", "<main><script>window.alien = 1</script>", 1))
        with chromium.Page(1280, 900) as page:
            page.open(pathlib.Path(changed).as_uri())
            self.assertIsNone(page.evaluate("window.alien"))
            self.assertEqual(len(page.problems), 1)
            self.assertGreater(page.evaluate("document.querySelectorAll('.chart').length"), 0)

    def test_its_figures_are_the_reports(self):
        text = self.page.evaluate("document.body.innerText")
        self.assertIn(self.report["runs"][0]["digest"], text)
        covered = sorted(run["incidents"][0]["slots_covered_us"] for run in self.report["runs"])
        self.assertIn(f"{covered[-1] // 1000 / 1000:.3f} s", text)

    def test_the_keyboard_reaches_everything(self):
        count = self.page.evaluate(f"{FOCUSABLE}.length")
        self.assertGreater(count, 5)
        self.page.evaluate("document.activeElement.blur()")
        reached = set()
        # Once more than there are: between the last and the first lies the page itself.
        for _ in range(count + 1):
            self.page.press("Tab", 9)
            place, outline = self.page.evaluate(
                f"(() => {{ const all = {FOCUSABLE}, e = document.activeElement, style = getComputedStyle(e);"
                " return [all.indexOf(e), style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth)]; })()")
            if place >= 0:
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
        self.until("[...document.querySelectorAll('.chart')].every(chart => chart.uplot.width < 400)")
        self.assertLessEqual(self.page.evaluate("document.documentElement.scrollWidth"), 400)
        self.page.resize(1280, 900)
        self.until("[...document.querySelectorAll('.chart')].every(chart => chart.uplot.width > 1000)")

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
