/**
 * Command line options that several commands have, and values of options: brokers, times, output
 * files. Depends on no other package but {@code exit}.
 */
package io.stillstream.local.option;
