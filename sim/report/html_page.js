// Draws the line charts of the page with uPlot in place of the still drawings, which stay for print and for readers
// without scripts. Each figure.plot holds its data as JSON; html_plots.cc writes it. Colours are the variables of the
// style sheet. Charts of one run share cursor and zoom.
"use strict";
(() => {
  const DASHES = [[], [7, 3], [2, 3], [10, 3, 2, 3], [4, 2]];
  const DECIMALS = {count: 1, mean: 2, percent: 2};
  // 1, 2, 5, 10, ...: steps of an axis that counts.
  const WHOLE = [...Array(15).keys()].flatMap(power => [1, 2, 5].map(factor => factor * 10 ** power));
  const HINT = "Drag to zoom, double click to see all. By keyboard: arrows, + and -, Escape.";
  const groups = new Map();

  const color = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const font = () => `12px ${getComputedStyle(document.body).fontFamily}`;
  const number = (value, decimals) => value.toLocaleString("en-US", {maximumFractionDigits: decimals});
  const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

  function valueText(unit, value) {
    if (value == null) return "-";
    if (unit === "percent") return number(value, DECIMALS.percent) + " %";
    if (unit !== "bytes") return number(value, DECIMALS[unit]);
    const power = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), 4);
    return `${number(value / 1000 ** power, power ? 1 : 0)} ${["B", "kB", "MB", "GB", "TB"][power]}`;
  }
  const secondsText = seconds => number(seconds, 3) + " s";

  // Every value holds from its step's begin; the last one is told again at the run's end.
  function timeColumns(data) {
    const divisor = {mean: 1000, percent: 10000}[data.unit] || 1;
    const seconds = data.lines[0].values.map((_, i) => i * data.step_s);
    const end = data.end_us / 1e6;
    const repeat = end > seconds[seconds.length - 1];
    const columns = data.lines.map(line => line.values.map(value => value / divisor));
    if (repeat) columns.forEach(column => column.push(column[column.length - 1]));
    return [repeat ? [...seconds, end] : seconds, ...columns];
  }

  // The shares at every instant at which one of the lines rises, with a margin on both sides.
  function cdfColumns(data) {
    const instants = [...new Set(data.lines.flatMap(line => line.at_us))].sort((a, b) => a - b);
    const margin = Math.max((instants[instants.length - 1] - instants[0]) / 40, 1000);
    instants.unshift(Math.max(instants[0] - margin, 0));
    instants.push(instants[instants.length - 1] + margin);
    const columns = data.lines.map(line => {
      let reached = 0;
      return instants.map(at => {
        while (reached < line.at_us.length && line.at_us[reached] <= at) ++reached;
        return line.share_ppm / 10000 * reached / line.at_us.length;
      });
    });
    return [instants.map(us => us / 1e6), ...columns];
  }

  // The injections, numbered as in the table of incidents where there is room.
  function drawMarks(plot, marks) {
    const {ctx, bbox} = plot;
    const pixel = uPlot.pxRatio;
    let free = -Infinity;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = color("bad");
    ctx.lineWidth = pixel;
    ctx.setLineDash([4 * pixel, 3 * pixel]);
    ctx.font = `${11 * pixel}px system-ui, sans-serif`;
    ctx.textAlign = "left";
    for (const mark of marks) {
      const x = Math.round(plot.valToPos(mark.at_us / 1e6, "x", true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      if (x < free) continue;
      ctx.fillText(mark.number, x + 3 * pixel, bbox.top + 10 * pixel);
      free = x + 20 * pixel;
    }
    ctx.restore();
  }

  function axis(more) {
    const line = {stroke: () => color("line"), width: 1};
    return {stroke: () => color("soft"), font: font(), grid: line, ticks: line, ...more};
  }

  class Chart {
    constructor(figure) {
      this.data = JSON.parse(figure.querySelector("script").textContent);
      this.columns = this.data.kind === "time" ? timeColumns(this.data) : cdfColumns(this.data);
      this.group = groups.get(this.data.group) || {charts: [], range: null};
      if (this.data.group) groups.set(this.data.group, this.group);
      this.group.charts.push(this);

      this.box = document.createElement("div");
      this.box.className = "chart";
      this.box.tabIndex = 0;
      this.box.setAttribute("role", "slider");
      this.box.setAttribute("aria-label", this.data.title +
        ": chart. Arrows, Page Up and Down, Home and End move; plus and minus zoom, Escape shows all.");
      this.box.addEventListener("keydown", event => this.onKey(event));
      this.box.addEventListener("focus", () => this.draw());
      this.bar = document.createElement("div");
      this.bar.className = "plotbar";
      this.reset = document.createElement("button");
      this.reset.type = "button";
      this.reset.textContent = "Show all";
      this.reset.hidden = true;
      this.reset.addEventListener("click", () => { this.box.focus(); this.zoom(...this.full()); });
      this.bar.append(this.reset);
      if (this.group.charts.length === 1) {
        const hint = document.createElement("p");
        hint.className = "soft hint";
        hint.textContent = HINT;
        figure.append(hint);
      }
      this.announce(0);
      figure.append(this.box, this.bar);
      figure.classList.add("drawn");
    }

    full() {
      const seconds = this.columns[0];
      return [seconds[0], seconds[seconds.length - 1]];
    }

    // Only once, when the reader comes near.
    draw() {
      if (this.plot) return;
      this.plot = this.box.uplot = new uPlot(this.options(), this.columns, this.box);
      this.bindNames();
      if (this.group.range) this.plot.setScale("x", this.group.range);
      new ResizeObserver(() => this.resize()).observe(this.box);
    }

    options() {
      const {unit, marks = [], group, lines} = this.data;
      const shared = group ? {key: group, filters: {pub: type => type === "mousemove" || type === "mouseleave"}} : {};
      return {
        width: this.box.clientWidth,
        height: this.box.clientHeight,
        cursor: {y: false, drag: {x: true, y: false}, sync: shared, move: (plot, left, top) => [this.snap(plot, left), top]},
        legend: {
          markers: {width: 2, stroke: (_, i) => `var(--${lines[i - 1].color})`, fill: (_, i) => `var(--${lines[i - 1].color})`},
          mount: (_, legend) => this.bar.prepend(legend),
        },
        scales: {x: {time: false}, y: {range: (_, least, most) => [0, unit === "percent" && !group ? 102 : most * 1.05 || 1]}},
        axes: [
          axis({values: (_, ticks) => ticks.map(tick => number(tick, 3) + " s"), space: 70, size: 34}),
          // As wide in every chart, so that the seconds stand below each other.
          axis({values: (_, ticks) => ticks.map(tick => valueText(unit, tick)), size: 72, ...(unit === "count" && {incrs: WHOLE})}),
        ],
        series: [
          {label: group ? "at" : "after", value: (_, value) => value == null ? "-" : secondsText(value)},
          ...lines.map((line, i) => ({
            label: line.label,
            stroke: () => color(line.color),
            width: 1.5,
            dash: group ? [] : DASHES[i % DASHES.length],
            paths: uPlot.paths.stepped({align: 1}),
            points: {show: false},
            value: (_, value) => valueText(unit, value),
          })),
        ],
        hooks: {
          draw: [plot => drawMarks(plot, marks)],
          setCursor: [plot => plot.cursor.idx != null && this.announce(plot.cursor.idx)],
          setScale: [(plot, key) => key === "x" && this.zoomed(plot)],
          setSeries: [plot => this.toggled(plot)],
        },
      };
    }

    // A value holds from its point on: the cursor stands on the point whose values it tells.
    snap(plot, left) {
      if (left < 0) return left;
      const [first, last] = this.inView(plot);
      let index = first;
      while (index < last && plot.valToPos(this.columns[0][index + 1], "x") <= left + 0.5) ++index;
      return clamp(plot.valToPos(this.columns[0][index], "x"), 0, plot.over.clientWidth);
    }

    // A line's name in the legend hides and shows it, by mouse and by keyboard.
    bindNames() {
      this.names = [...this.bar.querySelectorAll(".u-series th")].slice(1);
      for (const name of this.names) {
        name.tabIndex = 0;
        name.setAttribute("role", "button");
        name.setAttribute("aria-pressed", "true");
        name.addEventListener("keydown", event => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          name.click();
        });
      }
    }

    toggled(plot) {
      this.names.forEach((name, i) => name.setAttribute("aria-pressed", plot.series[i + 1].show));
    }

    // What a screen reader says of the values at `index`.
    announce(index) {
      const at = this.columns[0][index];
      const values = this.data.lines.map((line, i) => `${line.label} ${valueText(this.data.unit, this.columns[i + 1][index])}`);
      const [least, most] = this.full();
      this.box.setAttribute("aria-valuemin", least);
      this.box.setAttribute("aria-valuemax", most);
      this.box.setAttribute("aria-valuenow", at);
      this.box.setAttribute("aria-valuetext", `${secondsText(at)}: ${values.join(", ")}`);
    }

    resize() {
      const {clientWidth: width, clientHeight: height} = this.box;
      const same = width === this.plot.width && height === this.plot.height;
      if (width > 0 && height > 0 && !same) this.plot.setSize({width, height});
    }

    zoomed(plot) {
      const {min, max} = plot.scales.x;
      const [least, most] = this.full();
      this.reset.hidden = !(min > least || max < most);
      this.group.range = {min, max};
      for (const {plot: other} of this.group.charts) {
        if (!other || other === plot) continue;
        const {min: low, max: high} = other.scales.x;
        if (low !== min || high !== max) other.setScale("x", {min, max});
      }
    }

    zoom(from, to) {
      const [least, most] = this.full();
      const [min, max] = [Math.max(from, least), Math.min(to, most)];
      if (max > min) this.plot.setScale("x", {min, max});
    }

    // The first and the last point in view.
    inView(plot) {
      const seconds = this.columns[0];
      const {min, max} = plot.scales.x;
      const first = seconds.findIndex(at => at >= min);
      const beyond = seconds.findIndex(at => at > max);
      return [first, (beyond < 0 ? seconds.length : beyond) - 1];
    }

    move(index) {
      const [first, last] = this.inView(this.plot);
      const left = this.plot.valToPos(this.columns[0][clamp(index, first, last)], "x");
      this.plot.setCursor({left, top: this.plot.over.clientHeight / 2}, true, true);
    }

    // About the cursor, which stays where it is.
    scale(factor) {
      const {min, max} = this.plot.scales.x;
      const here = this.plot.cursor.idx;
      const middle = here == null ? (min + max) / 2 : this.columns[0][here];
      this.zoom(middle - (middle - min) * factor, middle + (max - middle) * factor);
      // uPlot zooms in a microtask.
      if (here != null) queueMicrotask(() => this.move(here));
    }

    onKey(event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const [first, last] = this.inView(this.plot);
      const here = this.plot.cursor.idx;
      const step = event.shiftKey ? 10 : 1;
      const actions = {
        ArrowLeft: () => this.move(here == null ? last : here - step),
        ArrowRight: () => this.move(here == null ? first : here + step),
        PageUp: () => this.move((here || 0) + 10),
        PageDown: () => this.move(here == null ? last : here - 10),
        Home: () => this.move(first),
        End: () => this.move(last),
        "+": () => this.scale(0.5),
        "=": () => this.scale(0.5),
        "-": () => this.scale(2),
        Escape: () => this.zoom(...this.full()),
      };
      if (!Object.hasOwn(actions, event.key)) return;
      event.preventDefault();
      actions[event.key]();
    }
  }

  const charts = new Map();
  const near = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      charts.get(entry.target).draw();
    }
  }, {rootMargin: "600px"});
  for (const figure of document.querySelectorAll("figure.plot")) {
    const chart = new Chart(figure);
    charts.set(chart.box, chart);
    near.observe(chart.box);
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const {plot} of charts.values()) if (plot) plot.redraw(false);
  });
})();
