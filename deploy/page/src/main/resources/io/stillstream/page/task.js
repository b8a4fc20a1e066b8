import { fixed, percent } from './format.js';

// What differs between the tasks of students.

const SHARE = {
  text: percent,
  axis: (value) => `${Math.round(value * 1000) / 10}%`,
  range: (low, high) => [Math.max(0, Math.floor((low - 0.01) * 20) / 20), Math.min(1, Math.ceil((high + 0.005) * 20) / 20)],
};

const TASKS = {
  classification: { ...SHARE, score: 'Accuracy', curve: 'Prequential accuracy', counted: 'images' },
  segmentation: { ...SHARE, score: 'Mean IoU', curve: 'Prequential mean IoU', counted: 'pixels' },
  embedding: {
    text: (value, digits = 1) => fixed(value, digits + 2),
    axis: (value) => String(Math.round(value * 1000) / 1000),
    range: (low, high) => [Math.max(-1, Math.floor((low - 0.01) * 20) / 20), Math.min(1, Math.ceil((high + 0.005) * 20) / 20)],
    score: 'Cosine',
    curve: 'Prequential cosine',
    counted: null,
  },
};

/** How a task's score is called and written, and what its confusion matrix counts: null if it has none. */
export const task = (name) => TASKS[name] ?? TASKS.classification;
