/**
 * What augmentation does to answers: the strengths of a view's operations, the teacher's answers on
 * the originals to compare with, and counts of both.
 */
package io.stillstream.runtime.augmentation;
