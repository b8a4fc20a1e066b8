/**
 * The subcommands: options, output and exit codes. The only package besides the main class's that
 * uses picocli; the work is done in the other packages.
 */
package io.stillstream.local.command;
