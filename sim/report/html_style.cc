#include "sim/report/html_style.h"

namespace gossamer::sim {

const std::string_view kHtmlStyle = R"(
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f4f6f9; --ink: #1b2330; --soft: #566173; --line: #d5dbe3;
  --detect: #2f66ad; --agree: #a8690c; --elect: #7548b8; --spread: #1f7a4c; --bad: #b3261e;
  --good: #1f7a4c; --pending: #8a94a3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11151b; --panel: #1a2029; --ink: #e5e9ef; --soft: #a3adbb; --line: #313a46;
    --detect: #7fb0ee; --agree: #e3b45c; --elect: #bd9cf0; --spread: #6cc795; --bad: #f28b82;
    --good: #6cc795; --pending: #7b8696;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem; max-width: 72rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif;
}
h1, h2, h3 { line-height: 1.2; margin: 2rem 0 0.5rem; }
h1 { margin-top: 0; overflow-wrap: anywhere; }
h2 { overflow-wrap: anywhere; border-top: 1px solid var(--line); padding-top: 1rem; }
p { max-width: 48rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
a { color: var(--detect); }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; }
.soft { color: var(--soft); }
.skip { font-size: 0.85rem; }
.cards {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 0.75rem;
  margin: 1rem 0; padding: 0; list-style: none;
}
.cards li {
  background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem;
}
.cards b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.cards span { color: var(--soft); font-size: 0.85rem; }
b.pass { color: var(--good); } b.fail { color: var(--bad); } b.inconclusive { color: var(--agree); }
td.fail { color: var(--bad); font-weight: 600; }
pre {
  background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem;
  overflow-x: auto; font: 0.9rem/1.4 ui-monospace, monospace;
}
.wide { overflow-x: auto; }
.rows { overflow: auto; max-height: 80vh; border: 1px solid var(--line); border-radius: 6px; }
figure { margin: 1rem 0; }
figcaption { color: var(--soft); font-size: 0.9rem; max-width: 48rem; }
svg { display: block; width: 100%; min-width: 40rem; height: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
th, td { padding: 0.2rem 0.6rem; border-bottom: 1px solid var(--line); text-align: right; }
th { color: var(--soft); font-weight: 600; }
table:not(.words) td + td { white-space: nowrap; }
th:first-child, td:first-child, table.words th, table.words td { text-align: left; }
td { overflow-wrap: anywhere; }
.key { display: inline-block; width: 0.9em; height: 0.9em; border-radius: 2px; margin-left: 0.5em; }
.key.detect { background: var(--detect); } .key.agree { background: var(--agree); }
.key.elect { background: var(--elect); } .key.spread { background: var(--spread); }
.key.waits { background: var(--pending); } .key.lost { background: var(--bad); }
details { margin: 0.5rem 0; }
summary { cursor: pointer; }
:focus-visible { outline: 3px solid var(--detect); outline-offset: 2px; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
svg text.tick, svg text.note { fill: var(--soft); font-size: 11px; }
svg text.small { font-size: 11px; }
svg text.end { text-anchor: end; } svg text.mid { text-anchor: middle; }
svg .grid { stroke: var(--line); stroke-width: 1; fill: none; }
svg .mark { stroke: var(--bad); stroke-width: 1; stroke-dasharray: 4 3; fill: none; }
svg .quantile { stroke: var(--ink); stroke-width: 1.5; fill: none; }
svg rect.detect { fill: var(--detect); }
svg circle.detect { fill: var(--page); stroke: var(--detect); stroke-width: 2; }
svg rect.agree, svg circle.agree { fill: var(--agree); }
svg rect.elect, svg circle.elect { fill: var(--elect); }
svg rect.spread, svg circle.spread { fill: var(--spread); }
svg rect.waits { fill: var(--pending); opacity: 0.45; }
svg rect.lost { fill: var(--bad); opacity: 0.6; }
svg rect.zebra { fill: var(--panel); }
svg .area { fill: var(--detect); opacity: 0.35; }
svg .area-agree { fill: var(--agree); } svg .area-elect { fill: var(--elect); }
svg .area-bad { fill: var(--bad); } svg .area-soft { fill: var(--soft); }
svg .curve { fill: none; stroke-width: 1.5; stroke: var(--detect); }
svg .curve-agree { stroke: var(--agree); } svg .curve-elect { stroke: var(--elect); }
svg .curve-spread { stroke: var(--spread); } svg .curve-ink { stroke: var(--ink); }
svg .peakcurve { stroke: var(--agree); stroke-width: 1.5; fill: none; stroke-dasharray: 5 2; }
svg .tail-detect { stroke: var(--detect); } svg .tail-agree { stroke: var(--agree); }
svg .tail-elect { stroke: var(--elect); } svg .tail-spread { stroke: var(--spread); }
svg .tail { stroke-width: 2; fill: none; }
svg .row:focus { outline: 2px solid var(--detect); }
svg .row:hover text, svg .row:focus text { font-weight: 700; }
.chart { display: none; height: 15rem; margin-top: 0.5rem; }
.drawn .chart { display: block; } .drawn .still { display: none; }
.plotbar { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1rem; min-height: 2rem; }
.hint { margin: 0; font-size: 0.85rem; }
.plotbar .u-legend { margin: 0; text-align: left; font-size: 0.85rem; }
.plotbar .u-legend th, .plotbar .u-legend td { border: 0; padding: 0.1rem 0.3rem; }
.plotbar .u-legend th { color: var(--ink); font-weight: 400; }
.plotbar .u-legend .u-value { min-width: 5em; text-align: left; font-weight: 600; }
.plotbar .u-marker { border-radius: 2px; }
.u-select { background: var(--detect); opacity: 0.2; }
.u-hz .u-cursor-x { border-right: 1px dashed var(--soft); }
button {
  font: inherit; font-size: 0.85rem; color: var(--ink); background: var(--panel); cursor: pointer;
  border: 1px solid var(--line); border-radius: 6px; padding: 0.1rem 0.6rem;
}
button[hidden] { display: none; }
footer { margin-top: 2rem; color: var(--soft); font-size: 0.85rem; overflow-wrap: anywhere; }
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --panel: #f4f6f9; --ink: #000000; --soft: #444444; --line: #bbbbbb;
    --detect: #2f66ad; --agree: #a8690c; --elect: #7548b8; --spread: #1f7a4c; --bad: #b3261e;
    --good: #1f7a4c; --pending: #8a94a3;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .skip, .drawn .chart, .drawn .plotbar, .hint { display: none; }
  .drawn .still { display: block; }
  .rows { max-height: none; overflow: visible; border: 0; }
  .wide { overflow: visible; }
  svg { min-width: 0; break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  figure, tr, .cards li { break-inside: avoid; }
  figure.long { break-inside: auto; }
  svg rect, svg circle, svg path, .key { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)";

}  // namespace gossamer::sim
