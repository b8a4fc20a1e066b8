/**
 * Renders a geometric transform of an image with one interpolation, by OpenCV or, for small images,
 * in Java.
 */
package io.stillstream.augmenter.image.warp;
