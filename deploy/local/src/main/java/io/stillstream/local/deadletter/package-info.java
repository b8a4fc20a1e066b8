/**
 * Dead letters read, filtered, printed and sent back to the topics that they came from. Depends on
 * no service.
 */
package io.stillstream.local.deadletter;
