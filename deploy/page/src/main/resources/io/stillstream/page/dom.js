// Building and changing elements. Text goes in as text nodes only: what the server sends is never parsed as HTML.

export const byId = (id) => document.getElementById(id);

/** An element with attributes (null and false leave one out) and children: elements, texts, nulls. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets the text if it differs: an unchanged text node costs no layout. */
export function put(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
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
