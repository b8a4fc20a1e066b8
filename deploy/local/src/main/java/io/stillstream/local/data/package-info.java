/** Data sets and image files as they lie on disk. Depends on neither Kafka nor a service. */
package io.stillstream.local.data;
