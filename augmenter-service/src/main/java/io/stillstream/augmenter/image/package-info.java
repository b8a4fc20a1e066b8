/**
 * Pixels: headers read in Java before anything is allocated, files decoded and views rendered by
 * OpenCV. Knows no Kafka and no metrics. Native memory is closed explicitly, never by the garbage
 * collector.
 */
package io.stillstream.augmenter.image;
