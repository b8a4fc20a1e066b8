/** Inputs of benchmarks: images cut from photographs or synthetic, policies and settings. */
package io.stillstream.bench.input;
