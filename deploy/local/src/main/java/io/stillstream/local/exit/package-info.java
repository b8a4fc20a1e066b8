/** Exit codes and the exception that ends a command with a message. Depends on no other package. */
package io.stillstream.local.exit;
