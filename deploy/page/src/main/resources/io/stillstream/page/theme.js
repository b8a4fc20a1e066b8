import { byId, el } from './dom.js';

const KEY = 'stillstream.theme';
const listeners = [];
const systemDark = matchMedia('(prefers-color-scheme: dark)');
let cache = new Map();

/** The colour that a custom property has in the theme of the moment, for canvases. */
export function color(name) {
  if (!cache.has(name)) {
    const probe = el('span', { hidden: true });
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    cache.set(name, getComputedStyle(probe).color);
    probe.remove();
  }
  return cache.get(name);
}

export function onTheme(listener) {
  listeners.push(listener);
}

function changed() {
  cache = new Map();
  listeners.forEach((listener) => listener());
}

/** Storage may be refused (private windows, embedded views); the switch works without. */
function stored() {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

function store(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // the choice then lasts as long as the page
  }
}

export function startTheme() {
  const choice = byId('theme');
  choice.value = ['light', 'dark'].includes(stored()) ? stored() : '';
  const apply = () => {
    document.documentElement.dataset.theme = choice.value;
    changed();
  };
  choice.addEventListener('change', () => {
    store(choice.value);
    apply();
  });
  systemDark.addEventListener('change', changed);
  apply();
}
