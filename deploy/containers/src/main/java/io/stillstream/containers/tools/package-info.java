/**
 * Tools outside of this build that some tests need: the list of them, the JUnit condition that
 * skips a test without its tool, and the report of skipped tests.
 */
package io.stillstream.containers.tools;
