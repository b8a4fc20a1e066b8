// Building and changing elements. Text goes in as text nodes only: what the server sends is never parsed as HTML, and what
// is invisible in it is shown.

/** More of one text helps no reader; the whole of it is in the element's title. */
const LONGEST = 400;
const LONGEST_TITLE = 4_000;

/** Attributes that are read, or read out, by people. */
const TOLD = new Set(['alt', 'aria-label', 'title']);

/** Control and format characters, but for white space: those that turn the direction of writing, and those without a width. */
const INVISIBLE = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export const byId = (id) => document.getElementById(id);

/** The text with its invisible characters written out, as \u202e. */
export const visible = (text) =>
  String(text).replace(INVISIBLE, (each) => [...Array(each.length).keys()].map((i) => `\\u${each.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''));

/** As much of a text as is shown. */
export const shown = (text) => cut(text, LONGEST);

function cut(text, longest) {
  const whole = visible(text);
  return whole.length <= longest ? whole : `${whole.slice(0, longest - 1)}…`;
}

/** What of a text is not shown stands in the title. */
function entitle(element, text) {
  if (String(text).length > LONGEST) {
    element.title = cut(text, LONGEST_TITLE);
  } else {
    element.removeAttribute('title');
  }
}

/** An element with attributes (null and false leave one out) and children: elements, texts, nulls. Long texts are cut. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? '' : TOLD.has(key) ? cut(value, LONGEST_TITLE) : value);
    }
  }
  for (const child of children.filter((each) => each !== null && each !== undefined)) {
    const isText = !(child instanceof Node);
    element.append(isText ? shown(child) : child);
    if (isText && !element.title) {
      entitle(element, child);
    }
  }
  return element;
}

/** Sets the text, cut if it is long, if it differs: an unchanged text node costs no layout. */
export function put(element, text) {
  const next = shown(text);
  if (element.textContent !== next) {
    element.textContent = next;
    entitle(element, text);
  }
}

export function show(element, visible) {
  element.hidden = !visible;
}

/** Only images that the server has put into the message itself are shown. */
export function dataImage(url, alt, attributes = {}) {
  if (typeof url !== 'string' || !url.startsWith('data:image/')) {
    return el('span', { class: 'noimage', role: 'img', 'aria-label': `${alt}: no picture`, ...attributes });
  }
  const image = el('img', { alt, ...attributes });
  image.addEventListener('load', () => image.classList.toggle('small', image.naturalWidth <= 64), { once: true });
  image.src = url;
  return image;
}

const waiting = new Set();
let frame = 0;

/**
 * Runs a drawing before the next frame, once however often it is asked for. A hidden page has no
 * frames, so nothing is drawn until it is seen again.
 */
export function paint(draw) {
  waiting.add(draw);
  if (frame === 0) {
    frame = requestAnimationFrame(() => {
      frame = 0;
      const draws = [...waiting];
      waiting.clear();
      draws.forEach((each) => each());
    });
  }
}
