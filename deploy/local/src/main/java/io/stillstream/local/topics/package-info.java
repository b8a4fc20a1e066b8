/** Topics as a whole: made as the catalogue and a configuration say, read from end to end. */
package io.stillstream.local.topics;
