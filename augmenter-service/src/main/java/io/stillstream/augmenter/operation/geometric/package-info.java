/**
 * The operations that move pixels, and what all operations need: the recipe that they add steps to
 * follows the size of the image, which only these operations change.
 */
package io.stillstream.augmenter.operation.geometric;
