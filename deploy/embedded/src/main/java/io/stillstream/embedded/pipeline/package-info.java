/** A pipeline's description, and the settings files of its three services. */
package io.stillstream.embedded.pipeline;
