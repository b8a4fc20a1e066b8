/**
 * Sizes and coordinate transforms: which point of an image a point of a view shows. Depends on no
 * other package.
 */
package io.stillstream.augmenter.geometry;
