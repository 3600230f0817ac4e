/** Fetches what is in `main` again while somebody looks. Without it the page shows all the same, and is loaded by hand. */
export const SCRIPT = `'use strict';
const PAUSE = 2000;
const live = document.getElementById('live');
const toggled = new Map();
let isLive = true;
let last = '';

addEventListener('toggle', ({ target }) => {
  if (target.id) toggled.set(target.id, target.open);
}, true);

if (live) {
  live.hidden = false;
  live.addEventListener('click', () => {
    isLive = !isLive;
    live.setAttribute('aria-pressed', isLive);
  });
  setTimeout(refresh, PAUSE);
  addEventListener('visibilitychange', () => document.hidden || update());
}

async function refresh() {
  await update();
  if (!document.querySelector('main[data-final]')) setTimeout(refresh, PAUSE);
}

async function update() {
  const main = document.querySelector('main');
  if (!isLive || document.hidden || isUsed(main)) return;
  try {
    const answer = await fetch(location.href, { cache: 'no-store', redirect: 'error' });
    if (!answer.ok && answer.status !== 404) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('main');
    live.textContent = 'Live';
    if (!fresh || fresh.innerHTML === last || isUsed(main)) return;
    last = fresh.innerHTML;
    for (const one of fresh.querySelectorAll('details[id]'))
      if (toggled.has(one.id)) one.open = toggled.get(one.id);
    const focused = main.contains(document.activeElement) ? document.activeElement.id : '';
    main.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  } catch {
    live.textContent = 'Out of reach';
  }
}

function isUsed(main) {
  const selection = getSelection();
  const isSelecting = selection && !selection.isCollapsed && main.contains(selection.anchorNode);
  return isSelecting || main.querySelector('.cancel[open]') !== null;
}
`;
