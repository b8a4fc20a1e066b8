// What two releases differ by, and what of it chance may explain. Nothing here touches the page.

/** A share of fewer images says little by itself. */
export const FEW = 30;

/** A difference counts as clear beyond so many standard errors. */
const CLEAR = 2;

const sum = (values) => values.reduce((a, b) => a + b, 0);

/**
 * The difference of two shares, each of images of its own, with the standard error of Agresti and Caffo (2000), which
 * also holds for few images and for shares of 0 and 1. Where both are of the same images, it is too large.
 *
 * @returns {{difference, error, clear, few}}; nulls without images
 */
export function shareDifference(rightA, imagesA, rightB, imagesB) {
  if (imagesA === 0 || imagesB === 0) {
    return { difference: null, error: null, clear: false, few: true };
  }
  const difference = rightA / imagesA - rightB / imagesB;
  const adjusted = (right, images) => (right + 1) / (images + 2);
  const variance = (right, images) => {
    const p = adjusted(right, images);
    return (p * (1 - p)) / (images + 2);
  };
  const error = Math.sqrt(variance(rightA, imagesA) + variance(rightB, imagesB));
  // Their interval is about the adjusted difference: with the plain one, one image of two would look clear.
  const centre = adjusted(rightA, imagesA) - adjusted(rightB, imagesB);
  const clear = Math.abs(centre) > CLEAR * error && Math.sign(centre) === Math.sign(difference);
  return { difference, error, clear, few: Math.min(imagesA, imagesB) < FEW };
}

/** A matrix of counts as large as there are classes, or null. */
export function matrixOf(evaluation) {
  const counts = evaluation?.confusion?.counts;
  const isSquare =
    Array.isArray(counts) &&
    counts.length > 0 &&
    counts.every((row) => Array.isArray(row) && row.length === counts.length && row.every((n) => Number.isFinite(n) && n >= 0));
  return isSquare ? counts : null;
}

/** Why two releases cannot be compared class by class; null if they can. */
export function obstacle(a, b) {
  if (a.task === 'embedding' || b.task === 'embedding') {
    return 'An embedding names no class, so there is nothing to compare by class.';
  }
  for (const each of [a, b]) {
    if (matrixOf(each) === null) {
      return `The card of release ${each.version} has no confusion matrix: a version before 0.2.0 made it, or no image had a label, or there are more than 100 classes.`;
    }
  }
  if (a.confusion.measuredOn !== b.confusion.measuredOn) {
    return 'One release was measured on a held-out set, the other one on the latest originals: by class they cannot be compared.';
  }
  return matrixOf(a).length === matrixOf(b).length ? null : 'The releases have different numbers of classes.';
}

const rowSums = (counts) => counts.map(sum);

/** Whether both were measured on the same images, as far as the number of images by class shows it. */
export function onSameImages(a, b) {
  return a.confusion.measuredOn === 'held-out' && rowSums(matrixOf(a)).join() === rowSums(matrixOf(b)).join();
}

const isPixels = (evaluation) => evaluation.task === 'segmentation';

function iou(counts, k) {
  const union = sum(counts[k]) + sum(counts.map((row) => row[k])) - counts[k][k];
  return union === 0 ? null : counts[k][k] / union;
}

/**
 * By class: accuracy of images with that label, or intersection over union of pixels. Neighbouring pixels are alike, so
 * they tell no standard error.
 */
export function byClass(a, b) {
  const [countsA, countsB] = [matrixOf(a), matrixOf(b)];
  return countsA.map((row, k) => {
    const [imagesA, imagesB] = [sum(row), sum(countsB[k])];
    if (isPixels(a)) {
      const [valueA, valueB] = [iou(countsA, k), iou(countsB, k)];
      const difference = valueA === null || valueB === null ? null : valueA - valueB;
      return { imagesA, imagesB, valueA, valueB, difference, error: null, clear: false, few: false };
    }
    return {
      imagesA,
      imagesB,
      valueA: imagesA === 0 ? null : row[k] / imagesA,
      valueB: imagesB === 0 ? null : countsB[k][k] / imagesB,
      ...shareDifference(row[k], imagesA, countsB[k][k], imagesB),
    };
  });
}

/** For each label and answer, how the share of the answer among the label's images or pixels differs. */
export function cellDifferences(a, b) {
  const [countsA, countsB] = [matrixOf(a), matrixOf(b)];
  return countsA.map((row, label) => {
    const [ofA, ofB] = [sum(row), sum(countsB[label])];
    return row.map((value, answer) => {
      const each = shareDifference(value, ofA, countsB[label][answer], ofB);
      return isPixels(a) ? { ...each, error: null, clear: false, few: false } : each;
    });
  });
}

/** The score of all images together, with its standard error; null for pixels and without a matrix. */
export function overall(a, b) {
  if (obstacle(a, b) !== null || isPixels(a)) {
    return null;
  }
  const right = (counts) => sum(counts.map((row, k) => row[k]));
  const all = (counts) => sum(rowSums(counts));
  const [countsA, countsB] = [matrixOf(a), matrixOf(b)];
  return shareDifference(right(countsA), all(countsA), right(countsB), all(countsB));
}

/** The gate's comparison of both on the same images: {challenger, best, images, …}, or null if there was none. */
export function paired(a, b) {
  for (const [challenger, baseline] of [[a, b], [b, a]]) {
    const gate = challenger.gate;
    if (gate && gate.baseline === baseline.version && gate.images > 0 && Number.isFinite(gate.challenger) && Number.isFinite(gate.best)) {
      return { version: challenger.version, baseline: baseline.version, ...gate };
    }
  }
  return null;
}
