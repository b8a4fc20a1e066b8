/**
 * Augmentation policies: their YAML form, the policies that come with the program, and the seed of
 * each view. Works without pixels, Kafka or a clock; random numbers are handed in.
 */
package io.stillstream.augmenter.policy;
