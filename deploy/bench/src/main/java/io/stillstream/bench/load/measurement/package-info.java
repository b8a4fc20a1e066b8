/**
 * Ages, rates, memory and processor time over a stretch of load, and the capacity computed from
 * them.
 */
package io.stillstream.bench.load.measurement;
