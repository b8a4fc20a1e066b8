/**
 * The operations of recipes that change pixel values: colour, filters, noise, erasing, compression
 * and mixing.
 */
package io.stillstream.augmenter.image.pixel;
