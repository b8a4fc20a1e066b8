/**
 * {@code bench load}: the whole pipeline in processes of its own under a constant stream of images,
 * and what it makes of it: rates, ages, memory, processor time, exact counts.
 */
package io.stillstream.bench.load;
