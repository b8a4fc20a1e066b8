/**
 * The subcommands: options, output and exit codes. Besides the main class and {@code option}, only
 * this package and those below it use picocli; the work is done in the other packages.
 */
package io.stillstream.local.command;
