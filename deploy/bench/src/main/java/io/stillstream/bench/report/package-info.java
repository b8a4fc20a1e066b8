/** Results printed as tables and as {@code RESULT} lines. */
package io.stillstream.bench.report;
