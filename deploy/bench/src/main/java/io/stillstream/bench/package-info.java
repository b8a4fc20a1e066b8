/** The main class of the benchmarks. */
package io.stillstream.bench;
