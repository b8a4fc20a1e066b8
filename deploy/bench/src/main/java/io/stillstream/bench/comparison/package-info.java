/**
 * Paired measurements: two workloads that take turns in one run, so that other load on the machine
 * affects both, and the ratio of the two.
 */
package io.stillstream.bench.comparison;
