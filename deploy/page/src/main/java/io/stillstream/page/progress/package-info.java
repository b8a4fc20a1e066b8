/** Throughput and age of each stage, and the curves over time. */
package io.stillstream.page.progress;
