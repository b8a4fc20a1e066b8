// Numbers and times as text. What is not known is a dash.

const UNKNOWN = '–';
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' });

/** As far from 1970 as a date can be, milliseconds: senders may say any time. */
const FARTHEST = 8.64e15;

const known = (value) => typeof value === 'number' && Number.isFinite(value);
const isTime = (value) => known(value) && Math.abs(value) <= FARTHEST;

export const count = (value) => (known(value) ? grouped.format(value) : UNKNOWN);

/** Large counts where room is scarce: 1.3M. */
export const shortCount = (value) => (known(value) && value >= 10_000 ? compact.format(value) : count(value));

export const percent = (value, digits = 1) => (known(value) ? `${(value * 100).toFixed(digits)} %` : UNKNOWN);

export function perSecond(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  return `${value >= 10 || value === 0 ? grouped.format(value) : value.toFixed(1)}/s`;
}

/** Three significant digits, as small numbers need them. */
export function small(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  return value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

export const fixed = (value, digits) => (known(value) ? value.toFixed(digits) : UNKNOWN);

/** An age, in the unit that suits it. */
export function age(millis) {
  if (!known(millis)) {
    return UNKNOWN;
  }
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 1) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  if (seconds < 100) {
    return `${seconds.toFixed(1)} s`;
  }
  if (seconds < 5400) {
    return `${Math.round(seconds / 60)} min`;
  }
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
}

export const time = (millis) => (isTime(millis) ? clock.format(millis) : UNKNOWN);

/** For machines; null where there is no such time. */
export const iso = (millis) => (isTime(millis) ? new Date(millis).toISOString() : null);

/** Today's times as a clock shows them, others with their day. */
export function moment(millis) {
  if (!isTime(millis)) {
    return UNKNOWN;
  }
  const date = day.format(millis);
  return date === day.format(Date.now()) ? clock.format(millis) : `${date} ${clock.format(millis)}`;
}

export function bytes(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  if (value < 1000) {
    return `${value} B`;
  }
  return value < 1e6 ? `${(value / 1e3).toFixed(1)} kB` : `${(value / 1e6).toFixed(1)} MB`;
}

/** The fragment of this page's address that opens the trace of an image. */
export const traceHash = (imageId) => `#trace=${encodeURIComponent(imageId)}`;

/** Where a record stands; dead letters do not always have it. */
export const place = ({ topic, partition, offset }) => (topic ? `${topic} ${partition ?? '?'}@${offset ?? '?'}` : 'place unknown');
