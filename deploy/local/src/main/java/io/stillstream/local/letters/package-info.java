/** Dead letters: found, shown, and sent back to where they came from. */
package io.stillstream.local.letters;
