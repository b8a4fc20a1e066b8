/**
 * The three services in one JVM, the images that are sent to them, and how many have been
 * processed.
 */
package io.stillstream.local.demo.pipeline;
