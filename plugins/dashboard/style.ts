const DEPTHS = Array.from({ length: 13 }, (_, depth) => `.d${depth}{padding-left:${depth * 1.15 + 1.4}rem}`).join('\n');

/** Light and dark, wide and narrow, and nothing from elsewhere. */
export const STYLE = `:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1b1f27; --quiet: #5c6675; --line: #dfe3e9; --link: #1f56c5; --soft: #eef1f5;
  --working: #1f6feb; --input_required: #b06000; --completed: #1a7f45; --failed: #c62f2f; --cancelled: #6b7280;
  --agent: #7c4ddb; --turn: #2f7de1; --tool: #0e8a80; --step: #6b7688; --wait: #d08a1d; --task: #4759c9; --branch: #9aa4b2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101318; --card: #181c23; --ink: #e6e9ee; --quiet: #97a1b0; --line: #2a303a; --link: #7fb0ff; --soft: #222832;
    --working: #6aa5ff; --input_required: #f0ad4e; --completed: #5fcf8f; --failed: #ff8080; --cancelled: #a3acb9;
    --agent: #a988f0; --turn: #62a3f5; --tool: #39bdb0; --step: #8d98a9; --wait: #e3ab4f; --task: #8491ef; --branch: #5d6675;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 0 1.25rem 3rem; max-width: 80rem; background: var(--page); color: var(--ink);
  font: 0.9375rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; font-variant-numeric: tabular-nums;
}
header { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; padding: 1rem 0; }
header strong { font-size: 1.05rem; }
header nav { display: flex; gap: 0.25rem; margin-right: auto; }
header nav a { padding: 0.25rem 0.7rem; border-radius: 0.5rem; color: inherit; text-decoration: none; }
header nav a[aria-current] { background: var(--soft); font-weight: 600; }
a { color: var(--link); }
small, .quiet, .activity { color: var(--quiet); }
h1 {
  font-size: 1.35rem; display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin: 0.5rem 0;
  overflow-wrap: anywhere;
}
h2 { font-size: 1rem; margin: 1.75rem 0 0.6rem; }
code, pre { font: 0.8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
th code { color: var(--quiet); font-weight: 400; }
button, input, select {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.3rem 0.7rem;
}
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
#live::before {
  content: ''; display: inline-block; width: 0.55rem; height: 0.55rem; margin-right: 0.45rem; border-radius: 50%;
  background: var(--quiet);
}
#live[aria-pressed='true']::before { background: var(--completed); }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.6rem; }
.tile {
  display: flex; flex-direction: column; padding: 0.6rem 0.9rem; border-radius: 0.7rem; background: var(--card);
  border: 1px solid var(--line); color: var(--quiet); text-decoration: none;
}
.tile b { font-size: 1.5rem; line-height: 1.3; color: var(--ink); font-weight: 650; }
.tile:hover { border-color: var(--quiet); }
.tile[aria-current] { border-color: var(--link); box-shadow: inset 0 0 0 1px var(--link); }
.tile.input_required b { color: var(--input_required); } .tile.failed b { color: var(--failed); }
.tile.working b { color: var(--working); } .tile.completed b { color: var(--completed); }
.tile.none b { color: var(--quiet); font-weight: 400; }
.head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 2rem; margin-bottom: 0.8rem; }
.filters { display: flex; flex-wrap: wrap; gap: 0.6rem 1rem; align-items: center; }
.filters label { color: var(--quiet); }
.activity { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: center; margin: 0.9rem 0; }
.activity svg { width: 15rem; height: 1.5rem; }
.activity path { stroke: var(--line); } .made { fill: var(--branch); } .ended { fill: var(--completed); }

table {
  width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line);
  border-radius: 0.7rem; border-spacing: 0; overflow: hidden;
}
.tasks, .catalog { border-collapse: separate; }
th, td { text-align: left; padding: 0.5rem 0.8rem; vertical-align: top; overflow-wrap: anywhere; font-weight: 400; }
thead th { color: var(--quiet); font-size: 0.8125rem; white-space: nowrap; }
tbody tr > * { border-top: 1px solid var(--line); }
.catalog tr:first-child > * { border-top: 0; }
.catalog th { font-weight: 600; width: 14rem; }
.tasks th a { font-weight: 600; text-decoration: none; }
.tasks tbody tr:hover { background: var(--soft); }
.tasks td:first-child, .tasks td:last-child { white-space: nowrap; }
.badge {
  display: inline-flex; align-items: center; gap: 0.4rem; font-size: 0.8125rem; font-weight: 600;
  white-space: nowrap;
}
.badge::before { content: ''; width: 0.6rem; height: 0.6rem; border-radius: 50%; background: currentColor; }
.badge.working { color: var(--working); } .badge.completed { color: var(--completed); }
.badge.cancelled { color: var(--cancelled); }
.badge.failed { color: var(--failed); } .badge.input_required { color: var(--input_required); }
.badge.failed::before { border-radius: 0.1rem; } .badge.input_required::before { border-radius: 0.1rem; rotate: 45deg; }
.badge.cancelled::before { height: 0.2rem; border-radius: 0; }
progress { width: 5rem; height: 0.5rem; vertical-align: middle; accent-color: var(--working); }
.pages { display: flex; gap: 1rem; justify-content: flex-end; }
.empty { color: var(--quiet); padding: 1.5rem; text-align: center; }

dl.facts {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.8rem 1.5rem; margin: 1rem 0;
  padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.7rem;
}
dt { color: var(--quiet); font-size: 0.8125rem; } dd { margin: 0; overflow-wrap: anywhere; }
h1 + p { margin: 0 0 0.5rem; }
.message { color: var(--quiet); margin: 0.25rem 0; overflow-wrap: anywhere; }
.cancel summary { cursor: pointer; color: var(--failed); width: max-content; }
.cancel form { padding: 0.5rem 0; }
.cancel button { border-color: var(--failed); color: var(--failed); font-weight: 600; }

.waterfall {
  background: var(--card); border: 1px solid var(--line); border-radius: 0.7rem; padding: 0.4rem 0.8rem 0.8rem 0;
}
.waterfall ul { list-style: none; margin: 0; padding: 0; }
.row, .axis {
  display: grid; grid-template-columns: minmax(0, 24rem) minmax(0, 1fr) 4.5rem; gap: 0 0.8rem; align-items: center;
}
.row { min-height: 1.75rem; border-radius: 0.3rem; }
.row:hover { background: var(--soft); }
summary.row { cursor: pointer; }
summary.row::marker { content: ''; }
.axis > div {
  grid-column: 2; display: flex; justify-content: space-between; color: var(--quiet); font-size: 0.75rem;
  border-bottom: 1px solid var(--line); padding-bottom: 0.25rem;
}
.label { display: flex; gap: 0.45rem; align-items: baseline; min-width: 0; white-space: nowrap; }
.label::before {
  content: ''; color: var(--quiet); width: 0.8rem; margin: 0 -0.45rem 0 -0.8rem; flex: none; font-size: 0.7rem;
}
summary .label::before { content: '▸'; }
details[open] > summary .label::before { content: '▾'; }
.name { font-weight: 550; flex: none; max-width: 15rem; overflow: hidden; text-overflow: ellipsis; }
.kind { font-size: 0.75rem; }
.kind.branch { color: var(--quiet); } .kind.wait { color: var(--input_required); }
.label .facts { color: var(--quiet); font-size: 0.75rem; overflow: hidden; text-overflow: ellipsis; flex: 0 999 auto; }
.mark {
  font-size: 0.6875rem; color: var(--quiet); border: 1px solid var(--line); border-radius: 0.3rem; padding: 0 0.3rem;
}
.again { color: var(--quiet); font-size: 0.8125rem; }
.mark.bad { color: var(--failed); border-color: currentColor; }
.bar {
  width: 100%; height: 0.7rem; display: block;
  background: linear-gradient(var(--line), var(--line)) 0 50% / 100% 1px no-repeat;
}
.length { text-align: right; color: var(--quiet); font-size: 0.8125rem; white-space: nowrap; }
.agent { color: var(--agent); fill: var(--agent); } .turn { color: var(--turn); fill: var(--turn); }
.tool { color: var(--tool); fill: var(--tool); } .step { color: var(--step); fill: var(--step); }
.wait { color: var(--wait); fill: var(--wait); } .task { color: var(--task); fill: var(--task); }
.branch { color: var(--branch); fill: var(--branch); }
.bar.replayed rect { opacity: 0.55; } .bar.bad rect { fill: var(--failed); } .bar.open rect { opacity: 0.8; }
pre {
  background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.8rem; overflow: auto;
  max-height: 30rem; white-space: pre-wrap;
}
${DEPTHS}

@media (max-width: 48rem) {
  body { padding: 0 0.8rem 2rem; }
  .tiles { grid-template-columns: repeat(3, 1fr); gap: 0.4rem; }
  .tile { padding: 0.4rem 0.6rem; font-size: 0.8125rem; } .tile b { font-size: 1.15rem; }
  thead { display: none; }
  .tasks, .tasks tbody, .tasks tr { display: block; }
  .tasks tr {
    display: flex; flex-wrap: wrap; gap: 0.1rem 0.9rem; padding: 0.6rem 0.8rem; border-top: 1px solid var(--line);
  }
  .tasks tr:first-child { border-top: 0; }
  .tasks tr > * { border: 0; padding: 0; }
  .tasks th { flex: 1 1 60%; } .tasks td:empty { display: none; }
  .tasks td[data-label]::before { content: attr(data-label) ' '; color: var(--quiet); font-size: 0.8125rem; }
  .catalog tr { display: grid; padding: 0.5rem 0.8rem; border-top: 1px solid var(--line); }
  .catalog tr > * { border: 0; padding: 0; width: auto; }
  .row, .axis { grid-template-columns: minmax(0, 1fr) 4.5rem; }
  .axis > div { grid-column: 1 / -1; padding-left: 0.8rem; }
  .row { padding: 0.25rem 0; }
  .row .bar { grid-column: 1 / -1; grid-row: 2; margin-left: 0.8rem; width: calc(100% - 0.8rem); }
}
`;

/** Two bars of a waterfall. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#1f56c5"/><path d="M3 5.5h7M6 8.5h7M8 11.5h3" stroke="#fff" stroke-width="1.8" stroke-linecap="round"/></svg>`;
