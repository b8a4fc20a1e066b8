/** Sends images at scheduled times, and counts what each became at every stage. */
package io.stillstream.bench.load.delivery;
