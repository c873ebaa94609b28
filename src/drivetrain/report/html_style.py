"""The one style sheet of the HTML report: light and dark by the reader's own setting, narrow screens, print; no font and no picture is fetched."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --ink: #1b1f24; --quiet: #565f6b; --line: #dde1e7; --link: #0b5cad;
  --good: #17713a; --good-wash: #e3f4e8; --bad: #b3261e; --bad-wash: #fce8e6; --care: #7a5200; --care-wash: #fdf1d6;
  --python: #b7791f; --framework: #6b46c1; --library: #0f766e; --cuda: #4d7c0f; --driver: #475569;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101317; --card: #181c22; --ink: #e8ebef; --quiet: #a3adba; --line: #2d343e; --link: #7db8f5;
    --good: #74d494; --good-wash: #14301e; --bad: #ff9b92; --bad-wash: #3b1715; --care: #f2c566; --care-wash: #35270b;
    --python: #e0a94a; --framework: #a78bfa; --library: #2dd4bf; --cuda: #a3e635; --driver: #94a3b8;
  }
}
* { box-sizing: border-box; }
html { background: var(--ground); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 3rem; line-height: 1.55;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.1rem; margin: 2.4rem 0 .8rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .35rem 0; }
a { color: var(--link); }
p, li, dd, h1, h2, h3, td:last-child, td.says { overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace; font-size: .9em; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem; margin: .5rem 0;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.badge { display: inline-block; border-radius: 1rem; padding: .1rem .7rem; font-size: .85rem; font-weight: 600; border: 1px solid currentColor; }
.good { color: var(--good); background: var(--good-wash); }
.bad { color: var(--bad); background: var(--bad-wash); }
.care { color: var(--care); background: var(--care-wash); }
.plain { color: var(--quiet); }
td .badge, h3 .badge { white-space: nowrap; }
.badges { display: flex; flex-wrap: wrap; gap: .5rem; margin: .7rem 0 0; padding: 0; list-style: none; }

.stack { list-style: none; margin: 0 0 .8rem; padding: 0; display: grid; gap: .45rem; }
.layer { display: grid; grid-template-columns: 7.5rem 1fr; gap: .8rem; align-items: stretch; }
.layer > .kind { color: var(--quiet); font-size: .85rem; align-self: center; text-align: right; }
.boxes { display: flex; flex-wrap: wrap; gap: .45rem; }
.box { flex: 1 1 12rem; min-width: 0; background: var(--card); border: 1px solid var(--line); border-left: .35rem solid var(--hue);
  border-radius: .45rem; padding: .55rem .8rem .6rem; }
.box .name { font-weight: 650; }
.box .version { font-variant-numeric: tabular-nums; }
.box .more { color: var(--quiet); font-size: .85rem; display: block; }
.python { --hue: var(--python); } .framework { --hue: var(--framework); } .library { --hue: var(--library); }
.cuda { --hue: var(--cuda); } .driver { --hue: var(--driver); }

table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-top: 1px solid var(--line); }
thead th { font-size: .85rem; color: var(--quiet); font-weight: 600; border-top: 0; }
td:first-child { font-weight: 600; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; margin: .6rem 0; }
.card.bad, .card.care, .card.good { color: var(--ink); background: var(--card); border-left: .35rem solid; }
.card.bad { border-left-color: var(--bad); } .card.care { border-left-color: var(--care); } .card.good { border-left-color: var(--good); }
ul.plain-list { margin: .3rem 0; padding-left: 1.2rem; }
details { margin: .6rem 0; }
summary { cursor: pointer; color: var(--link); }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: .35rem .8rem; align-items: center; margin: 0; }
.bars dt { color: var(--quiet); }
.bars dd { margin: 0; }
.bar { height: .8rem; border-radius: .2rem; background: var(--framework); min-width: 2px; }
footer { margin-top: 3rem; color: var(--quiet); font-size: .85rem; border-top: 1px solid var(--line); padding-top: .8rem; }
@media (max-width: 40rem) {
  body { padding: 1.2rem .9rem 2rem; }
  .layer { grid-template-columns: 1fr; gap: .2rem; }
  .layer > .kind { text-align: left; }
  table, tbody, tr, td { display: block; width: 100%; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  tr { border-top: 1px solid var(--line); padding: .4rem 0; }
  td { border: 0; padding: .15rem .75rem; overflow-wrap: anywhere; }
  td[data-head]::before { content: attr(data-head) "  "; color: var(--quiet); font-weight: 400; font-size: .85rem; }
  td:empty { display: none; }
}
@media print {
  :root { --ground: #fff; --card: #fff; --ink: #000; --quiet: #444; --line: #bbb; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  .card, .layer, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  .box, .bar, .badge { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
