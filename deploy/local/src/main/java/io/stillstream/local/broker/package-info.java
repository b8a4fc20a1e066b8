/**
 * The embedded broker and registry together, as the demo and {@code stillstream broker} run them.
 */
package io.stillstream.local.broker;
