/**
 * From an image and recipes to the pixels of views. Native memory is closed explicitly; depends on
 * neither Kafka nor metrics nor settings.
 */
package io.stillstream.augmenter.image;
