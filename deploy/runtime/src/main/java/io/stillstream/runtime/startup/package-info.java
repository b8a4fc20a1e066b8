/** How long a start waits for what it needs, and what it says meanwhile. */
package io.stillstream.runtime.startup;
