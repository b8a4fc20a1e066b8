import { byId, dataImage, el, put, show, shown } from './dom.js';
import { bytes } from './format.js';

const VIEWS = 24;
const PAUSE = 350;
const RUNNING = '';

/**
 * Edit a policy, see what it makes of an image.
 *
 * @param latest gives the newest image of the stream, {imageId, raw}
 */
export function playground(latest) {
  const policy = byId('policy');
  let policies = null;
  let most = Infinity;
  let sample = null;
  let timer = 0;
  let asked = null;
  let errors = [];

  async function open() {
    const answer = await fetch('playground');
    if (!answer.ok) {
      put(byId('playground-state'), `not available: status ${answer.status}`);
      return;
    }
    const offer = await answer.json();
    most = offer.maxBytes ?? Infinity;
    policies = { [RUNNING]: offer.policy, ...offer.policies };
    const names = Object.keys(policies).sort();
    byId('ready').replaceChildren(...names.map((name) => el('option', { value: name }, name === RUNNING ? 'the running policy' : name)));
    policy.value = offer.policy;
    lines();
    if (sample === null) {
      take();
    }
    ask();
  }

  function take() {
    const image = latest();
    if (image) {
      choose(image.imageId, image.raw);
    }
  }

  function choose(name, url) {
    sample = url.slice(url.indexOf(',') + 1);
    const picture = byId('sample');
    picture.src = url;
    picture.alt = `Chosen image: ${shown(name)}`;
    show(picture, true);
    put(byId('sample-name'), name);
    soon();
  }

  function read(file) {
    if (!file) {
      return;
    }
    if (file.size > most) {
      complain([{ message: `${file.name} has ${bytes(file.size)}, at most ${bytes(most)} are taken` }]);
      return;
    }
    const reader = new FileReader();
    reader.addEventListener('load', () => choose(file.name, reader.result));
    reader.addEventListener('error', () => complain([{ message: `${file.name} could not be read` }]));
    reader.readAsDataURL(file);
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }

  async function ask() {
    if (policies === null) {
      return;
    }
    if (sample === null) {
      put(byId('playground-state'), 'waiting for an image');
      return;
    }
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    const seed = byId('seed').value.trim();
    put(byId('playground-state'), 'making views…');
    try {
      const answer = await fetch('playground', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ policy: policy.value, image: sample, views: VIEWS, seed: seed === '' ? null : Number(seed) }),
        signal,
      });
      if (answer.ok) {
        const made = await answer.json();
        complain([]);
        draw(made.views);
        const notes = (made.notes ?? []).map((note) => ` · ${note}`).join('');
        put(byId('playground-state'), `${made.views.length} views, policy ${String(made.policyHash).slice(0, 12)}${notes}`);
      } else if (answer.status === 400) {
        complain((await answer.json()).errors ?? []);
      } else {
        complain([{ message: await reason(answer) }]);
      }
    } catch (e) {
      if (!signal.aborted) {
        complain([{ message: `no answer: ${e.message}` }]);
      }
    }
  }

  function draw(views) {
    byId('views').replaceChildren(
      ...views.slice(0, VIEWS).map((view) =>
        el('figure', {}, dataImage(view.png, `View ${view.index}: ${view.recipe}`), el('figcaption', { title: view.recipe }, view.recipe)),
      ),
    );
  }

  function complain(next) {
    errors = next;
    const bad = errors.length > 0;
    policy.setAttribute('aria-invalid', String(bad));
    byId('views').classList.toggle('stale', bad);
    if (bad) {
      put(byId('playground-state'), errors.length === 1 ? '1 error' : `${errors.length} errors`);
    }
    byId('errors').replaceChildren(
      ...errors.map((error) => {
        if (!error.line) {
          return el('li', {}, el('span', {}, error.message));
        }
        const go = el('button', { type: 'button' }, `line ${error.line}`);
        go.addEventListener('click', () => select(error));
        return el('li', {}, go, el('span', {}, error.message));
      }),
    );
    lines();
  }

  function select({ line, column }) {
    const before = policy.value.split('\n').slice(0, line - 1).join('\n').length;
    const start = before + (line > 1 ? 1 : 0);
    const end = policy.value.indexOf('\n', start);
    policy.focus();
    policy.setSelectionRange(start + Math.max(0, (column ?? 1) - 1), end < 0 ? policy.value.length : end);
  }

  /** Numbers beside the text, and what is wrong behind its lines. */
  function lines() {
    const text = policy.value.split('\n');
    const bad = new Map();
    errors.filter((error) => error.line).forEach((error) => bad.set(error.line, [...(bad.get(error.line) ?? []), error.message]));
    byId('gutter').replaceChildren(...text.map((line, i) => el('span', { class: bad.has(i + 1) ? 'bad' : null }, String(i + 1))));
    byId('marks').replaceChildren(
      ...text.map((line, i) => {
        if (!bad.has(i + 1)) {
          return el('span');
        }
        const note = el('span', { class: 'note' }, bad.get(i + 1).map(withoutKey).join('; '));
        note.style.marginLeft = `${line.length + 2}ch`;
        return el('span', { class: 'bad' }, note);
      }),
    );
    scroll();
  }

  function scroll() {
    byId('gutter').scrollTop = policy.scrollTop;
    byId('marks').scrollTop = policy.scrollTop;
    byId('marks').scrollLeft = policy.scrollLeft;
  }

  policy.addEventListener('scroll', scroll);
  policy.addEventListener('input', () => {
    lines();
    soon();
  });
  byId('ready').addEventListener('change', (event) => {
    policy.value = policies[event.target.value];
    errors = [];
    lines();
    soon();
  });
  byId('file').addEventListener('change', (event) => read(event.target.files[0]));
  byId('latest').addEventListener('click', take);
  byId('seed').addEventListener('input', soon);
  byId('reseed').addEventListener('click', () => {
    byId('seed').value = String(Math.floor(Math.random() * 1e6));
    soon();
  });
  const place = byId('playground');
  place.addEventListener('dragover', (event) => {
    event.preventDefault();
    place.classList.add('over');
  });
  place.addEventListener('dragleave', () => place.classList.remove('over'));
  place.addEventListener('drop', (event) => {
    event.preventDefault();
    place.classList.remove('over');
    read(event.dataTransfer.files[0]);
  });

  // A reader who never opens it causes no work.
  const seen = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) {
      seen.disconnect();
      open().catch((e) => put(byId('playground-state'), `not available: ${e.message}`));
    }
  });

  return {
    enable(value) {
      show(place, value);
      show(byId('playground-link'), value);
      if (value && policies === null) {
        seen.observe(place);
      }
    },
  };
}

/** Beside its line a message needs no key. */
const withoutKey = (message) => message.replace(/^[\w.[\]-]+: /, '');

async function reason(answer) {
  if (answer.status === 413) {
    return 'policy and image together are too large';
  }
  const said = await answer.json().catch(() => ({}));
  return said.error ?? `status ${answer.status}`;
}
