/**
 * An object store with compare-and-set, and its implementation for S3. The only package that uses
 * AWS's client; {@link io.stillstream.runtime.objectstore.S3ClientFactory} makes it.
 */
package io.stillstream.trainer.replica.objectstore;
