/**
 * Dead letters read, filtered, printed and sent back to the topics that they came from. Depends on
 * no service, and on {@code topics} for their names.
 */
package io.stillstream.local.deadletter;
