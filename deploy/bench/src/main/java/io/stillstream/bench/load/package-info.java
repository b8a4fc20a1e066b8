/**
 * {@code bench load}: the whole pipeline in processes of its own, or one that runs already, under a
 * constant stream of images.
 */
package io.stillstream.bench.load;
