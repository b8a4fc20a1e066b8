/**
 * Benchmarks. Each row of a table is a ratio of two workloads that take turns in one run, so that
 * what the machine does besides falls on both.
 */
package io.stillstream.bench;
