/**
 * The comparison of a challenger with a baseline on the same images, and the decision on a release.
 */
package io.stillstream.trainer.training.comparison;
