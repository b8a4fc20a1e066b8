/** Python programs that benchmarks compare with, and how they are started and asked. */
package io.stillstream.bench.python;
