/**
 * Image files and raw pixels decoded by OpenCV; the header is read and checked before anything is
 * allocated.
 */
package io.stillstream.augmenter.image.decode;
