/** A server that speaks S3, as a process. */
package io.stillstream.containers.store;
