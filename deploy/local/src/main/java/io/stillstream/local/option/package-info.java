/**
 * Values of command line options that several commands have: times, output files, settings of
 * clients. Uses no picocli; depends on no other package but {@code exit}.
 */
package io.stillstream.local.option;
