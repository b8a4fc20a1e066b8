/**
 * Topics as a whole: created as the catalogue and a configuration say, and read from end to end.
 * Depends on no service.
 */
package io.stillstream.local.topics;
