/** Connections to object stores that speak S3: settings, credentials and the client. */
package io.stillstream.runtime.objectstore;
