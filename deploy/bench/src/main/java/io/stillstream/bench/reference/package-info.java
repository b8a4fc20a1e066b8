/** The augmenter with images by reference against the same images by value. */
package io.stillstream.bench.reference;
